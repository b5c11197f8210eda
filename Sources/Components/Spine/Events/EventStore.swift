import Contracts
import Database
import Values

/// Somebody's file at another body, which is told what changes.
struct Following: Sendable {
    /// Of the message that asked for it.
    let id: String
    let agreementID: String
    let consumerID: String
    let operation: String
    let purpose: String
    let basis: Basis
    let since: Instant
    /// The last day.
    let until: CalendarDate
}

/// An event as it waits for the body that follows.
struct WaitingEvent: Sendable {
    let number: Int64
    let following: Following
    let sealed: [UInt8]
}

/// What a body asked for when it began to follow somebody, by its own log.
struct AskedFollowing: Sendable {
    /// Nil where people are known by their number alone.
    let subjectID: String?
    let caseID: String?
    let basis: Basis
}

/// SQL of who is told of changes, and of what is told.
struct EventStore: Sendable {
    private static let following = "f.id, f.agreement_id, f.consumer_id, f.operation, f.purpose, f.basis_kind, f.basis_reference, f.since, f.until_day"

    private static func following(_ row: any Row, from first: Int = 0) throws -> Following {
        Following(
            id: try row.text(first), agreementID: try row.text(first + 1), consumerID: try row.text(first + 2), operation: try row.text(first + 3),
            purpose: try row.text(first + 4), basis: try basis(row, at: first + 5), since: try row.instant(first + 7),
            until: CalendarDate(daysSince1970: try row.int(first + 8)))
    }

    private static func basis(_ row: any Row, at place: Int) throws -> Basis {
        guard let basis = Basis(kind: try row.text(place), reference: try row.text(place + 1)) else {
            throw DatabaseError.unexpectedValue(column: place, expected: "a basis")
        }
        return basis
    }

    /// One a person, operation and agreement: the newest counts, and gets what waits for the one before.
    func follow(_ following: Following, person: String, in connection: any Connection) throws {
        let earlier = try connection.first(
            "SELECT id FROM spine_following WHERE person = $1 AND operation = $2 AND agreement_id = $3",
            [.text(person), .text(following.operation), .text(following.agreementID)]) { try $0.text(0) }
        if let earlier {
            try connection.execute("UPDATE spine_event SET following_id = $1 WHERE following_id = $2", [.text(following.id), .text(earlier)])
        }
        try connection.execute(
            """
            INSERT INTO spine_following (id, agreement_id, consumer_id, operation, person, purpose, basis_kind, basis_reference, since, until_day)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            ON CONFLICT (person, operation, agreement_id) DO UPDATE SET
                id = excluded.id, purpose = excluded.purpose, basis_kind = excluded.basis_kind, basis_reference = excluded.basis_reference,
                since = excluded.since, until_day = excluded.until_day
            """,
            [
                .text(following.id), .text(following.agreementID), .text(following.consumerID), .text(following.operation), .text(person),
                .text(following.purpose), .text(following.basis.kind), .text(following.basis.reference), .instant(following.since),
                .integer(following.until.daysSince1970),
            ])
    }

    /// What waits for it is not told any more either.
    func stopFollowing(person: String, operation: String, agreementID: String, in connection: any Connection) throws {
        try connection.execute(
            "DELETE FROM spine_following WHERE person = $1 AND operation = $2 AND agreement_id = $3", [.text(person), .text(operation), .text(agreementID)])
    }

    /// - Parameter operation: nil for all.
    func followings(of person: String, operation: String? = nil, on day: CalendarDate, in connection: any Connection) throws -> [Following] {
        let all = "SELECT \(EventStore.following) FROM spine_following f WHERE f.person = $1 AND f.until_day >= $2"
        return try connection.query(
            operation == nil ? "\(all) ORDER BY f.since, f.id" : "\(all) AND f.operation = $3 ORDER BY f.id",
            [.text(person), .integer(day.daysSince1970)] + (operation.map { [.text($0)] } ?? [])
        ) { try EventStore.following($0) }
    }

    /// False when the register told it before.
    func insertChange(_ event: CloudEvent, ownerID: String, at time: Instant, in connection: any Connection) throws -> Bool {
        try connection.changes(
            "INSERT INTO spine_change (owner_id, source, id, at) VALUES ($1, $2, $3, $4) ON CONFLICT (owner_id, source, id) DO NOTHING",
            [.text(ownerID), .text(event.source), .text(event.id), .instant(time)]) > 0
    }

