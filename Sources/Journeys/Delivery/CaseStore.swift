import Contracts
import Database
import Language
import Trust
import Values
import Web

/// All SQL of cases; lists of them and the texts people write about them stand in files beside this one.
struct CaseStore: Sendable {
    let vault: Vault

    private static let numberTries = 20

    /// Stores a new case under a number that no other case has. Answers it with that number, or the case that is there for its submission.
    func insert(_ item: Case, in connection: any Connection, numbering: () -> String) throws -> (Case, isNew: Bool) {
        var item = item
        for _ in 0..<CaseStore.numberTries {
            item.number = numbering()
            if try insert(item, in: connection) { return (item, true) }
            if item.parentID == nil, let known = try find(submission: item.submissionID, subjectID: item.subjectID, in: connection) {
                return (known, false)
            }
        }
        throw DatabaseError.constraint("unique delivery_case.number")
    }

    /// False when the number is taken, or the submission has its case. A case that another tab opens for the same submission at this moment
    /// makes the whole transaction run again, which then finds it.
    private func insert(_ item: Case, in connection: any Connection) throws -> Bool {
        try connection.changes(
            """
            INSERT INTO delivery_case (subject_id, id, number, type, type_version, service_id, submission_id, parent_id, body_id, language,
                applicant_id, stage, state, opened_at, promised_on)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT DO NOTHING
            """,
            [
                .text(item.subjectID), .text(item.id), .text(item.number), .text(item.typeID), .integer(Int64(item.typeVersion)),
                .text(item.serviceID), .text(item.submissionID), .optional(item.parentID), .text(item.bodyID), .text(item.language.rawValue),
                .text(item.applicantID), .text(item.stage), .text(item.state.rawValue), .instant(item.openedAt), .date(item.promisedOn),
            ]) == 1
    }

    func save(_ item: Case, in connection: any Connection) throws {
        try connection.execute(
            """
            UPDATE delivery_case SET stage = $1, state = $2, result = $3, assigned_to = $4, promised_on = $5, closed_at = $6
            WHERE subject_id = $7 AND id = $8
            """,
            [
                .text(item.stage), .text(item.state.rawValue), .optional(item.result?.rawValue), .optional(item.assignedTo), .date(item.promisedOn),
                .optional(item.closedAt), .text(item.subjectID), .text(item.id),
            ])
    }

    func find(submission: String, subjectID: String, in connection: any Connection) throws -> Case? {
        try connection.first(
            "SELECT \(Case.columns) FROM delivery_case WHERE subject_id = $1 AND submission_id = $2 AND parent_id IS NULL",
            [.text(subjectID), .text(submission)], Case.read)
    }

    func find(_ id: String, in connection: any Connection) throws -> Case? {
        try connection.first("SELECT \(Case.columns) FROM delivery_case WHERE id = $1", [.text(id)], Case.read)
    }

    func legs(of id: String, in connection: any Connection) throws -> [Case] {
        try connection.query("SELECT \(Case.columns) FROM delivery_case WHERE parent_id = $1 ORDER BY id", [.text(id)], Case.read)
    }

    /// A request of the actor, or of the business or person she acts for as far as her mandate covers it; others' do not exist for her. Legs
    /// are no requests.
    func own(_ id: String, of actor: Actor, in connection: any Connection) throws -> Case? {
        let item = try connection.first(
            "SELECT \(Case.columns) FROM delivery_case WHERE subject_id = $1 AND id = $2 AND parent_id IS NULL",
            [.text(actor.subjectID), .text(id)], Case.read)
        return item.flatMap { actor.mandate?.covers($0.serviceID) ?? true ? $0 : nil }
    }

    /// Whether this person sent it, for whomever.
    func wasSent(_ id: String, by personID: String, in connection: any Connection) throws -> Bool {
        try connection.first(
            "SELECT 1 FROM delivery_case WHERE id = $1 AND applicant_id = $2 AND parent_id IS NULL", [.text(id), .text(personID)], { try $0.int(0) })
            != nil
    }

    /// A case on an officer's own desk; other bodies' cases do not exist for her. Locks it for the transaction where the store can.
    func onDesk(_ id: String, of bodyID: String, in connection: any Connection) throws -> Case? {
        try connection.first(
            "SELECT \(Case.columns) FROM delivery_case WHERE id = $1 AND body_id = $2 \(connection.dialect == .postgres ? "FOR UPDATE" : "")",
            [.text(id), .text(bodyID)], Case.read)
    }

    /// The same, for reading only.
    func seen(_ id: String, by bodyID: String, in connection: any Connection) throws -> Case? {
        try connection.first(
            "SELECT \(Case.columns) FROM delivery_case WHERE id = $1 AND body_id = $2", [.text(id), .text(bodyID)], Case.read)
    }

    func byNumber(_ number: String, bodyID: String, in connection: any Connection) throws -> Case? {
        try connection.first(
            "SELECT \(Case.columns) FROM delivery_case WHERE number = $1 AND body_id = $2", [.text(number), .text(bodyID)], Case.read)
    }

    /// False when somebody else marked it meanwhile.
    func markReminded(_ item: Case, at time: Instant, in connection: any Connection) throws -> Bool {
        try connection.changes(
            "UPDATE delivery_case SET reminded_at = $1 WHERE subject_id = $2 AND id = $3 AND reminded_at IS NULL",
            [.instant(time), .text(item.subjectID), .text(item.id)]) == 1
    }
}
