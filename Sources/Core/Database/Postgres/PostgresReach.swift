internal import Foundation
internal import Synchronization

/// Whether the server can be reached now, as all threads of a database know it together: after a failure nobody tries for a while, and once
/// one has reached it again, all may.
final class PostgresReach: Sendable {
    private static let pauseMin = 0.1
    private static let pauseMax = 5.0

    private struct State {
        var tryAgain = Date.distantPast
        var pause = PostgresReach.pauseMin
        var refusal = DatabaseError.unavailable("PostgreSQL has not been reached yet")
    }

    private let state = Mutex(State())

    /// Opens a connection; refuses without trying within the pause after a failure.
    func open(_ url: String) throws(DatabaseError) -> PostgresConnection {
        if let refusal = state.withLock({ Date() < $0.tryAgain ? $0.refusal : nil }) { throw refusal }
        do {
            let connection = try PostgresLink.open(url)
            state.withLock { $0 = State() }
            return connection
        } catch {
            state.withLock { state in
                state.refusal = error
                state.tryAgain = Date(timeIntervalSinceNow: state.pause)
                state.pause = min(state.pause * 2, PostgresReach.pauseMax)
            }
            throw error
        }
    }
}
