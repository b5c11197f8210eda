public import Values
public import Web

/// What an agreement is held against: one question, without its parameters.
public struct AgreementRequest: Sendable, Hashable {
    public var consumerID: String
    public var providerID: String
    public var operation: String
    public var purpose: String
    /// `law`, `consent` or `request`.
    public var basisKind: String
    public var actorKind: Actor.Kind
    /// True for an employee acting in her office.
    public var actsInOffice: Bool
    public var assurance: Assurance
    public var day: CalendarDate

    public init(
        consumerID: String, providerID: String, operation: String, purpose: String, basisKind: String, actorKind: Actor.Kind,
        actsInOffice: Bool,
        assurance: Assurance, day: CalendarDate
    ) {
        (self.consumerID, self.providerID, self.operation, self.purpose, self.basisKind) = (
            consumerID, providerID, operation, purpose, basisKind
        )
        (self.actorKind, self.actsInOffice, self.assurance, self.day) = (actorKind, actsInOffice, assurance, day)
    }
}

/// Why an agreement does not cover a question.
public enum AgreementRefusal: String, Error, Sendable, CaseIterable {
    case noAgreement = "no-agreement"
    case otherParties = "other-parties"
    case otherOperation = "other-operation"
    case otherPurpose = "other-purpose"
    case otherBasis = "other-basis"
    case notYetValid = "not-yet-valid"
    case expired
    case notLive = "not-live"
    case assuranceTooLow = "assurance-too-low"
    case tooOften = "too-often"
}

extension Agreement {
    public func covers(_ request: AgreementRequest) -> Bool { refusal(of: request) == nil }

    /// Why it does not cover the question, or nil when it does. A pure function of the two.
    public func refusal(of request: AgreementRequest) -> AgreementRefusal? {
        guard consumerID == request.consumerID, providerID == request.providerID else { return .otherParties }
        guard operations.contains(request.operation) else { return .otherOperation }
        guard purposes.contains(request.purpose) else { return .otherPurpose }
        guard bases.contains(request.basisKind) else { return .otherBasis }
        guard request.day >= validFrom else { return .notYetValid }
        guard request.day <= validUntil else { return .expired }
        let isMeasured = (request.actorKind == .person && !request.actsInOffice) || request.actorKind == .anonymous
        guard !isMeasured || request.assurance.meets(assurance) else { return .assuranceTooLow }
        return nil
    }
}
