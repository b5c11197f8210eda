import Trust
public import Values

/// A consent as gateways read it, on every message that rests on it.
public struct ConsentGrant: Sendable, Hashable {
    public let id: String
    /// Who gave it.
    public let subjectID: String
    /// By which both gateways know that a question is about her; see `mark(of:id:)`.
    public let personMark: String
    /// The body that may ask by it.
    public let consumerID: String
    public let agreementID: String
    public let purpose: String
    public let operations: [String]
    /// Pointers of the values she agreed to, as the agreement wrote them then.
    public let fields: [String]
    public let givenAt: Instant
    public let validUntil: Instant
    public let revokedAt: Instant?

    public init(
        id: String, subjectID: String, personMark: String, consumerID: String, agreementID: String, purpose: String, operations: [String],
        fields: [String], givenAt: Instant, validUntil: Instant, revokedAt: Instant?
    ) {
        (self.id, self.subjectID, self.personMark, self.consumerID) = (id, subjectID, personMark, consumerID)
        (self.agreementID, self.purpose, self.operations, self.fields) = (agreementID, purpose, operations, fields)
        (self.givenAt, self.validUntil, self.revokedAt) = (givenAt, validUntil, revokedAt)
    }

    /// SHA-256 over the consent's id and the nine digits of a person, in hexadecimal. A provider's gateway does not know people by
    /// their internal ids; this tells it no more than the message itself does.
    public static func mark(of nationalNumber: String, id: String) -> String { Fingerprint.hex(of: Array("\(id):\(nationalNumber)".utf8)) }
}

/// Where gateways look consents up. Nothing is kept between two messages, so that what was taken back is in force with the next one.
public protocol ConsentRegister: Sendable {
    /// The consent with this id, whatever has become of it; nil when nobody gave it. Throws when the records cannot be read.
    func consent(_ id: String) async throws -> ConsentGrant?
}
