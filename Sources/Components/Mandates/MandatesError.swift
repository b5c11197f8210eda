import Web

enum MandatesError: ProblemError, Hashable {
    /// Nobody gives herself a mandate.
    case yourself
    /// It was answered or ended meanwhile.
    case over
    case tooMany(limit: Int)
    case registersUnavailable

    var problem: Problem {
        switch self {
        case .yourself: Problem(409, "mandates.yourself")
        case .over: Problem(409, "mandates.over")
        case .tooMany(let limit): Problem(409, "mandates.too-many", ["limit": "\(limit)"])
        case .registersUnavailable: Problem(503, "mandates.registers-unavailable", retryAfter: 60)
        }
    }
}
