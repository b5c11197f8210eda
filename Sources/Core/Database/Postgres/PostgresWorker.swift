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
        while let work = queue.take(1).first { perform(work) }
        connection = nil
    }

    private func perform(_ work: Work) {
        for attempt in 0..<Self.triesMax {
            do {
                let connection = try begin(work.readOnly ? reading : writing)
                do {
                    let done = try work.run(connection)
                    try connection.commit()
                    done()
                    return
                } catch {
                    connection.rollback()
                    if connection.isLost { self.connection = nil }
                    guard connection.failure?.isWorthRetrying == true else { throw error }
                }
            } catch {
                work.fail(error)
                return
            }
            pause(attempt)
        }
        work.fail(DatabaseError.unavailable("the transaction was refused \(Self.triesMax) times because of others"))
    }

    /// Begins on the connection there is. When that turns out to have been lost while idle, nothing has happened yet and a new one is
    /// opened at once.
    private func begin(_ mode: String) throws(DatabaseError) -> PostgresConnection {
        if let connection {
            do {
                try connection.begin(mode)
                return connection
            } catch {
                self.connection = nil
                guard connection.isLost else { throw error }
                PostgresLink.warn("the connection to PostgreSQL was lost; opening another")
            }
        }
        let fresh = try reach.open(url)
        connection = fresh
        try fresh.begin(mode)
        return fresh
    }

    /// Longer and longer, and by chance, so that two that met do not meet again.
    private func pause(_ attempt: Int) {
        let longest = min(0.0005 * Double(1 << min(attempt, 10)), Self.pauseMax)
        Thread.sleep(forTimeInterval: Double.random(in: 0...longest))
    }
}
