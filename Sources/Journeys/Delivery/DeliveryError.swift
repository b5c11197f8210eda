public import Web

/// What can go wrong with a case.
public enum DeliveryError: Error, Sendable, Hashable {
    case alreadyDecided
    case notPossibleNow
    case waitingForPerson
    case legsOpen
    /// By law nothing can be approved that a body whose approval is needed has refused.
    case legRefused
    /// Nobody decides on her own request.
    case ownCase
    case emptyText(field: String)
    case textTooLong(field: String, limit: Int)
    case tooManyFiles(field: String, limit: Int)
    case unknownForm(String)
    case malformedCaseType(String)
    case malformedCalendar(String)
}

extension DeliveryError: ProblemError {
    public var problem: Problem {
        switch self {
        case .alreadyDecided: Problem(409, "delivery.already-decided")
        case .notPossibleNow: Problem(409, "delivery.not-possible-now")
        case .waitingForPerson: Problem(409, "delivery.waiting-for-person")
        case .legsOpen: Problem(409, "delivery.legs-open")
        case .legRefused: Problem(409, "delivery.leg-refused")
        case .ownCase: Problem(403, "delivery.own-case")
        case .emptyText(let field): Problem(422, "delivery.empty-text", faults: [FieldFault("/\(field)", "required")])
        case .textTooLong(let field, let limit):
            Problem(422, "delivery.text-too-long", ["limit": "\(limit)"], faults: [FieldFault("/\(field)", "too-long")])
        case .tooManyFiles(let field, let limit):
            Problem(422, "delivery.too-many-files", ["limit": "\(limit)"], faults: [FieldFault("/\(field)", "too-many")])
        case .unknownForm, .malformedCaseType, .malformedCalendar: Problem(503, "delivery.not-set-up")
        }
    }
}
