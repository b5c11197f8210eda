import Contracts
import Database
import Trust
import Values

/// The state of one version of an agreement.
public enum AgreementStatus: String, Sendable, CaseIterable {
    case draft, requested, live, suspended, ended
}

/// A row of the table of agreements.
struct AgreementRow: Sendable {
    let id: String
    let version: Int
    let status: AgreementStatus
    let content: String
    let contentHash: String
}

/// All SQL of the spine.
struct SpineStore: Sendable {
    func edition(in connection: any Connection) throws -> Int64 {
        try connection.first("SELECT edition FROM spine_edition WHERE id = 1", []) { try $0.int(0) } ?? 0
    }

    func raiseEdition(in connection: any Connection) throws {
        try connection.execute("UPDATE spine_edition SET edition = edition + 1 WHERE id = 1", [])
    }

    /// Every version that is not over.
    func agreements(in connection: any Connection) throws -> [AgreementRow] {
        try connection.query(
            "SELECT id, version, status, content, content_hash FROM spine_agreement WHERE status <> 'ended' ORDER BY id, version", []
        ) { try SpineStore.agreement($0) }
    }

    func latest(_ id: String, in connection: any Connection) throws -> AgreementRow? {
        try connection.first(
            "SELECT id, version, status, content, content_hash FROM spine_agreement WHERE id = $1 ORDER BY version DESC LIMIT 1",
            [.text(id)]
        ) { try SpineStore.agreement($0) }
    }

    static func agreement(_ row: any Row) throws -> AgreementRow {
        AgreementRow(
            id: try row.text(0), version: Int(try row.int(1)), status: AgreementStatus(rawValue: try row.text(2)) ?? .ended,
            content: try row.text(3),
            contentHash: try row.text(4))
    }

    func insert(_ agreement: Agreement, status: AgreementStatus, at time: Instant, in connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO spine_agreement (id, version, consumer_id, provider_id, status, content, content_hash, changed_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            [
                .text(agreement.id), .integer(Int64(agreement.version)), .text(agreement.consumerID), .text(agreement.providerID),
                .text(status.rawValue), .text(try CanonicalJSON.text(of: agreement.json)), .text(try agreement.contentHash()),
                .instant(time),
            ])
        try raiseEdition(in: connection)
    }

    /// False when there is no such version.
    @discardableResult
    func setStatus(_ status: AgreementStatus, of id: String, version: Int, at time: Instant, in connection: any Connection) throws -> Bool {
        let changed = try connection.changes(
            "UPDATE spine_agreement SET status = $1, changed_at = $2 WHERE id = $3 AND version = $4",
            [.text(status.rawValue), .instant(time), .text(id), .integer(Int64(version))])
        try raiseEdition(in: connection)
        return changed > 0
    }

    func insertSignature(
        _ jws: String, of bodyID: String, under agreement: Agreement, at time: Instant, in connection: any Connection
    ) throws {
        try connection.execute(
            """
            INSERT INTO spine_agreement_signature (agreement_id, version, body_id, jws, signed_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (agreement_id, version, body_id) DO UPDATE SET jws = excluded.jws, signed_at = excluded.signed_at
            """, [.text(agreement.id), .integer(Int64(agreement.version)), .text(bodyID), .text(jws), .instant(time)])
        try raiseEdition(in: connection)
    }

    /// `id version` → body → JWS, of all that are not over.
    func signatures(in connection: any Connection) throws -> [String: [String: String]] {
        let rows = try connection.query(
            """
            SELECT s.agreement_id, s.version, s.body_id, s.jws FROM spine_agreement_signature s
            JOIN spine_agreement a ON a.id = s.agreement_id AND a.version = s.version WHERE a.status <> 'ended'
            """, []
        ) { row in (key: "\(try row.text(0)) \(try row.int(1))", body: try row.text(2), jws: try row.text(3)) }
        return rows.reduce(into: [:]) { $0[$1.key, default: [:]][$1.body] = $1.jws }
    }

