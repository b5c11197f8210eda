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

/// Answers made ready for storing, which needs no transaction.
struct SealedAnswers: Sendable {
    /// JSON, with the key of the body that decides.
    let content: [UInt8]
    /// Places that were answered.
    let fields: [String]
    /// Files that the answers name: others of the draft were attached and then left behind by a change.
    let attachmentIDs: Set<String>
}

/// The table of submissions, sealed with the key of the body that decides.
struct SubmissionStore: Sendable {
    let vault: Vault

    /// Form → body → how often it was sent there.
    func counts(from: Instant, before: Instant, in connection: any Connection) throws -> [String: [String: Int]] {
        let rows = try connection.query(
            "SELECT form_id, body_id, count(*) FROM forms_submission WHERE at >= $1 AND at < $2 GROUP BY form_id, body_id",
            [.instant(from), .instant(before)]
        ) { (try $0.text(0), try $0.text(1), Int(try $0.int(2))) }
        return rows.reduce(into: [:]) { $0[$1.0, default: [:]][$1.1] = $1.2 }
    }

    func seal(_ answers: Answers, of submission: Submission) throws -> SealedAnswers {
        SealedAnswers(
            content: try vault.seal(answers.json.bytes, scope: submission.bodyID, context: SubmissionStore.context(submission.id)),
            fields: answers.sources.keys.sorted(), attachmentIDs: SubmissionStore.attachmentIDs(in: answers.values))
    }

    private static func attachmentIDs(in value: JSON) -> Set<String> {
        switch value {
        case .array(let items): items.reduce(into: []) { $0.formUnion(attachmentIDs(in: $1)) }
        case .object(let members):
            if let id = members["id"]?.string, members["type"] != nil, members["size"] != nil { [id] } else {
                members.values.reduce(into: []) { $0.formUnion(attachmentIDs(in: $1)) }
            }
        default: []
        }
    }

    func insert(_ submission: Submission, _ answers: SealedAnswers, _ receipt: CaseReceipt, in connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO forms_submission (subject_id, id, actor_id, body_id, form_id, form_version, language, content, case_id, case_number, at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """,
            [
                .text(submission.subjectID), .text(submission.id), .text(submission.actor.id), .text(submission.bodyID), .text(submission.formID),
                .integer(Int64(submission.formVersion)), .text(submission.language.rawValue), .blob(answers.content), .text(receipt.caseID),
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
