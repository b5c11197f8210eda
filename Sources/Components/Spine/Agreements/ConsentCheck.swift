import Contracts
import Values

/// Whether the consent that a question names is there, and is for this question.
struct ConsentCheck: Sendable {
    static let unreadable = "the records of consent cannot be read"

    let register: any ConsentRegister

    /// Why it does not cover the question, or nil when it does or when the question rests on something else.
    ///
    /// - Parameters:
    ///   - number: the person's nine digits in the question; nil to leave open about whom it is.
    ///   - subjectID: the person as the asking side knows her; nil where she is not known by it.
    /// - Throws: when the records cannot be read. Nothing may pass then.
    func refusal(
        of request: AgreementRequest, under agreement: Agreement, number: String?, subjectID: String?, at time: Instant
    ) async throws -> AgreementRefusal? {
        guard case .consent(let id) = request.basis else { return nil }
        guard let consent = try await register.consent(id) else { return .noConsent }
        return consent.refusal(of: request, under: agreement, at: time)
            ?? (number.map { ConsentGrant.mark(of: $0, id: id) == consent.personMark } ?? true ? nil : .otherConsent)
            ?? (subjectID.map { $0 == consent.subjectID } ?? true ? nil : .otherConsent)
    }
}

extension ConsentGrant {
    /// Everything but about whom the question is. A pure function.
    func refusal(of request: AgreementRequest, under agreement: Agreement, at time: Instant) -> AgreementRefusal? {
        guard revokedAt == nil else { return .consentRevoked }
        guard time < validUntil else { return .consentOver }
        guard consumerID == request.consumerID, agreementID == agreement.id, purpose == request.purpose, operations.contains(request.operation),
            // A later version of the agreement may ask for less than she agreed to, and not for more.
            Set(agreement.fields.map(\.pointer.description)).isSubset(of: fields)
        else { return .otherConsent }
        return nil
    }
}
