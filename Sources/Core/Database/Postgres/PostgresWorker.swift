internal import Foundation

/// A thread's view of its one connection: opens it, runs transactions on it, tries again what is worth it.
final class PostgresWorker {
    /// A transaction that loses this often against others is given up.
    static let triesMax = 60
    private static let pauseMax = 0.02
    private static let reconnectPauseMax = 5.0

    private let url: String
    private let writing: String
    private let reading = "ISOLATION LEVEL REPEATABLE READ READ ONLY"
    private var connection: PostgresConnection?
    private var connectAgain = Date.distantPast
    private var reconnectPause = 0.1
    private var refusal = DatabaseError.unavailable("PostgreSQL has not been reached yet")

    init(url: String, isolation: PostgresDatabase.Isolation) {
        self.url = url
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
        let fresh = try connect()
        connection = fresh
        try fresh.begin(mode)
        return fresh
    }

    /// After a failure to connect, the work that comes within the pause is refused without trying.
    private func connect() throws(DatabaseError) -> PostgresConnection {
        guard Date() >= connectAgain else { throw refusal }
        do {
            let connection = try PostgresLink.open(url)
            reconnectPause = 0.1
            return connection
        } catch {
            refusal = error
            connectAgain = Date(timeIntervalSinceNow: reconnectPause)
            reconnectPause = min(reconnectPause * 2, Self.reconnectPauseMax)
            throw error
        }
    }

    /// Longer and longer, and by chance, so that two that met do not meet again.
    private func pause(_ attempt: Int) {
        let longest = min(0.0005 * Double(1 << min(attempt, 10)), Self.pauseMax)
        Thread.sleep(forTimeInterval: Double.random(in: 0...longest))
    }
}