    func setKey(_ key: VerifyingKey, of bodyID: String, at time: Instant, in connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO spine_body_key (body_id, jwk, since) VALUES ($1, $2, $3)
            ON CONFLICT (body_id) DO UPDATE SET jwk = excluded.jwk, since = excluded.since WHERE spine_body_key.jwk <> excluded.jwk
            """, [.text(bodyID), .json(key.jwk), .instant(time)])
        try raiseEdition(in: connection)
    }

    func keys(in connection: any Connection) throws -> [String: VerifyingKey] {
        let rows = try connection.query("SELECT body_id, jwk FROM spine_body_key", []) { (try $0.text(0), try $0.json(1)) }
        return rows.reduce(into: [:]) { keys, row in keys[row.0] = try? VerifyingKey(jwk: row.1) }
    }

    func insert(_ message: MessageRecord, in connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO spine_message (body_id, id, face, other_id, operation, agreement_id, agreement_version, purpose, basis_kind,
                basis_reference,
                actor, case_id, subject_id, request_hash, request_bytes, answer_hash, answer_bytes, dropped, decision, outcome, at, took_us)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
            """,
            [
                .text(message.bodyID), .text(message.id), .text(message.face.rawValue), .text(message.otherID), .text(message.operation),
                .optional(message.agreementID), .optional(message.agreementVersion.map(Int64.init)), .text(message.purpose),
                .text(message.basis.kind), .text(message.basis.reference), .text(message.actor), .optional(message.caseID),
                .optional(message.subjectID), .text(message.requestHash), .integer(Int64(message.requestBytes)),
                .optional(message.answerHash),
                .integer(Int64(message.answerBytes)), .integer(Int64(message.dropped)), .text(message.decision), .text(message.outcome),
                .instant(message.at), .integer(message.tookMicroseconds),
            ])
    }

    /// Agreement → the body that asks and the one that answers, of any version.
    func parties(in connection: any Connection) throws -> [String: (consumerID: String, providerID: String)] {
        let rows = try connection.query("SELECT DISTINCT id, consumer_id, provider_id FROM spine_agreement", []) {
            (try $0.text(0), try $0.text(1), try $0.text(2))
        }
        return rows.reduce(into: [:]) { $0[$1.0] = ($1.1, $1.2) }
    }

    /// Provider's side, by day, agreement and outcome, in that order. What was refused may name an agreement that never was; it is not counted,
    /// nor are fetches of events that brought none.
    func counts(from first: Instant, before end: Instant, in connection: any Connection) throws -> [MessageCount] {
        try connection.query(
            """
            SELECT at / 86400000000, agreement_id, outcome, count(*), CAST(sum(dropped) AS BIGINT) FROM spine_message
            WHERE face = 'provider' AND at >= $1 AND at < $2 AND outcome <> 'empty' AND agreement_id IN (SELECT id FROM spine_agreement)
            GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            """, [.instant(first), .instant(end)]
        ) { row in
            MessageCount(
                key: .init(day: try row.int(0), agreementID: try row.text(1)), outcome: try row.text(2), messages: try row.int(3),
                dropped: try row.int(4))
        }
    }

    /// Of one agreement, on the provider's side: days since 1970, outcome, messages, values taken out, and how long they took in all.
    func counts(
        of agreementID: String, from first: Instant, before end: Instant, in connection: any Connection
    ) throws -> [(day: Int64, outcome: String, messages: Int64, dropped: Int64, microseconds: Int64)] {
        try connection.query(
            """
            SELECT at / 86400000000, outcome, count(*), CAST(sum(dropped) AS BIGINT), CAST(sum(took_us) AS BIGINT) FROM spine_message
            WHERE agreement_id = $1 AND at >= $2 AND at < $3 AND face = 'provider' AND outcome <> 'empty' GROUP BY 1, 2 ORDER BY 1, 2
            """, [.text(agreementID), .instant(first), .instant(end)]
        ) { (try $0.int(0), try $0.text(1), try $0.int(2), try $0.int(3), try $0.int(4)) }
    }
}
