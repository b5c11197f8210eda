import Database
import Language
import Trust
import Values

/// All SQL of the module.
struct MessageStore: Sendable {
    let vault: Vault

    private static let columns =
        "subject_id, id, body_id, case_id, template, version, fields, link, language, state, accepted_at, read_at"

    /// False when the same key was accepted before; then nothing changes.
    func insert(_ message: Message, idempotencyKey: String, in connection: any Connection) throws -> Bool {
        let fields = JSON.object(message.values.mapValues(JSON.string))
        let sealed = try vault.seal(fields.bytes, scope: message.bodyID, context: MessageStore.context(message.id))
        let inserted = try connection.first(
            """
            INSERT INTO messages_message
            (subject_id, id, idempotency_key, body_id, case_id, template, version, fields, link, state, accepted_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            ON CONFLICT (subject_id, idempotency_key) DO NOTHING RETURNING id
            """,
            [
                .text(message.subjectID), .text(message.id), .text(idempotencyKey), .text(message.bodyID), .optional(message.caseID),
                .text(message.template), .integer(Int64(message.version)), .blob(sealed), .optional(message.link),
                .text(message.state.rawValue), .instant(message.acceptedAt),
            ], { try $0.text(0) })
        return inserted != nil
    }

    func find(_ id: String, subjectID: String, in connection: any Connection) throws -> Message? {
        try connection.first(
            "SELECT \(MessageStore.columns) FROM messages_message WHERE subject_id = $1 AND id = $2", [.text(subjectID), .text(id)], read)
    }

    /// Newest first, from before an id (nil: from the newest).
    func list(of subjectID: String, before id: String?, limit: Int, in connection: any Connection) throws -> [Message] {
        // "g" sorts after every id, which is made of hexadecimal digits.
        try connection.query(
            "SELECT \(MessageStore.columns) FROM messages_message WHERE subject_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
            [.text(subjectID), .text(id ?? "g"), .integer(Int64(limit))], read)
    }

    func unreadCount(of subjectID: String, in connection: any Connection) throws -> Int {
        Int(
            try connection.first(
                "SELECT count(*) FROM messages_message WHERE subject_id = $1 AND read_at IS NULL", [.text(subjectID)],
                { try $0.int(0) }) ?? 0)
    }

    func markRead(_ id: String, subjectID: String, at time: Instant, in connection: any Connection) throws {
        try connection.execute(
            "UPDATE messages_message SET read_at = $1 WHERE subject_id = $2 AND id = $3 AND read_at IS NULL",
            [.instant(time), .text(subjectID), .text(id)])
    }

    func setLanguage(_ language: Language, of message: Message, in connection: any Connection) throws {
        try connection.execute(
            "UPDATE messages_message SET language = $1 WHERE subject_id = $2 AND id = $3 AND language IS NULL",
            [.text(language.rawValue), .text(message.subjectID), .text(message.id)])
    }

    /// What became of the e-mail, and why; a message that was sent stays so.
    func settle(
        _ message: Message, _ state: Message.State, failure: String? = nil, at time: Instant, in connection: any Connection
    ) throws {
        try connection.execute(
            "UPDATE messages_message SET state = $1, failure = $2, settled_at = $3 WHERE subject_id = $4 AND id = $5 AND state <> 'sent'",
            [.text(state.rawValue), .optional(failure), .instant(time), .text(message.subjectID), .text(message.id)])
    }

    private func read(_ row: any Row) throws -> Message {
        let (id, bodyID) = (try row.text(1), try row.text(2))
        let fields = try JSON.parse(vault.open(try row.blob(6), scope: bodyID, context: MessageStore.context(id)))
        return Message(
            subjectID: try row.text(0), id: id, bodyID: bodyID, caseID: try row.optionalText(3), template: try row.text(4),
            version: Int(try row.int(5)), values: (fields.object ?? [:]).compactMapValues(\.string), link: try row.optionalText(7),
            language: try row.optionalText(8).flatMap(Language.init), state: Message.State(rawValue: try row.text(9)) ?? .failed,
            acceptedAt: try row.instant(10), readAt: try row.optionalInstant(11))
    }

    private static func context(_ id: String) -> String { "messages_message fields \(id)" }
}
