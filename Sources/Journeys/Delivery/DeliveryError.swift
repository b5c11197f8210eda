public import Web

/// What can go wrong with a case.
public enum DeliveryError: Error, Sendable, Hashable {
    case alreadyDecided
    case notPossibleNow
    case waitingForPerson
    case legsOpen
    case emptyText(field: String)
    case textTooLong(limit: Int)
    case unknownForm(String)
    case malformedCaseType(String)
}

extension DeliveryError: ProblemError {
    public var problem: Problem {
        switch self {
        case .alreadyDecided: Problem(409, "delivery.already-decided")
        case .notPossibleNow: Problem(409, "delivery.not-possible-now")
        case .waitingForPerson: Problem(409, "delivery.waiting-for-person")
        case .legsOpen: Problem(409, "delivery.legs-open")
        case .emptyText(let field): Problem(422, "delivery.empty-text", faults: [FieldFault("/\(field)", "required")])
        case .textTooLong(let limit): Problem(422, "delivery.text-too-long", ["limit": "\(limit)"])
        case .unknownForm, .malformedCaseType: Problem(503, "delivery.not-set-up")
        }
    }
}
