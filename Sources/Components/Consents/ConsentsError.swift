import Web

enum ConsentsError: ProblemError, Hashable {
    /// Answered, withdrawn, taken back or lapsed meanwhile.
    case over
    /// The agreement is not in force any more, or no longer rests on consent.
    case agreementOver
    /// It has another version than the page that was answered.
    case agreementChanged
    case unknownPerson
    case tooMany(limit: Int)

    var problem: Problem {
        switch self {
        case .over: Problem(409, "consents.over")
        case .agreementOver: Problem(409, "consents.agreement-over")
        case .agreementChanged: Problem(409, "consents.agreement-changed")
        case .unknownPerson: Problem(409, "consents.unknown-person")
        case .tooMany(let limit): Problem(429, "consents.too-many", ["limit": "\(limit)"])
        }
    }
}
