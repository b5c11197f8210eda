import Database
import Values

/// All SQL of the module.
struct TransferStore: Sendable {
    private static let columns =
        "id, consumer_id, provider_id, agreement_id, state, edition, title, terms, final, created_by, created_at, changed_at"

    func insert(_ request: TransferRequest, in connection: any Connection) throws {
        try connection.execute(
            "INSERT INTO transfers_request (\(Self.columns)) VALUES (\(SQL.parameters(12)))",
            [
                .text(request.id), .text(request.consumerID), .text(request.providerID), .text(request.agreementID), .text(request.state.rawValue),
                .integer(Int64(request.edition)), .text(request.title), .json(request.terms.json), request.final.map(SQLValue.json) ?? .null,
                .text(request.createdBy), .instant(request.createdAt), .instant(request.changedAt),
            ])
    }

    /// Keeps what has changed; false when it is in another state by now than it was read in.
    func update(_ request: TransferRequest, from state: TransferRequest.State, in connection: any Connection) throws -> Bool {
        try connection.changes(
            """
            UPDATE transfers_request SET provider_id = $1, state = $2, edition = $3, title = $4, terms = $5, final = $6, changed_at = $7
            WHERE id = $8 AND state = $9
            """,
            [
                .text(request.providerID), .text(request.state.rawValue), .integer(Int64(request.edition)), .text(request.title),
                .json(request.terms.json), request.final.map(SQLValue.json) ?? .null, .instant(request.changedAt), .text(request.id), .text(state.rawValue),
            ]) == 1
    }

    /// One of a body's, on either side; others' do not exist for it. A draft is the own body's alone.
    func request(_ id: String, with bodyID: String, in connection: any Connection) throws -> TransferRequest? {
        try connection.first(
            """
            SELECT \(Self.columns) FROM transfers_request WHERE id = $1 AND (consumer_id = $2 OR (provider_id = $3 AND edition > 0))
            """, [.text(id), .text(bodyID), .text(bodyID)], Self.read
        ).flatMap(\.self)
    }

    /// A body's, on either side, the last touched first.
    func requests(with bodyID: String, limit: Int, in connection: any Connection) throws -> [TransferRequest] {
        try connection.query(
            """
            SELECT \(Self.columns) FROM transfers_request WHERE consumer_id = $1 OR (provider_id = $2 AND edition > 0)
            ORDER BY changed_at DESC, id DESC LIMIT $3
            """, [.text(bodyID), .text(bodyID), .integer(Int64(limit))], Self.read
        ).compactMap(\.self)
    }

    private static func read(_ row: any Row) throws -> TransferRequest? {
        guard let state = TransferRequest.State(rawValue: try row.text(4)) else { return nil }
        return TransferRequest(
            id: try row.text(0), consumerID: try row.text(1), providerID: try row.text(2), agreementID: try row.text(3), state: state,
            edition: Int(try row.int(5)), title: try row.text(6), terms: TransferTerms(json: try row.json(7)),
            final: try row.isNull(8) ? nil : row.json(8), createdBy: try row.text(9), createdAt: try row.instant(10), changedAt: try row.instant(11))
    }

    func append(_ act: TransferAct, to requestID: String, in connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO transfers_act (request_id, id, edition, what, body_id, officer_id, officer_name, note, at)
            VALUES (\(SQL.parameters(9)))
            """,
            [
                .text(requestID), .text(act.id), .integer(Int64(act.edition)), .text(act.what), .text(act.bodyID), .text(act.officerID),
                .text(act.officerName), .text(act.note), .instant(act.at),
            ])
    }

    /// Oldest first.
    func acts(of requestID: String, in connection: any Connection) throws -> [TransferAct] {
        try connection.query(
            "SELECT id, edition, what, body_id, officer_id, officer_name, note, at FROM transfers_act WHERE request_id = $1 ORDER BY id",
            [.text(requestID)]
        ) { row in
            TransferAct(
                id: try row.text(0), edition: Int(try row.int(1)), what: try row.text(2), bodyID: try row.text(3), officerID: try row.text(4),
                officerName: try row.text(5), note: try row.text(6), at: try row.instant(7))
        }
    }

    /// False when the body has signed already.
    func insertSignature(
        _ jws: String, of bodyID: String, under requestID: String, by officerID: String, at time: Instant, in connection: any Connection
    ) throws -> Bool {
        try connection.changes(
            """
            INSERT INTO transfers_signature (request_id, body_id, jws, officer_id, at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (request_id, body_id) DO NOTHING
            """, [.text(requestID), .text(bodyID), .text(jws), .text(officerID), .instant(time)]) == 1
    }

    /// By body.
    func signatures(under requestID: String, in connection: any Connection) throws -> [String: String] {
        let rows = try connection.query("SELECT body_id, jws FROM transfers_signature WHERE request_id = $1", [.text(requestID)]) {
            (try $0.text(0), try $0.text(1))
        }
        return Dictionary(rows) { first, _ in first }
    }

    func justify(_ agreementID: String, note: String, by officerID: String, at time: Instant, in connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO transfers_justification (agreement_id, note, officer_id, at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (agreement_id) DO UPDATE SET note = excluded.note, officer_id = excluded.officer_id, at = excluded.at
            """, [.text(agreementID), .text(note), .text(officerID), .instant(time)])
    }

    /// When the need for each agreement was last justified.
    func justifications(in connection: any Connection) throws -> [String: Instant] {
        let rows = try connection.query("SELECT agreement_id, at FROM transfers_justification", []) { (try $0.text(0), try $0.instant(1)) }
        return Dictionary(rows) { first, _ in first }
    }
}
