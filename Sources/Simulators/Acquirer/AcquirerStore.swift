import Database
import Language
import Values

/// All SQL of charges and of answers given once.
struct AcquirerStore: Sendable {
    func insert(_ charge: Charge, in connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO acquirer_charge (id, merchant_id, reference, amount_minor, currency, description, language, return_url, is_manual,
                token, created_at, expires_at, state, version, changed_at, due_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
            """,
            [
                .text(charge.id), .text(charge.merchantID), .text(charge.reference), .integer(charge.amount.minorUnits),
                .text(charge.amount.currency), .text(charge.description), .text(charge.language.rawValue), .text(charge.returnURL),
                .bool(charge.isManual), .text(charge.token), .instant(charge.createdAt), .instant(charge.expiresAt),
                .text(charge.state.rawValue), .integer(charge.version), .instant(charge.changedAt), .optional(charge.dueAt),
            ])
    }

    func save(_ charge: Charge, in connection: any Connection) throws {
        try connection.execute(
            """
            UPDATE acquirer_charge SET state = $1, card_brand = $2, card_last_four = $3, behaviour = $4, failure = $5, wrong_codes = $6,
                captured_minor = $7, refunded_minor = $8, version = $9, changed_at = $10, due_at = $11
            WHERE id = $12
            """,
            [
                .text(charge.state.rawValue), .optional(charge.cardBrand), .optional(charge.cardLastFour),
                .optional(charge.behaviour?.rawValue), .optional(charge.failure), .integer(Int64(charge.wrongCodes)),
                .integer(charge.captured), .integer(charge.refunded),
                .integer(charge.version), .instant(charge.changedAt), .optional(charge.dueAt), .text(charge.id),
            ])
    }

    /// A merchant's own charge; others' do not exist for it. Held for the transaction where the store can.
    func find(_ id: String, of merchantID: String, in connection: any Connection) throws -> Charge? {
        try connection.first(
            "SELECT \(Charge.columns) FROM acquirer_charge WHERE id = $1 AND merchant_id = $2 \(lock(connection))",
            [.text(id), .text(merchantID)], Charge.read)
    }

    func find(token: String, in connection: any Connection) throws -> Charge? {
        try connection.first(
            "SELECT \(Charge.columns) FROM acquirer_charge WHERE token = $1 \(lock(connection))", [.text(token)], Charge.read)
    }

    func list(reference: String, of merchantID: String, in connection: any Connection) throws -> [Charge] {
        try connection.query(
            "SELECT \(Charge.columns) FROM acquirer_charge WHERE merchant_id = $1 AND reference = $2 ORDER BY created_at, id LIMIT 100",
            [.text(merchantID), .text(reference)], Charge.read)
    }

    func due(at time: Instant, limit: Int, in connection: any Connection) throws -> [Charge] {
        try connection.query(
            "SELECT \(Charge.columns) FROM acquirer_charge WHERE due_at <= $1 ORDER BY due_at LIMIT $2",
            [.instant(time), .integer(Int64(limit))], Charge.read)
    }

    private func lock(_ connection: any Connection) -> String { connection.dialect == .postgres ? "FOR UPDATE" : "" }

    struct GivenAnswer: Sendable, Hashable {
        let fingerprint: String
        let status: Int
        let content: String
    }

    func answer(_ key: String, of merchantID: String, in connection: any Connection) throws -> GivenAnswer? {
        try connection.first(
            "SELECT fingerprint, status, content FROM acquirer_answer WHERE merchant_id = $1 AND answer_key = $2",
            [.text(merchantID), .text(key)],
            { GivenAnswer(fingerprint: try $0.text(0), status: Int(try $0.int(1)), content: try $0.text(2)) })
    }

    func keep(_ answer: GivenAnswer, key: String, of merchantID: String, at time: Instant, in connection: any Connection) throws {
        try connection.execute(
            "INSERT INTO acquirer_answer (merchant_id, answer_key, fingerprint, status, content, at) VALUES ($1, $2, $3, $4, $5, $6)",
            [
                .text(merchantID), .text(key), .text(answer.fingerprint), .integer(Int64(answer.status)), .text(answer.content),
                .instant(time),
            ])
    }
}
