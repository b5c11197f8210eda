public import Trust
public import Values
public import Web

/// A question to a register, which only passes under a live agreement.
public struct ExchangeRequest: Sendable {
    /// The body that asks.
    public var consumerID: String
    /// `register.operation`, such as `population.person`.
    public var operation: String
    /// What the operation takes, such as `["nationalNumber": "…"]`.
    public var parameters: [String: String]
    /// Whose data it is, by internal id; nil before registration.
    public var subjectID: String?
    public var actor: Actor
    /// Purpose code of the agreement, such as `identity-proofing`.
    public var purpose: String
    public var basis: Basis
    public var caseID: String?

    public init(
        consumerID: String, operation: String, parameters: [String: String], subjectID: String?, actor: Actor, purpose: String, basis: Basis,
        caseID: String? = nil
    ) {
        (self.consumerID, self.operation, self.parameters, self.subjectID) = (consumerID, operation, parameters, subjectID)
        (self.actor, self.purpose, self.basis, self.caseID) = (actor, purpose, basis, caseID)
    }
}

public struct ExchangeAnswer: Sendable {
    /// What the register said, minimised to the fields of the agreement; nil when it knows nobody by these parameters.
    public let value: JSON?
    /// The body that owns the register.
    public let ownerID: String
    public let agreementID: String
    public let at: Instant

    public init(value: JSON?, ownerID: String, agreementID: String, at: Instant) {
        (self.value, self.ownerID, self.agreementID, self.at) = (value, ownerID, agreementID, at)
    }
}

public enum ExchangeError: Error, Sendable, Equatable {
    /// No live agreement covers the question. A defect of set-up, told to operators.
    case notCovered(String)
    /// The register or the way to it is down or too slow. Another try may help.
    case unavailable(String)
    /// An answer came, but its signature, digest or shape is wrong; it was thrown away.
    case untrusted(String)
}

public protocol Exchange: Sendable {
    func ask(_ request: ExchangeRequest) async throws(ExchangeError) -> ExchangeAnswer
}

extension SignedExchange {
    /// How a gateway and the registers behind it sign to one another.
    public static let register = SignedExchange(tag: "zamin-register", requestFields: ["spine-client", "spine-purpose"])
}
