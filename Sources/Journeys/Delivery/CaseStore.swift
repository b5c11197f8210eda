import Contracts
import Database
import Language
import Trust
import Values
import Web

/// All SQL of cases. Texts people write are sealed with the key of the case's body.
struct CaseStore: Sendable {
    let vault: Vault

    func insert(_ item: Case, typeVersion: Int, in connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO delivery_case (subject_id, id, number, type, type_version, service_id, submission_id, parent_id, body_id, language,
                applicant_id, stage, state, opened_at, promised_on)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
            """,
            [
                .text(item.subjectID), .text(item.id), .text(item.number), .text(item.typeID), .integer(Int64(typeVersion)), .text(item.serviceID),
                .text(item.submissionID), .optional(item.parentID), .text(item.bodyID), .text(item.language.rawValue), .text(item.applicantID),
                .text(item.stage), .text(item.state.rawValue), .instant(item.openedAt), .date(item.promisedOn),
            ])
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

    /// A person's own case: of which she is the subject, or which she sent for a business.
    func reachable(_ id: String, by personID: String, in connection: any Connection) throws -> Case? {
        try connection.first(
            """
            SELECT \(Case.columns) FROM delivery_case WHERE id = $1 AND (subject_id = $2 OR applicant_id = $3) AND parent_id IS NULL
            """, [.text(id), .text(personID), .text(personID)], Case.read)
    }

    func reachable(by personID: String, limit: Int, in connection: any Connection) throws -> [Case] {
        try connection.query(
            """
            SELECT \(Case.columns) FROM delivery_case WHERE (subject_id = $1 OR applicant_id = $2) AND parent_id IS NULL
            ORDER BY id DESC LIMIT $3
            """, [.text(personID), .text(personID), .integer(Int64(limit))], Case.read)
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

    func find(_ id: String, in connection: any Connection) throws -> Case? {
        try connection.first("SELECT \(Case.columns) FROM delivery_case WHERE id = $1", [.text(id)], Case.read)
    }

    func legs(of id: String, in connection: any Connection) throws -> [Case] {
        try connection.query("SELECT \(Case.columns) FROM delivery_case WHERE parent_id = $1 ORDER BY id", [.text(id)], Case.read)
    }

    /// One page of a desk: what is due first comes first. Pages by key, so that a long list costs no more than a short one.
    func desk(of bodyID: String, state: Case.State, after: (CalendarDate, String)?, limit: Int, in connection: any Connection) throws -> [Case] {
        let (date, id) = (after?.0.description ?? "0000-00-00", after?.1 ?? "")
        return try connection.query(
            """
            SELECT \(Case.columns) FROM delivery_case
            WHERE body_id = $1 AND state = $2 AND (promised_on > $3 OR (promised_on = $4 AND id > $5))
            ORDER BY promised_on, id LIMIT $6
            """, [.text(bodyID), .text(state.rawValue), .text(date), .text(date), .text(id), .integer(Int64(limit))], Case.read)
    }

    func counts(of bodyID: String, in connection: any Connection) throws -> [Case.State: Int] {
        let rows = try connection.query(
            "SELECT state, count(*) FROM delivery_case WHERE body_id = $1 GROUP BY state", [.text(bodyID)], { (try $0.text(0), Int(try $0.int(1))) })
        return rows.reduce(into: [:]) { counts, row in if let state = Case.State(rawValue: row.0) { counts[state] = row.1 } }
    }

    func byNumber(_ number: String, bodyID: String, in connection: any Connection) throws -> Case? {
        try connection.first(
            "SELECT \(Case.columns) FROM delivery_case WHERE number = $1 AND body_id = $2 ORDER BY id LIMIT 1", [.text(number), .text(bodyID)], Case.read)
    }
}

extension CaseStore {
    func append(
        _ kind: CaseStatus.Kind, to item: Case, by actor: Actor, note: String? = nil, told: Bool, at time: Instant, in connection: any Connection
    ) throws {
        let id = UUIDv7.next(at: time)
        let sealed = try note.map { try vault.seal(text: $0, scope: item.bodyID, context: "delivery_status:\(id)") }
        try connection.execute(
            """
            INSERT INTO delivery_status (subject_id, case_id, id, kind, stage, at, actor_id, actor_name, note, told_person)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            [
                .text(item.subjectID), .text(item.id), .text(id), .text(kind.rawValue), .text(item.stage), .instant(time), .text(actor.id),
                .text(actor.name), sealed.map(SQLValue.blob) ?? .null, .bool(told),
            ])
    }

    func history(of item: Case, in connection: any Connection) throws -> [CaseStatus] {
        try connection.query(
            """
            SELECT id, kind, stage, at, actor_name, note, told_person FROM delivery_status WHERE subject_id = $1 AND case_id = $2 ORDER BY id
            """, [.text(item.subjectID), .text(item.id)]
        ) { row in
            let id = try row.text(0)
            let note = try row.optionalBlob(5).map { try vault.openText($0, scope: item.bodyID, context: "delivery_status:\(id)") }
            return CaseStatus(
                id: id, kind: CaseStatus.Kind(rawValue: try row.text(1)) ?? .note, stage: try row.text(2), at: try row.instant(3),
                actorName: try row.text(4), note: note, toldPerson: try row.bool(6))
        }
    }

    func ask(_ question: String, of item: Case, at time: Instant, in connection: any Connection) throws {
        let id = UUIDv7.next(at: time)
        let sealed = try vault.seal(text: question, scope: item.bodyID, context: "delivery_completion:\(id)")
        try connection.execute(
            "INSERT INTO delivery_completion (subject_id, case_id, id, question, asked_at) VALUES ($1, $2, $3, $4, $5)",
            [.text(item.subjectID), .text(item.id), .text(id), .blob(sealed), .instant(time)])
    }

    func answer(_ completion: Completion, with text: String, of item: Case, at time: Instant, in connection: any Connection) throws {
        let sealed = try vault.seal(text: text, scope: item.bodyID, context: "delivery_completion:\(completion.id)")
        try connection.execute(
            "UPDATE delivery_completion SET answer = $1, answered_at = $2 WHERE subject_id = $3 AND case_id = $4 AND id = $5",
            [.blob(sealed), .instant(time), .text(item.subjectID), .text(item.id), .text(completion.id)])
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
