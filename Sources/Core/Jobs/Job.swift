public import Database
public import Values

/// Work to be done once, later, by whichever worker is free.
public struct Job: Sendable, Hashable {
    public enum State: String, Sendable, CaseIterable {
        case waiting, running
        /// Tried often enough: an operator looks at it and can replay it. What comes after it under the same ordering key waits.
        case dead
    }

    public let id: String
    public let type: String
    public let payload: JSON
    public let state: State
    /// How often it has been started.
    public let tries: Int
    public let runAt: Instant
    public let lastError: String?
    /// Jobs of one ordering key run one after another, oldest first.
    public let orderingKey: String?

    static let columns = "id, type, payload, state, tries, run_at, last_error, ordering_key"

    static func read(_ row: any Row) throws -> Job {
        Job(
            id: try row.text(0), type: try row.text(1), payload: try row.json(2), state: State(rawValue: try row.text(3)) ?? .dead,
            tries: Int(try row.int(4)), runAt: try row.instant(5), lastError: try row.optionalText(6), orderingKey: try row.optionalText(7))
    }
}

public enum JobQueue {
    /// Adds a job in the caller's transaction. With a `uniqueKey` that is there already, nothing is added.
    public static func enqueue(
        _ type: String, _ payload: JSON, runAt: Instant, orderingKey: String? = nil, uniqueKey: String? = nil, in connection: any Connection
    ) throws {
        try connection.execute(
            """
            INSERT INTO jobs_job (id, type, ordering_key, unique_key, payload, state, run_at, created_at)
            VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $7) ON CONFLICT (unique_key) DO NOTHING
            """,
            [
                .text(UUIDv7.next()), .text(type), .optional(orderingKey), .optional(uniqueKey), .json(payload), .instant(runAt),
                .instant(runAt),
            ])
    }

    /// Jobs an operator must look at, newest first.
    public static func dead(limit: Int, in connection: any Connection) throws -> [Job] {
        try connection.query("SELECT \(Job.columns) FROM jobs_job WHERE state = 'dead' ORDER BY id DESC LIMIT $1", [.integer(Int64(limit))], Job.read)
    }

    /// Gives a dead job a new life.
    public static func replay(_ id: String, at time: Instant, in connection: any Connection) throws -> Bool {
        try connection.changes(
            "UPDATE jobs_job SET state = 'waiting', tries = 0, run_at = $1 WHERE id = $2 AND state = 'dead'", [.instant(time), .text(id)]) == 1
    }

    /// How many lie dead.
    public static func deadCount(in connection: any Connection) throws -> Int {
        Int(try connection.first("SELECT count(*) FROM jobs_job WHERE state = 'dead'") { try $0.int(0) } ?? 0)
    }

    /// What is waiting or running, for operators.
    public static func openCount(in connection: any Connection) throws -> Int {
        Int(try connection.first("SELECT count(*) FROM jobs_job WHERE state IN ('waiting', 'running')") { try $0.int(0) } ?? 0)
    }
}
