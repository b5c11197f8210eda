import Values
import Web

enum OfficersError: ProblemError, Hashable {
    /// Nobody gives himself an office.
    case yourself
    /// It was decided meanwhile, or its time is over.
    case over
    /// Without one nobody could appoint another.
    case lastAdministrator
    /// What is proposed is proposed already, or held.
    case alreadyThere

    var problem: Problem {
        switch self {
        case .yourself: Problem(409, "officers.yourself")
        case .over: Problem(409, "officers.over")
        case .lastAdministrator: Problem(409, "officers.last-administrator")
        case .alreadyThere: Problem(409, "officers.already-there")
        }
    }
}