    /// The next number of a feed. Who tells another change under the same agreement waits until this transaction ends, so that numbers
    /// come into force in their order and a reader misses none.
    func nextNumber(_ agreementID: String, _ operation: String, in connection: any Connection) throws -> Int64 {
        try connection.execute(
            """
            INSERT INTO spine_feed (agreement_id, operation, last) VALUES ($1, $2, 1)
            ON CONFLICT (agreement_id, operation) DO UPDATE SET last = spine_feed.last + 1
            """, [.text(agreementID), .text(operation)])
        return try last(agreementID, operation, in: connection)
    }

    func last(_ agreementID: String, _ operation: String, in connection: any Connection) throws -> Int64 {
        try connection.first(
            "SELECT last FROM spine_feed WHERE agreement_id = $1 AND operation = $2", [.text(agreementID), .text(operation)]) { try $0.int(0) } ?? 0
    }

    func insert(number: Int64, _ following: Following, sealed: [UInt8], at time: Instant, in connection: any Connection) throws {
        try connection.execute(
            "INSERT INTO spine_event (agreement_id, operation, number, following_id, sealed, at) VALUES ($1, $2, $3, $4, $5, $6)",
            [.text(following.agreementID), .text(following.operation), .integer(number), .text(following.id), .blob(sealed), .instant(time)])
    }

    /// In the order of their numbers, without those whose following has ended.
    func events(
        _ agreementID: String, _ operation: String, after number: Int64, limit: Int, on day: CalendarDate, in connection: any Connection
    ) throws -> [WaitingEvent] {
        try connection.query(
            """
            SELECT e.number, e.sealed, \(EventStore.following) FROM spine_event e JOIN spine_following f ON f.id = e.following_id
            WHERE e.agreement_id = $1 AND e.operation = $2 AND e.number > $3 AND f.until_day >= $4 ORDER BY e.number LIMIT $5
            """, [.text(agreementID), .text(operation), .integer(number), .integer(day.daysSince1970), .integer(Int64(limit))]
        ) { WaitingEvent(number: try $0.int(0), following: try EventStore.following($0, from: 2), sealed: try $0.blob(1)) }
    }

    /// The first that is still kept; nil when none is.
    func firstKept(_ agreementID: String, _ operation: String, in connection: any Connection) throws -> Int64? {
        try connection.first(
            "SELECT number FROM spine_event WHERE agreement_id = $1 AND operation = $2 ORDER BY number LIMIT 1", [.text(agreementID), .text(operation)]
        ) { try $0.int(0) }
    }

    func forget(before time: Instant, in connection: any Connection) throws {
        try connection.execute("DELETE FROM spine_event WHERE at < $1", [.instant(time)])
        try connection.execute("DELETE FROM spine_change WHERE at < $1", [.instant(time)])
    }

    // MARK: At the body that follows

    /// What it asked for by a message of its own; nil when no such message was answered.
    func asked(_ messageID: String, by bodyID: String, _ operation: String, in connection: any Connection) throws -> AskedFollowing? {
        try connection.first(
            """
            SELECT subject_id, case_id, basis_kind, basis_reference FROM spine_message
            WHERE body_id = $1 AND id = $2 AND face = 'consumer' AND operation = $3 AND outcome = 'answered'
            """, [.text(bodyID), .text(messageID), .text(operation)]
        ) { AskedFollowing(subjectID: try $0.optionalText(0), caseID: try $0.optionalText(1), basis: try EventStore.basis($0, at: 2)) }
    }

    // MARK: Webhooks

    /// The number of the last event that a system has acknowledged; 0 at the beginning.
    func told(_ webhook: EventWebhook, in connection: any Connection) throws -> Int64 {
        try connection.first(
            "SELECT after_number FROM spine_webhook WHERE url = $1 AND body_id = $2 AND operation = $3 AND purpose = $4", EventStore.key(webhook)
        ) { try $0.int(0) } ?? 0
    }

    func setTold(_ number: Int64, _ webhook: EventWebhook, in connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO spine_webhook (url, body_id, operation, purpose, after_number) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (url, body_id, operation, purpose) DO UPDATE SET after_number = excluded.after_number
            """, EventStore.key(webhook) + [.integer(number)])
    }

    private static func key(_ webhook: EventWebhook) -> [SQLValue] {
        [.text(webhook.url), .text(webhook.feed.consumerID), .text(webhook.feed.operation), .text(webhook.feed.purpose)]
    }
}
