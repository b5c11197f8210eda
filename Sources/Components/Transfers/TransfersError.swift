import Web

enum TransfersError: ProblemError, Hashable {
    /// Somebody else has done it, or moved it on, meanwhile.
    case over
    /// Not all that is asked for is there yet.
    case incomplete
    /// An objection without a reason helps nobody.
    case noteMissing
    /// Another version of the agreement came into force meanwhile.
    case overtaken

    var problem: Problem {
        switch self {
        case .over: Problem(409, "transfers.over")
        case .incomplete: Problem(422, "transfers.incomplete")
        case .noteMissing: Problem(422, "transfers.note-missing")
        case .overtaken: Problem(409, "transfers.overtaken")
        }
    }
}
