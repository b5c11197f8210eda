import Synchronization
import Values

/// After several failures in a row nobody waits for a dead peer any more: calls fail at once for a while, then one is let through to try.
final class CircuitBreaker: Sendable {
    private static let failureLimit = 5
    private static let openSeconds: Int64 = 5
    private struct State { var failures = 0; var closedUntil: Instant? }
    private let state = Mutex(State())

    func allows(now: Instant) -> Bool {
        state.withLock { state in
            guard let until = state.closedUntil else { return true }
            guard now >= until else { return false }
            state.closedUntil = now.adding(seconds: CircuitBreaker.openSeconds)
            return true
        }
    }

    func succeeded() { state.withLock { $0 = State() } }

    func failed(now: Instant) {
        state.withLock { state in
            state.failures += 1
            if state.failures >= CircuitBreaker.failureLimit { state.closedUntil = now.adding(seconds: CircuitBreaker.openSeconds) }
        }
    }
}
