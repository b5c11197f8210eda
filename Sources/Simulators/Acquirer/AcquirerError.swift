public import Web

/// What can go wrong at the acquirer.
public enum AcquirerError: Error, Sendable, Hashable {
    /// Not from the state the payment is in.
    case notPossible(state: String)
    /// More than is left to take or to give back, in minor units.
    case notAvailable(Int64)
    case keyMissing
    /// The idempotency key was used for something else.
    case keyReused
    case returnElsewhere
    case malformedSetting(String)
}

extension AcquirerError: ProblemError {
    public var problem: Problem {
        switch self {
        case .notPossible(let state): Problem(409, "acquirer.not-possible", ["state": state])
        case .notAvailable(let left): Problem(412, "acquirer.not-available", ["left": "\(left)"])
        case .keyMissing: Problem(400, "acquirer.key-missing")
        case .keyReused: Problem(409, "acquirer.key-reused")
        case .returnElsewhere: Problem(422, "acquirer.return-elsewhere", faults: [FieldFault("/returnUrl", "origin")])
        case .malformedSetting: .unavailable
        }
    }
}
