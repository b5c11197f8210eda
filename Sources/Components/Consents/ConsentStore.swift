import Contracts
import Database
import Trust
import Values

/// All SQL of the module.
struct ConsentStore: Sendable {
    private static let scope = "consents"
    private static let requestColumns =
        "id, subject_id, body_id, agreement_id, purpose, days, asked_by, asked_at, open_until, state, content"
    private static let consentColumns = """
        c.id, c.request_id, c.subject_id, c.person_mark, c.consumer_id, c.agreement_id, c.purpose, c.operations, c.fields, c.given_at,
        c.valid_until, c.receipt, r.at, r.receipt
        """
    private static let consentTables = "consents_consent c LEFT JOIN consents_revocation r ON r.consent_id = c.id"

    let vault: Vault

    // MARK: Requests

    func insert(_ request: ConsentRequest, in connection: any Connection) throws {
        let content: JSON = ["name": .string(request.personName), "reason": .string(request.reason)]
        let sealed = try vault.seal(content.bytes, scope: Self.scope, context: "consents_request.content:\(request.id)")
        try connection.execute(
            "INSERT INTO consents_request (\(Self.requestColumns)) VALUES (\(SQL.parameters(11)))",
            [
                .text(request.id), .text(request.subjectID), .text(request.bodyID), .text(request.agreementID), .text(request.purpose),
                .integer(Int64(request.days)), .text(request.askedBy), .instant(request.askedAt), .instant(request.openUntil),
                .text(request.state.rawValue), .blob(sealed),
            ])
    }

    /// False when it was answered, withdrawn or lapsed meanwhile.
    func close(_ id: String, as state: ConsentRequest.State, in connection: any Connection) throws -> Bool {
        try connection.changes(
            "UPDATE consents_request SET state = $1 WHERE id = $2 AND state = 'open'", [.text(state.rawValue), .text(id)]) == 1
    }

    /// Those nobody answered in time.
    func lapse(at time: Instant, in connection: any Connection) throws {
        try connection.execute("UPDATE consents_request SET state = 'lapsed' WHERE state = 'open' AND open_until <= $1", [.instant(time)])
    }

    /// One of a person's; others' do not exist for her.
    func request(_ id: String, of subjectID: String, in connection: any Connection) throws -> ConsentRequest? {
        try connection.first(
            "SELECT \(Self.requestColumns) FROM consents_request WHERE id = $1 AND subject_id = $2", [.text(id), .text(subjectID)], request
        ).flatMap(\.self)
    }

    func request(_ id: String, ofBody bodyID: String, in connection: any Connection) throws -> ConsentRequest? {
        try connection.first(
            "SELECT \(Self.requestColumns) FROM consents_request WHERE id = $1 AND body_id = $2", [.text(id), .text(bodyID)], request
        ).flatMap(\.self)
    }

    /// Newest first.
    func requests(of subjectID: String, limit: Int, in connection: any Connection) throws -> [ConsentRequest] {
        try connection.query(
            "SELECT \(Self.requestColumns) FROM consents_request WHERE subject_id = $1 ORDER BY id DESC LIMIT $2",
            [.text(subjectID), .integer(Int64(limit))], request
        ).compactMap(\.self)
    }

    /// Newest first.
    func requests(ofBody bodyID: String, limit: Int, in connection: any Connection) throws -> [ConsentRequest] {
        try connection.query(
            "SELECT \(Self.requestColumns) FROM consents_request WHERE body_id = $1 ORDER BY id DESC LIMIT $2",
            [.text(bodyID), .integer(Int64(limit))], request
        ).compactMap(\.self)
    }

    func openCount(of subjectID: String, askedBy bodyID: String, at time: Instant, in connection: any Connection) throws -> Int {
        Int(
            try connection.first(
                "SELECT count(*) FROM consents_request WHERE subject_id = $1 AND body_id = $2 AND state = 'open' AND open_until > $3",
                [.text(subjectID), .text(bodyID), .instant(time)]
            ) { try $0.int(0) } ?? 0)
    }

    private func request(_ row: any Row) throws -> ConsentRequest? {
        guard let state = ConsentRequest.State(rawValue: try row.text(9)) else { return nil }
        let id = try row.text(0)
        let content = try JSON.parse(try vault.open(try row.blob(10), scope: Self.scope, context: "consents_request.content:\(id)"))
        return ConsentRequest(
            id: id, subjectID: try row.text(1), bodyID: try row.text(2), agreementID: try row.text(3), purpose: try row.text(4),
            days: Int(try row.int(5)), askedBy: try row.text(6), askedAt: try row.instant(7), openUntil: try row.instant(8), state: state,
            personName: content["name"]?.string ?? "", reason: content["reason"]?.string ?? "")
    }

    // MARK: Consents

    func insert(_ record: ConsentRecord, in connection: any Connection) throws {
        let grant = record.grant
        try connection.execute(
            """
            INSERT INTO consents_consent (id, request_id, subject_id, person_mark, consumer_id, agreement_id, purpose, operations, fields,
                given_at, valid_until, receipt)
            VALUES (\(SQL.parameters(12)))
            """,
            [
                .text(grant.id), .text(record.requestID), .text(grant.subjectID), .text(grant.personMark), .text(grant.consumerID),
                .text(grant.agreementID), .text(grant.purpose), .json(.strings(grant.operations)), .json(.strings(grant.fields)),
                .instant(grant.givenAt), .instant(grant.validUntil), .text(record.receipt),
            ])
    }

    /// False when it was taken back already.
    func revoke(_ id: String, receipt: String, at time: Instant, in connection: any Connection) throws -> Bool {
        try connection.changes(
            "INSERT INTO consents_revocation (consent_id, at, receipt) VALUES ($1, $2, $3) ON CONFLICT (consent_id) DO NOTHING",
            [.text(id), .instant(time), .text(receipt)]) == 1
    }

    func consent(_ id: String, in connection: any Connection) throws -> ConsentRecord? {
        try connection.first("SELECT \(Self.consentColumns) FROM \(Self.consentTables) WHERE c.id = $1", [.text(id)], Self.consent)
    }

    func consent(forRequest id: String, in connection: any Connection) throws -> ConsentRecord? {
        try connection.first("SELECT \(Self.consentColumns) FROM \(Self.consentTables) WHERE c.request_id = $1", [.text(id)], Self.consent)
    }

    /// Newest first.
    func consents(of subjectID: String, limit: Int, in connection: any Connection) throws -> [ConsentRecord] {
        try connection.query(
            "SELECT \(Self.consentColumns) FROM \(Self.consentTables) WHERE c.subject_id = $1 ORDER BY c.id DESC LIMIT $2",
            [.text(subjectID), .integer(Int64(limit))], Self.consent)
    }

    private static func consent(_ row: any Row) throws -> ConsentRecord {
        func texts(_ column: Int) throws -> [String] { try row.json(column).array?.compactMap(\.string) ?? [] }
        return ConsentRecord(
            grant: ConsentGrant(
                id: try row.text(0), subjectID: try row.text(2), personMark: try row.text(3), consumerID: try row.text(4),
                agreementID: try row.text(5), purpose: try row.text(6), operations: try texts(7), fields: try texts(8),
                givenAt: try row.instant(9), validUntil: try row.instant(10), revokedAt: try row.optionalInt(12).map(Instant.init(microseconds:))),
            requestID: try row.text(1), receipt: try row.text(11), revocationReceipt: try row.optionalText(13))
    }
}
