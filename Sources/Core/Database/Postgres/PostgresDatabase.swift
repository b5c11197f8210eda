/// The production store, over libpq. A few threads own a connection each and are fed by one queue, so nothing blocks the cooperative
/// pool, and as many transactions run at once as there are connections.
///
/// The database should have been created with byte order (`LC_COLLATE 'C'` or `'C.UTF-8'`): then `ORDER BY` of a text gives what it
/// gives on SQLite.
public final class PostgresDatabase: Database {
    /// What a write sees of others that run at the same time. SQLite runs one write after another; these are the nearest.
    public enum Isolation: String, Sendable {
        /// One view from start to end. A row that somebody else has changed in the meantime makes the whole body run again: what was
        /// read still holds when it is written, for the rows that are written. What depends on rows that are only read (a count, the
        /// absence of a row) needs a constraint.
        case repeatableRead = "REPEATABLE READ"
        /// Each statement sees what is committed when it starts; waits for locks in place of running again.
        case readCommitted = "READ COMMITTED"
    }

    public let dialect = Dialect.postgres
    private let queue = WorkQueue()
    private let finish: Finish

    /// Connects once to see that it can, then as work comes.
    ///
    /// - Parameter url: as libpq takes it: `postgres://user@host:port/name?sslmode=verify-full`.
    /// - Throws: `DatabaseError.unavailable` when the server is not reached, older than 15, or not in UTF-8.
    public init(url: String, connections: Int = 8, isolation: Isolation = .repeatableRead) throws {
        _ = try PostgresLink.open(url)
        let count = min(max(1, connections), 64)
        finish = Finish(threads: count)
        let (queue, reach) = (queue, PostgresReach())
        for number in 0..<count {
            finish.start("zamin.postgres.\(number)") { PostgresWorker(url: url, isolation: isolation, reach: reach).run(queue) }
        }
    }

    deinit { queue.close() }

    public func read<Value: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> Value) async throws -> Value {
        try await Work.perform(on: queue, readOnly: true, body)
    }

    public func write<Value: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> Value) async throws -> Value {
        try await Work.perform(on: queue, readOnly: false, body)
    }

    public func close() async {
        queue.close()
        await finish.wait()
    }
}
