import Database
import Trust
import Values
import Web

/// The table of drafts. Every question names whose draft it must be, so there is no check to forget.
struct DraftStore: Sendable {
    static let scope = "forms.draft"
    let vault: Vault

    private static let columns = "id, subject_id, business_id, form_id, form_version, content, created_at, updated_at, expires_at, principal_id"

    func insert(_ draft: Draft, in connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO forms_draft (subject_id, id, business_id, form_id, form_version, content, created_at, updated_at, expires_at, principal_id)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            [
                .text(draft.subjectID), .text(draft.id), .optional(draft.businessID), .text(draft.formID), .integer(Int64(draft.formVersion)),
                .blob(try sealed(draft)), .instant(draft.createdAt), .instant(draft.updatedAt), .instant(draft.expiresAt),
                .optional(draft.principalID),
            ])
    }

    func save(_ draft: Draft, in connection: any Connection) throws {
        try connection.execute(
            "UPDATE forms_draft SET content = $1, updated_at = $2, expires_at = $3 WHERE subject_id = $4 AND id = $5",
            [.blob(try sealed(draft)), .instant(draft.updatedAt), .instant(draft.expiresAt), .text(draft.subjectID), .text(draft.id)])
    }

    /// Takes the draft away; false when it is not any more as it was read. On PostgreSQL another transaction that wants it too is run again
    /// when this one has ended.
    func take(_ draft: Draft, in connection: any Connection) throws -> Bool {
        try connection.changes(
            "DELETE FROM forms_draft WHERE subject_id = $1 AND id = $2 AND updated_at = $3",
            [.text(draft.subjectID), .text(draft.id), .instant(draft.updatedAt)]) == 1
    }

    /// Nil when there is none of this id that the actor may see in her present capacity.
    ///
    /// - Throws: `FormsError.draftExpired`.
    func find(_ id: String, of actor: Actor, at time: Instant, in connection: any Connection) throws -> Draft? {
        let found = try connection.first(
            "SELECT \(DraftStore.columns) FROM forms_draft WHERE subject_id = $1 AND id = $2", [.text(actor.id), .text(id)], Sealed.init)
        guard let found, found.isOpen(to: actor) else { return nil }
        guard found.expiresAt > time else { throw FormsError.draftExpired }
        return try open(found)
    }

    /// Those still open, the last touched first.
    func list(of actor: Actor, at time: Instant, in connection: any Connection) throws -> [Draft] {
        let rows = try connection.query(
            "SELECT \(DraftStore.columns) FROM forms_draft WHERE subject_id = $1 AND expires_at > $2 ORDER BY updated_at DESC, id DESC LIMIT 100",
            [.text(actor.id), .instant(time)], Sealed.init)
        return try rows.filter { $0.isOpen(to: actor) }.map(open)
    }

    func count(of actor: Actor, at time: Instant, in connection: any Connection) throws -> Int {
        Int(
            try connection.first(
                "SELECT count(*) FROM forms_draft WHERE subject_id = $1 AND expires_at > $2", [.text(actor.id), .instant(time)]) { try $0.int(0) } ?? 0)
    }

    func delete(_ draft: Draft, in connection: any Connection) throws {
        try connection.execute("DELETE FROM forms_draft WHERE subject_id = $1 AND id = $2", [.text(draft.subjectID), .text(draft.id)])
    }

    /// Forgets what is in expired drafts at once, and that they were there after another 180 days. Answers the ids whose content went.
    func expire(at time: Instant, in connection: any Connection) throws -> [String] {
        try connection.execute("DELETE FROM forms_draft WHERE expires_at < $1", [.instant(time.adding(days: -180))])
        return try connection.query(
            "UPDATE forms_draft SET content = $1 WHERE expires_at < $2 AND length(content) > 0 RETURNING id", [.blob([]), .instant(time)]
        ) { try $0.text(0) }
    }

    private func sealed(_ draft: Draft) throws -> [UInt8] {
        try vault.seal(draft.content.bytes, scope: DraftStore.scope, context: DraftStore.context(draft.id))
    }

    private static func context(_ id: String) -> String { "forms_draft.content:\(id)" }

    private struct Sealed {
        let id: String, subjectID: String, businessID: String?, principalID: String?, formID: String, formVersion: Int, content: [UInt8]
        let createdAt: Instant, updatedAt: Instant, expiresAt: Instant
        init(_ row: any Row) throws {
            (id, subjectID, businessID) = (try row.text(0), try row.text(1), try row.optionalText(2))
            (formID, formVersion, content) = (try row.text(3), Int(try row.int(4)), try row.blob(5))
            (createdAt, updatedAt, expiresAt) = (try row.instant(6), try row.instant(7), try row.instant(8))
            principalID = try row.optionalText(9)
        }

        func isOpen(to actor: Actor) -> Bool { businessID == actor.business && principalID == actor.mandate?.principalID }
    }

    private func open(_ row: Sealed) throws -> Draft {
        let bytes = try vault.open(row.content, scope: DraftStore.scope, context: DraftStore.context(row.id))
        return Draft(
            id: row.id, subjectID: row.subjectID, businessID: row.businessID, principalID: row.principalID, formID: row.formID, formVersion: row.formVersion,
            content: try JSON.parse(bytes), createdAt: row.createdAt, updatedAt: row.updatedAt, expiresAt: row.expiresAt)
    }
}
