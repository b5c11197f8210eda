public import Logging
internal import Synchronization

/// Keeps what was logged, as `level message`.
public final class TestLog: Sendable {
    private let kept = Mutex<[String]>([])
    public init() {}
    public var lines: [String] { kept.withLock { $0 } }
    public var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    fileprivate func add(_ line: String) { kept.withLock { $0.append(line) } }

    private struct Handler: LogHandler {
        let log: TestLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { log.add("\(event.level) \(event.message)") }
    }
}
