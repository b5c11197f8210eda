public import Contracts
public import Values
public import Web

/// What an agreement is held against: one question, without its parameters.
public struct AgreementRequest: Sendable, Hashable {
    public var consumerID: String
    public var providerID: String
    public var operation: String
    public var purpose: String
    public var basis: Basis
    public var actorKind: Actor.Kind
    /// The organisation of an employee who acts in her office.
    public var office: String?
    public var assurance: Assurance
    public var day: CalendarDate

    public init(
        consumerID: String, providerID: String, operation: String, purpose: String, basis: Basis, actorKind: Actor.Kind, office: String?,
        assurance: Assurance, day: CalendarDate
    ) {
        (self.consumerID, self.providerID, self.operation, self.purpose) = (consumerID, providerID, operation, purpose)
        (self.basis, self.actorKind, self.office, self.assurance, self.day) = (basis, actorKind, office, assurance, day)
    }

    /// Nil for nobody.
    var askerKind: AskerKind? {
        switch actorKind {
        case .person: office == nil ? .person : .officer
        case .system: .system
        case .client: .client
        case .anonymous: nil
        }
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
    case otherActor = "other-actor"
    case assuranceTooLow = "assurance-too-low"
    case tooOften = "too-often"
    /// The basis is a consent that nobody gave.
    case noConsent = "no-consent"
    /// One that is for another question: another person, body, agreement, purpose or operation, or fewer fields.
    case otherConsent = "other-consent"
    case consentOver = "consent-over"
    case consentRevoked = "consent-revoked"
}

extension Agreement {
    /// Why it does not cover the question, or nil when it does. A pure function of the two; whether a consent is there is asked elsewhere.
    public func refusal(of request: AgreementRequest) -> AgreementRefusal? {
        guard consumerID == request.consumerID, providerID == request.providerID else { return .otherParties }
        guard operations.contains(request.operation) else { return .otherOperation }
        guard purposes.contains(request.purpose) else { return .otherPurpose }
        guard allows(request.basis) else { return .otherBasis }
        guard request.day >= validFrom else { return .notYetValid }
        guard request.day <= validUntil else { return .expired }
        guard let asker = request.askerKind, actors.contains(asker), request.office == nil || request.office == consumerID else {
            return .otherActor
        }
        guard asker != .person || request.assurance.meets(assurance) else { return .assuranceTooLow }
        return nil
    }

    private func allows(_ basis: Basis) -> Bool {
        guard bases.contains(basis.kind) else { return false }
        return switch basis {
        case .law(let reference): reference == law || fields.contains { $0.law == reference }
        // The consent itself is held against the question by `ConsentCheck`.
        case .request, .consent: true
        }
    }
}
