public import Database
public import Values

/// Something that happened, told to whoever subscribed: at least once, in order per key.
public struct Event: Sendable, Hashable {
    public let id: String
    /// `module.pastParticiple`, such as `payment.captured`.
    public let type: String
    /// What the order holds for, such as a case id.
    public let key: String
    public let payload: JSON
    public let at: Instant

    public init(id: String, type: String, key: String, payload: JSON, at: Instant) {
        (self.id, self.type, self.key, self.payload, self.at) = (id, type, key, payload, at)
    }
}

/// Where events are left, in the transaction that makes them true.
public enum Outbox {
    @discardableResult
    public static func publish(_ type: String, key: String, _ payload: JSON, at time: Instant, in connection: any Connection) throws -> String {
        let id = UUIDv7.next(at: time)
        try connection.execute(
            "INSERT INTO jobs_event (id, type, event_key, payload, at) VALUES ($1, $2, $3, $4, $5)",
            [.text(id), .text(type), .text(key), .json(payload), .instant(time)])
        return id
    }

    private static let daysKept: Int64 = 30

    /// Forgets events that everybody has had for a month.
    static func forget(at time: Instant, in database: any Database) async throws {
        try await database.write { connection in
            try connection.execute(
                """
                DELETE FROM jobs_event WHERE id IN (SELECT id FROM jobs_event WHERE fanned_out = 1 AND at < $1 ORDER BY id LIMIT 10000)
                """, [.instant(time.adding(days: -daysKept))])
        }
    }
}
