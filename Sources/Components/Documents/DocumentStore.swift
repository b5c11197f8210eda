import Database
import Language
import Trust
import Values

/// All SQL of the module.
struct DocumentStore: Sendable {
    let vault: Vault

    private static let columns =
        "subject_id, id, case_id, case_number, body_id, template, language, title, code, ordered_at, ready_at"

    /// False when the same key was ordered before; then nothing changes.
    func insert(_ document: OfficialDocument, content: JSON, idempotencyKey: String, in connection: any Connection) throws -> Bool {
        let sealed = try vault.seal(content.bytes, scope: document.bodyID, context: DocumentStore.context("content", document.id))
        let inserted = try connection.first(
            """
            INSERT INTO documents_document
            (subject_id, id, idempotency_key, case_id, case_number, body_id, template, language, title, content, code, ordered_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            ON CONFLICT (subject_id, idempotency_key) DO NOTHING RETURNING id
            """,
            [
                .text(document.subjectID), .text(document.id), .text(idempotencyKey), .text(document.caseID), .text(document.caseNumber),
                .text(document.bodyID), .text(document.kind.rawValue), .text(document.language.rawValue), .text(document.title),
                .blob(sealed),
                .text(document.code.text), .instant(document.orderedAt),
            ], { try $0.text(0) })
        return inserted != nil
    }

    func id(idempotencyKey: String, subjectID: String, in connection: any Connection) throws -> String? {
        try connection.first(
            "SELECT id FROM documents_document WHERE subject_id = $1 AND idempotency_key = $2", [.text(subjectID), .text(idempotencyKey)],
            { try $0.text(0) })
    }

    func find(_ id: String, subjectID: String, in connection: any Connection) throws -> OfficialDocument? {
        try connection.first(
            "SELECT \(DocumentStore.columns) FROM documents_document WHERE subject_id = $1 AND id = $2", [.text(subjectID), .text(id)],
            DocumentStore.read)
    }

    func list(caseID: String, in connection: any Connection) throws -> [OfficialDocument] {
        try connection.query(
            "SELECT \(DocumentStore.columns) FROM documents_document WHERE case_id = $1 ORDER BY id", [.text(caseID)], DocumentStore.read)
    }

    /// Newest first.
    func list(subjectID: String, limit: Int, in connection: any Connection) throws -> [OfficialDocument] {
        try connection.query(
            "SELECT \(DocumentStore.columns) FROM documents_document WHERE subject_id = $1 ORDER BY id DESC LIMIT $2",
            [.text(subjectID), .integer(Int64(limit))], DocumentStore.read)
    }

    func content(of document: OfficialDocument, in connection: any Connection) throws -> JSON? {
        let sealed = try connection.first(
            "SELECT content FROM documents_document WHERE subject_id = $1 AND id = $2", [.text(document.subjectID), .text(document.id)],
            { try $0.blob(0) })
        guard let sealed else { return nil }
        return try JSON.parse(vault.open(sealed, scope: document.bodyID, context: DocumentStore.context("content", document.id)))
    }

    /// The signed file, or nil while there is none.
    func pdf(of document: OfficialDocument, in connection: any Connection) throws -> [UInt8]? {
        let sealed = try connection.first(
            "SELECT pdf FROM documents_document WHERE subject_id = $1 AND id = $2 AND pdf IS NOT NULL",
            [.text(document.subjectID), .text(document.id)], { try $0.blob(0) })
        return try sealed.map { try vault.open($0, scope: document.bodyID, context: DocumentStore.context("pdf", document.id)) }
    }

    /// Keeps the signed file and what it can be checked by. False when another worker was first: then this file is nobody's.
    func finish(_ document: OfficialDocument, pdf: [UInt8], at time: Instant, in connection: any Connection) throws -> Bool {
        let sealed = try vault.seal(pdf, scope: document.bodyID, context: DocumentStore.context("pdf", document.id))
        let hash = Fingerprint.hex(of: pdf)
        let changed = try connection.changes(
            "UPDATE documents_document SET pdf = $1, sha256 = $2, ready_at = $3 WHERE subject_id = $4 AND id = $5 AND ready_at IS NULL",
            [.blob(sealed), .text(hash), .instant(time), .text(document.subjectID), .text(document.id)])
        guard changed == 1 else { return false }
        for proof in [Proof.code(document.code), Proof.hash(hash)] {
            try connection.execute(
                "INSERT INTO documents_proof (proof, subject_id, document_id) VALUES ($1, $2, $3)",
                [.text(proof.text), .text(document.subjectID), .text(document.id)])
        }
        return true
    }

    enum Proof: Sendable, Hashable {
        case code(VerificationCode)
        /// SHA-256 in lower-case hexadecimal.
        case hash(String)
        var text: String { switch self { case .code(let code): "code:\(code.text)"; case .hash(let hex): "sha256:\(hex)" } }
    }

    func find(_ proof: Proof, in connection: any Connection) throws -> OfficialDocument? {
        let place = try connection.first(
            "SELECT subject_id, document_id FROM documents_proof WHERE proof = $1", [.text(proof.text)],
            { (try $0.text(0), try $0.text(1)) })
        return try place.flatMap { try find($0.1, subjectID: $0.0, in: connection) }
    }

    private static func read(_ row: any Row) throws -> OfficialDocument {
        guard let kind = PaperKind(rawValue: try row.text(5)) else {
            throw DatabaseError.unexpectedValue(column: 5, expected: "a kind of paper")
        }
        guard let code = VerificationCode(try row.text(8)) else { throw DatabaseError.unexpectedValue(column: 8, expected: "a code") }
        return OfficialDocument(
            subjectID: try row.text(0), id: try row.text(1), caseID: try row.text(2), caseNumber: try row.text(3), bodyID: try row.text(4),
            kind: kind, language: Language(rawValue: try row.text(6)) ?? .standard, title: try row.text(7), code: code,
            orderedAt: try row.instant(9), readyAt: try row.optionalInstant(10))
    }

    private static func context(_ column: String, _ id: String) -> String { "documents_document \(column) \(id)" }
}
