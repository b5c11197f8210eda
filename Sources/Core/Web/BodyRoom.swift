import Synchronization

/// What all requests together may hold in bodies that are still being read or worked on, so that many slow senders cannot fill the memory.
final class BodyRoom: Sendable {
    /// One request's part of it.
    final class Share: Sendable {
        fileprivate let bytes = Mutex(0)
        private let asked = Mutex(false)

        /// Whether anybody has begun to read the body.
        var wasAsked: Bool { asked.withLock { $0 } }
        func ask() { asked.withLock { $0 = true } }
    }

    private let taken = Mutex(0)
    private let bytesMax: Int

    init(bytesMax: Int = 512 * 1024 * 1024) { self.bytesMax = bytesMax }

    /// False when there is no room; then nothing is taken.
    func take(_ count: Int, for share: Share) -> Bool {
        let isTaken = taken.withLock { taken in
            guard taken + count <= bytesMax else { return false }
            taken += count
            return true
        }
        if isTaken { share.bytes.withLock { $0 += count } }
        return isTaken
    }

    func giveBack(_ share: Share) {
        let count = share.bytes.withLock { bytes in
            defer { bytes = 0 }
            return bytes
        }
        taken.withLock { $0 -= count }
    }
}

/// How slowly a body may come: after some grace at least this many bytes a second. A slow telephone is faster; who sends a byte now and then
/// only wants to hold a connection.
struct BodyPace {
    static let graceSeconds = 20.0
    static let bytesPerSecondMin = 4_096.0

    private let start = ContinuousClock.now

    func bears(_ bytes: Int) -> Bool { bears(bytes, after: ContinuousClock.now - start) }

    func bears(_ bytes: Int, after time: Duration) -> Bool {
        let seconds = Double(time.components.seconds) - BodyPace.graceSeconds
        return seconds <= 0 || Double(bytes) >= seconds * BodyPace.bytesPerSecondMin
    }
}
