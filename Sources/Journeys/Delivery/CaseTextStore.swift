import Contracts
import Database
import Language
import Trust
import Values
import Web

/// What happened to a case, and what people wrote about it, sealed with the key of the case's body.
extension CaseStore {
    /// - Parameter leg: whose answer the row tells of.
    func append(
        _ kind: CaseStatus.Kind, to item: Case, by actor: Actor, note: String? = nil, told: Bool, leg: String? = nil, at time: Instant,
        in connection: any Connection
    ) throws {
        let id = UUIDv7.next(at: time)
        let sealed = try note.map { try vault.seal(text: $0, scope: item.bodyID, context: "delivery_status:\(id)") }
        try connection.execute(
            """
            INSERT INTO delivery_status (subject_id, case_id, id, kind, stage, at, actor_id, actor_name, note, told_person, leg_id)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """,
            [
                .text(item.subjectID), .text(item.id), .text(id), .text(kind.rawValue), .text(item.stage), .instant(time), .text(actor.id),
                .text(actor.name), sealed.map(SQLValue.blob) ?? .null, .bool(told), .optional(leg),
            ])
    }

    func history(of item: Case, in connection: any Connection) throws -> [CaseStatus] {
        try connection.query(
            """
            SELECT id, kind, stage, at, actor_id, actor_name, note, told_person, leg_id FROM delivery_status
            WHERE subject_id = $1 AND case_id = $2 ORDER BY id
            """, [.text(item.subjectID), .text(item.id)]
        ) { row in
            let id = try row.text(0)
            let note = try row.optionalBlob(6).map { try vault.openText($0, scope: item.bodyID, context: "delivery_status:\(id)") }
            return CaseStatus(
                id: id, kind: CaseStatus.Kind(rawValue: try row.text(1)) ?? .note, stage: try row.text(2), at: try row.instant(3),
                actorID: try row.text(4), actorName: try row.text(5), note: note, toldPerson: try row.bool(7), legID: try row.optionalText(8))
        }
    }

    /// The id of the question.
    func ask(_ question: String, of item: Case, at time: Instant, in connection: any Connection) throws -> String {
        let id = UUIDv7.next(at: time)
        let sealed = try vault.seal(text: question, scope: item.bodyID, context: "delivery_completion:\(id)")
        try connection.execute(
            "INSERT INTO delivery_completion (subject_id, case_id, id, question, asked_at) VALUES ($1, $2, $3, $4, $5)",
            [.text(item.subjectID), .text(item.id), .text(id), .blob(sealed), .instant(time)])
        return id
    }

    func answer(_ completion: Completion, with text: String, of item: Case, at time: Instant, in connection: any Connection) throws {
        let sealed = try vault.seal(text: text, scope: item.bodyID, context: "delivery_completion:\(completion.id)")
        try connection.execute(
            "UPDATE delivery_completion SET answer = $1, answered_at = $2 WHERE subject_id = $3 AND case_id = $4 AND id = $5",
            [.blob(sealed), .instant(time), .text(item.subjectID), .text(item.id), .text(completion.id)])
    }

    /// Questions that have waited for an answer since before a moment, and of which the person was not reminded: the case and the question.
    func unanswered(askedBefore time: Instant, limit: Int, in connection: any Connection) throws -> [(caseID: String, id: String)] {
        try connection.query(
            """
            SELECT case_id, id FROM delivery_completion WHERE answered_at IS NULL AND reminded_at IS NULL AND asked_at <= $1
            ORDER BY asked_at, id LIMIT $2
            """, [.instant(time), .integer(Int64(limit))]
        ) { (caseID: try $0.text(0), id: try $0.text(1)) }
    }

    /// False when it was answered, or the person reminded, meanwhile.
    func markReminded(question id: String, caseID: String, at time: Instant, in connection: any Connection) throws -> Bool {
        try connection.changes(
            "UPDATE delivery_completion SET reminded_at = $1 WHERE case_id = $2 AND id = $3 AND answered_at IS NULL AND reminded_at IS NULL",
            [.instant(time), .text(caseID), .text(id)]) == 1
    }

    func completions(of item: Case, in connection: any Connection) throws -> [Completion] {
        try connection.query(
            """
            SELECT id, question, asked_at, answer, answered_at FROM delivery_completion WHERE subject_id = $1 AND case_id = $2 ORDER BY id
            """, [.text(item.subjectID), .text(item.id)]
        ) { row in
            let id = try row.text(0)
            let context = "delivery_completion:\(id)"
            return Completion(
                id: id, question: try vault.openText(try row.blob(1), scope: item.bodyID, context: context), askedAt: try row.instant(2),
                answer: try row.optionalBlob(3).map { try vault.openText($0, scope: item.bodyID, context: context) },
                answeredAt: try row.optionalInstant(4))
        }
    }
}
