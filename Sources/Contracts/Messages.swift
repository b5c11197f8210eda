public import Database
public import Values

/// Something a body tells a person, in her mailbox in the zone and by e-mail.
public struct Notice: Sendable {
    public let recipientID: String
    public let bodyID: String
    /// A template's key, such as `case.received`, with texts in five languages in the module Messages.
    public let template: String
    /// Values of its `((fields))`.
    public let values: [String: String]
    public let caseID: String?
    /// Where to go on, without the language prefix, such as `/me/cases/…`.
    public let link: String?
    /// Sending the same key twice sends once.
    public let idempotencyKey: String

    public init(
        recipientID: String, bodyID: String, template: String, values: [String: String], caseID: String? = nil, link: String? = nil,
        idempotencyKey: String
    ) {
        (self.recipientID, self.bodyID, self.template, self.values) = (recipientID, bodyID, template, values)
        (self.caseID, self.link, self.idempotencyKey) = (caseID, link, idempotencyKey)
    }
}

public protocol Postman: Sendable {
    /// Accepted once the transaction commits; delivery follows by jobs.
    func send(_ notice: Notice, in connection: any Connection) throws
    /// A one-time code, by e-mail to an address that may have no account yet. Never stored in a mailbox.
    func sendCode(_ code: String, to email: String, language: String, minutesValid: Int, in connection: any Connection) throws
}
