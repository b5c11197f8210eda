import Contracts
import Database
import Language
import Trust
import Values
import Web

/// What was sent, as it is kept.
struct StoredSubmission: Sendable {
    let id: String
    let bodyID: String
    let formID: String
    let formVersion: Int
    let answers: Answers
    let receipt: CaseReceipt
}

/// The table of submissions, sealed with the key of the body that decides.
struct SubmissionStore: Sendable {
    let vault: Vault

    func insert(_ submission: Submission, _ answers: Answers, _ receipt: CaseReceipt, in connection: any Connection) throws {
        let sealed = try vault.seal(answers.json.bytes, scope: submission.bodyID, context: SubmissionStore.context(submission.id))
        try connection.execute(
            """
            INSERT INTO forms_submission (subject_id, id, actor_id, body_id, form_id, form_version, language, content, case_id, case_number, at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """,
            [
                .text(submission.subjectID), .text(submission.id), .text(submission.actor.id), .text(submission.bodyID), .text(submission.formID),
                .integer(Int64(submission.formVersion)), .text(submission.language.rawValue), .blob(sealed), .text(receipt.caseID),
                .text(receipt.number), .instant(submission.at),
            ])
    }

    /// The case of a submission that this actor made.
    func receipt(_ id: String, actorID: String, in connection: any Connection) throws -> CaseReceipt? {
        try connection.first("SELECT case_id, case_number FROM forms_submission WHERE id = $1 AND actor_id = $2", [.text(id), .text(actorID)]) { row in
            CaseReceipt(caseID: try row.text(0), number: try row.text(1))
        }
    }

    func find(_ id: String, in connection: any Connection) throws -> StoredSubmission? {
        let row = try connection.first(
            "SELECT body_id, form_id, form_version, content, case_id, case_number FROM forms_submission WHERE id = $1", [.text(id)]
        ) { row in
            (
                body: try row.text(0), form: try row.text(1), version: Int(try row.int(2)), content: try row.blob(3),
                receipt: CaseReceipt(caseID: try row.text(4), number: try row.text(5))
            )
        }
        guard let row else { return nil }
        let bytes = try vault.open(row.content, scope: row.body, context: SubmissionStore.context(id))
        guard let answers = Answers(json: try JSON.parse(bytes)) else { return nil }
        return StoredSubmission(id: id, bodyID: row.body, formID: row.form, formVersion: row.version, answers: answers, receipt: row.receipt)
    }

    private static func context(_ id: String) -> String { "forms_submission.content:\(id)" }
}
