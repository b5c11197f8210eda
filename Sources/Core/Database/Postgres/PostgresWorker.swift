internal import Foundation

/// A thread's view of its one connection: opens it, runs transactions on it, tries again what is worth it.
final class PostgresWorker {
    /// A transaction that loses this often against others is given up.
    static let triesMax = 60
    private static let pauseMax = 0.02

    private let url: String
    private let reach: PostgresReach
    private let writing: String
    private let reading = "ISOLATION LEVEL REPEATABLE READ READ ONLY"
    private var connection: PostgresConnection?

    init(url: String, isolation: PostgresDatabase.Isolation, reach: PostgresReach) {
        (self.url, self.reach) = (url, reach)
        writing = "ISOLATION LEVEL \(isolation.rawValue)"
    }

    /// The life of the thread: until the queue is closed and empty.
    func run(_ queue: WorkQueue) {
        while let work = queue.takeWaiting() ?? waitForWork(queue) { perform(work) }
        connection = nil
    }

    /// The end of a transaction that only read goes with the next one's beginning; when there is no next one, at once.
    private func waitForWork(_ queue: WorkQueue) -> Work? {
        connection?.flush()
        return queue.take(1).first
    }

    private func perform(_ work: Work) {
        var attempt = 0
        while attempt < Self.triesMax {
            do {
                let (connection, isFresh) = try begin(work.readOnly ? reading : writing)
                do {
                    let done = try work.run(connection)
                    if work.readOnly { try connection.leave() } else { try connection.commit() }
                    done()
                    return
                } catch {
                    connection.rollback()
                    if connection.isLost { self.connection = nil }
                    // Lost while idle: nothing has happened on it, and another is opened at once.
                    if connection.isLost, !connection.hasBegun, !isFresh {
                        PostgresLink.warn("the connection to PostgreSQL was lost; opening another")
                        continue
                    }
                    guard connection.failure?.isWorthRetrying == true else { throw error }
                }
            } catch {
                work.fail(error)
                return
            }
            pause(attempt)
            attempt += 1
        }
        work.fail(DatabaseError.unavailable("the transaction was refused \(Self.triesMax) times because of others"))
    }

    /// Begins on the connection there is, or on a fresh one.
    private func begin(_ mode: String) throws(DatabaseError) -> (PostgresConnection, isFresh: Bool) {
        if let connection, !connection.isLost, (try? connection.begin(mode)) != nil { return (connection, false) }
        let fresh = try reach.open(url)
        connection = fresh
        try fresh.begin(mode)
        return (fresh, true)
    }

    /// Longer and longer, and by chance, so that two that met do not meet again.
    private func pause(_ attempt: Int) {
        let longest = min(0.0005 * Double(1 << min(attempt, 10)), Self.pauseMax)
        Thread.sleep(forTimeInterval: Double.random(in: 0...longest))
    }
}
