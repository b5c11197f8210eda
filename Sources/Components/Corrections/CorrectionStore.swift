import Database
import Trust
import Values

/// All SQL of the module.
struct CorrectionStore: Sendable {
    private static let scope = "corrections"
    private static let columns = "id, subject_id, owner_id, operation, labels, state, opened_at, due_on, decided_at, content"
    private static let noticeColumns = "claim_id, body_id, received_at, agreement_id, is_shown, acknowledged_at"

    let vault: Vault

    // MARK: Claims

    func insert(_ claim: Claim, in connection: any Connection) throws {
        try connection.execute(
            "INSERT INTO corrections_claim (\(Self.columns)) VALUES (\(SQL.parameters(10)))",
            [
                .text(claim.id), .text(claim.subjectID), .text(claim.ownerID), .text(claim.operation), .json(.strings(claim.labels)),
                .text(claim.state.rawValue), .instant(claim.openedAt), .date(claim.dueOn), claim.decidedAt.map(SQLValue.instant) ?? .null,
                .blob(try sealed(claim)),
            ])
    }

    /// Keeps what became of it; false when it is open no more.
    func decide(_ claim: Claim, in connection: any Connection) throws -> Bool {
        try connection.changes(
            "UPDATE corrections_claim SET state = $1, decided_at = $2, content = $3 WHERE id = $4 AND state = 'open'",
            [.text(claim.state.rawValue), claim.decidedAt.map(SQLValue.instant) ?? .null, .blob(try sealed(claim)), .text(claim.id)]) == 1
    }

    /// One of a person's; others' do not exist for her.
    func claim(_ id: String, of subjectID: String, in connection: any Connection) throws -> Claim? {
        try connection.first(
            "SELECT \(Self.columns) FROM corrections_claim WHERE id = $1 AND subject_id = $2", [.text(id), .text(subjectID)], claim
        ).flatMap(\.self)
    }

    /// One that a body has to answer.
    func claim(_ id: String, at ownerID: String, in connection: any Connection) throws -> Claim? {
        try connection.first(
            "SELECT \(Self.columns) FROM corrections_claim WHERE id = $1 AND owner_id = $2", [.text(id), .text(ownerID)], claim
        ).flatMap(\.self)
    }

    /// Newest first.
    func claims(of subjectID: String, limit: Int, in connection: any Connection) throws -> [Claim] {
        try connection.query(
            "SELECT \(Self.columns) FROM corrections_claim WHERE subject_id = $1 ORDER BY id DESC LIMIT $2",
            [.text(subjectID), .integer(Int64(limit))], claim
        ).compactMap(\.self)
    }

    /// Those that wait, the oldest first, and the newest that were decided.
    func claims(at ownerID: String, isOpen: Bool, limit: Int, in connection: any Connection) throws -> [Claim] {
        let (test, order) = isOpen ? ("state = 'open'", "ASC") : ("state <> 'open'", "DESC")
        return try connection.query(
            "SELECT \(Self.columns) FROM corrections_claim WHERE owner_id = $1 AND \(test) ORDER BY id \(order) LIMIT $2",
            [.text(ownerID), .integer(Int64(limit))], claim
        ).compactMap(\.self)
    }

    func openCount(of subjectID: String, in connection: any Connection) throws -> Int {
        Int(
            try connection.first("SELECT count(*) FROM corrections_claim WHERE subject_id = $1 AND state = 'open'", [.text(subjectID)]) {
                try $0.int(0)
            } ?? 0)
    }

    private func sealed(_ claim: Claim) throws -> [UInt8] {
        let content: JSON = ["name": .string(claim.personName), "statement": .string(claim.statement), "answer": .string(claim.answer)]
        return try vault.seal(content.bytes, scope: Self.scope, context: "corrections_claim.content:\(claim.id)")
    }

    private func claim(_ row: any Row) throws -> Claim? {
        guard let state = Claim.State(rawValue: try row.text(5)) else { return nil }
        let id = try row.text(0)
        let content = try JSON.parse(try vault.open(try row.blob(9), scope: Self.scope, context: "corrections_claim.content:\(id)"))
        return Claim(
            id: id, subjectID: try row.text(1), ownerID: try row.text(2), operation: try row.text(3),
            labels: try row.json(4).array?.compactMap(\.string) ?? [], state: state, openedAt: try row.instant(6), dueOn: try row.date(7),
            decidedAt: try row.optionalInt(8).map(Instant.init(microseconds:)), personName: content["name"]?.string ?? "",
            statement: content["statement"]?.string ?? "", answer: content["answer"]?.string ?? "")
    }

    // MARK: Notices

    func insert(_ notice: CorrectionNotice, in connection: any Connection) throws {
        try connection.execute(
            "INSERT INTO corrections_notice (\(Self.noticeColumns)) VALUES (\(SQL.parameters(6)))",
            [
                .text(notice.claimID), .text(notice.bodyID), .instant(notice.receivedAt), .optional(notice.agreementID),
                .integer(notice.isShown ? 1 : 0), .null,
            ])
    }

    func notices(of claimID: String, in connection: any Connection) throws -> [CorrectionNotice] {
        try connection.query(
            "SELECT \(Self.noticeColumns) FROM corrections_notice WHERE claim_id = $1 ORDER BY body_id", [.text(claimID)], Self.notice)
    }

    /// What a body is told, with the claim, the newest first; what it has not acknowledged before the rest.
    func notices(to bodyID: String, limit: Int, in connection: any Connection) throws -> [(CorrectionNotice, Claim)] {
        let notices = try connection.query(
            """
            SELECT \(Self.noticeColumns) FROM corrections_notice WHERE body_id = $1
            ORDER BY CASE WHEN acknowledged_at IS NULL THEN 0 ELSE 1 END, claim_id DESC LIMIT $2
            """, [.text(bodyID), .integer(Int64(limit))], Self.notice)
        return try notices.compactMap { notice in
            try connection.first("SELECT \(Self.columns) FROM corrections_claim WHERE id = $1", [.text(notice.claimID)], claim).flatMap(\.self)
                .map { (notice, $0) }
        }
    }

    /// False when there is none, or it was acknowledged before.
    func acknowledge(_ claimID: String, at bodyID: String, by officerID: String, at time: Instant, in connection: any Connection) throws -> Bool {
        try connection.changes(
            "UPDATE corrections_notice SET acknowledged_at = $1, acknowledged_by = $2 WHERE claim_id = $3 AND body_id = $4 AND acknowledged_at IS NULL",
            [.instant(time), .text(officerID), .text(claimID), .text(bodyID)]) == 1
    }

    private static func notice(_ row: any Row) throws -> CorrectionNotice {
        CorrectionNotice(
            claimID: try row.text(0), bodyID: try row.text(1), receivedAt: try row.instant(2), agreementID: try row.optionalText(3),
            isShown: try row.int(4) != 0, acknowledgedAt: try row.optionalInt(5).map(Instant.init(microseconds:)))
    }
}
