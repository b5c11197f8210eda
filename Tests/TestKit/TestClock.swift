internal import Synchronization
public import Values

/// A clock that stands still until it is moved.
public final class TestClock: Sendable {
    private let time: Mutex<Instant>
    public init(_ start: Instant) { time = Mutex(start) }
    public func advance(seconds: Int64) { time.withLock { $0 = $0.adding(seconds: seconds) } }
    public var source: TimeSource { TimeSource { self.time.withLock { $0 } } }
}
