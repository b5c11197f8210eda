import Contracts
import Database
import Language
import Values
import Web

/// A request on its way through one body, or one leg of it at another.
struct Case: Sendable, Hashable {
    enum State: String, Sendable, CaseIterable {
        case open
        /// For something the person must add or pay.
        case waiting
        case closed
    }

    enum Result: String, Sendable, CaseIterable {
        case approved, refused
        /// By the person, before it was decided.
        case withdrawn
        /// The fee was not paid in time.
        case lapsed

        var isDecision: Bool { self == .approved || self == .refused }
    }

    let subjectID: String
    let id: String
    var number: String
    let typeID: String
    let typeVersion: Int
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
    /// The case that the person sees.
    var rootID: String { parentID ?? id }

    /// Whether it is this person's own request, which she cannot decide as an officer.
    func isOwn(of actor: Actor) -> Bool { actor.id == applicantID || actor.id == subjectID }

    /// Nobody is late while the person is waited for.
    func isLate(on date: CalendarDate) -> Bool { state == .open && promisedOn < date }

    static let columns = """
        subject_id, id, number, type, type_version, service_id, submission_id, parent_id, body_id, language, applicant_id, stage, state, result, \
        assigned_to, opened_at, promised_on, closed_at
        """

    static func read(_ row: any Row) throws -> Case {
        Case(
            subjectID: try row.text(0), id: try row.text(1), number: try row.text(2), typeID: try row.text(3), typeVersion: Int(try row.int(4)),
            serviceID: try row.text(5), submissionID: try row.text(6), parentID: try row.optionalText(7), bodyID: try row.text(8),
            language: Language(rawValue: try row.text(9)) ?? .standard, applicantID: try row.text(10), stage: try row.text(11),
            state: State(rawValue: try row.text(12)) ?? .open, result: try row.optionalText(13).flatMap(Result.init),
            assignedTo: try row.optionalText(14), openedAt: try row.instant(15), promisedOn: try row.date(16), closedAt: try row.optionalInstant(17))
    }
}

/// One thing that happened to a case. The list is never changed, only added to.
struct CaseStatus: Sendable, Hashable {
    enum Kind: String, Sendable, CaseIterable {
        case opened, paid, paymentFailed, reminded, moved, taken, asked, answered, legDecided, decided, note, withdrawn, lapsed, refunded, questionReminded
        /// The body asked a register to be told, and what it was told.
        case followed, changed
    }
    let id: String
    let kind: Kind
    let stage: String
    let at: Instant
    let actorID: String
    let actorName: String
    let note: String?
    let toldPerson: Bool
    /// The leg whose answer this is.
    let legID: String?
}

/// A request for completion (Hebrew: בקשה להשלמת פרטים).
struct Completion: Sendable, Hashable {
    let id: String
    let question: String
    let askedAt: Instant
    let answer: String?
    let answeredAt: Instant?
}
