import Values
import Web

/// What can go wrong here, as people and programs are told.
enum IdentityError: ProblemError, Hashable {
    /// More tries than anybody needs; only this place has to wait.
    case tooManyAttempts(seconds: Int)
    /// More codes were sent or wrong than anybody needs, on all devices together; only new devices have to wait.
    case tooManyCodes(seconds: Int)
    /// A day has gone by, or the cookie is not ours.
    case registrationExpired
    case signInExpired
    /// What was said does not agree with the registers, or they know nobody so: never told apart.
    case noMatch
    /// A register, or the way to it, is down; what was said is kept.
    case registersUnavailable
    /// Five wrong codes.
    case codeVoid
    /// No more codes are sent for this sign-in or registration.
    case noMoreCodes
    /// Somebody has registered with this number already.
    case numberTaken
    /// Nobody has registered with this number, but somebody acts for whoever has it.
    case numberHeld
    /// The office ended, or the register no longer names the person as signatory.
    case capacityGone
    /// Too many people at once are proving their passwords, or the server has no memory left for it.
    case busy

    var problem: Problem {
        switch self {
        case .tooManyAttempts(let seconds):
            Problem(429, "identity.too-many-attempts", ["minutes": "\((seconds + 59) / 60)"], retryAfter: seconds)
        case .tooManyCodes(let seconds):
            Problem(429, "identity.too-many-codes", ["minutes": "\((seconds + 59) / 60)"], retryAfter: seconds)
        case .registrationExpired: Problem(410, "identity.registration-expired")
        case .signInExpired: Problem(410, "identity.sign-in-expired")
        case .noMatch: Problem(422, "identity.no-match")
        case .registersUnavailable: Problem(503, "identity.registers-unavailable", retryAfter: 60)
        case .codeVoid: Problem(422, "identity.code-void")
        case .noMoreCodes: Problem(429, "identity.no-more-codes", retryAfter: 600)
        case .numberHeld: Problem(409, "identity.number-held")
        case .numberTaken: Problem(409, "identity.number-taken")
        case .capacityGone: Problem(409, "identity.capacity-gone")
        case .busy: Problem(503, "identity.busy", retryAfter: 5)
        }
    }
}
