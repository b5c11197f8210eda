import Database
import Language
import Values

/// A request on its way through one body, or one leg of it at another.
struct Case: Sendable, Hashable {
    enum State: String, Sendable, CaseIterable {
        case open
        /// For something the person must add or pay.
        case waiting
        case closed
    }

    enum Result: String, Sendable, CaseIterable { case approved, refused }

    let subjectID: String
    let id: String
    let number: String
    let typeID: String
    let serviceID: String
    let submissionID: String
    let parentID: String?
    let bodyID: String
    let language: Language
    /// The person who sent it, for herself or for the subject.
    let applicantID: String
    var stage: String
    var state: State
    var result: Result?
    var assignedTo: String?
    let openedAt: Instant
    /// The day the answer was promised for.
    var promisedOn: CalendarDate
    var closedAt: Instant?

    var isLeg: Bool { parentID != nil }

    static let columns = """
        subject_id, id, number, type, service_id, submission_id, parent_id, body_id, language, applicant_id, stage, state, result, assigned_to, \
        opened_at, promised_on, closed_at
        """

    static func read(_ row: any Row) throws -> Case {
        Case(
            subjectID: try row.text(0), id: try row.text(1), number: try row.text(2), typeID: try row.text(3), serviceID: try row.text(4),
            submissionID: try row.text(5), parentID: try row.optionalText(6), bodyID: try row.text(7),
            language: Language(rawValue: try row.text(8)) ?? .standard, applicantID: try row.text(9), stage: try row.text(10),
            state: State(rawValue: try row.text(11)) ?? .open, result: try row.optionalText(12).flatMap(Result.init),
            assignedTo: try row.optionalText(13), openedAt: try row.instant(14), promisedOn: try row.date(15), closedAt: try row.optionalInstant(16))
    }
}

/// One thing that happened to a case. The list is never changed, only added to.
struct CaseStatus: Sendable, Hashable {
    enum Kind: String, Sendable, CaseIterable { case opened, paid, moved, taken, asked, answered, legDecided, decided, note }
    let id: String
    let kind: Kind
    let stage: String
    let at: Instant
    let actorName: String
    let note: String?
    let toldPerson: Bool
}

/// A request for completion (Hebrew: בקשה להשלמת פרטים).
struct Completion: Sendable, Hashable {
    let id: String
    let question: String
    let askedAt: Instant
    let answer: String?
    let answeredAt: Instant?
}
