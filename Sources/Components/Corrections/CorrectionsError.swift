import Web

enum CorrectionsError: ProblemError, Hashable {
    /// Decided or taken back meanwhile.
    case over
    case tooMany(limit: Int)

    var problem: Problem {
        switch self {
        case .over: Problem(409, "corrections.over")
        case .tooMany(let limit): Problem(409, "corrections.too-many", ["limit": "\(limit)"])
        }
    }
}
