public import Database
public import Language
public import Values

/// An official paper to be made: rendered to PDF, signed and kept.
public struct DocumentOrder: Sendable {
    /// `decision-approval`, `decision-refusal`, `licence`: a template of the module Documents.
    public let template: String
    public let caseID: String
    public let caseNumber: String
    public let subjectID: String
    public let bodyID: String
    public let language: Language
    public let title: String
    /// Lines of the paper: name → value, and paragraphs; see the template.
    public let content: JSON
    /// Ordering the same key twice makes one document.
    public let idempotencyKey: String

    public init(
        template: String, caseID: String, caseNumber: String, subjectID: String, bodyID: String, language: Language, title: String, content: JSON,
        idempotencyKey: String
    ) {
        (self.template, self.caseID, self.caseNumber, self.subjectID, self.bodyID) = (template, caseID, caseNumber, subjectID, bodyID)
        (self.language, self.title, self.content, self.idempotencyKey) = (language, title, content, idempotencyKey)
    }
}

public struct DocumentCard: Sendable, Hashable {
    public let id: String
    public let title: String
    public let bodyID: String
    public let caseID: String
    /// False until it has been rendered and signed.
    public let isReady: Bool
    public let at: Instant
    public init(id: String, title: String, bodyID: String, caseID: String, isReady: Bool, at: Instant) {
        (self.id, self.title, self.bodyID, self.caseID, self.isReady, self.at) = (id, title, bodyID, caseID, isReady, at)
    }
}

/// Makes and keeps documents. A person downloads hers at `/me/documents/{id}`; anybody verifies one at `/verify`. When one is ready,
/// the event `document.ready` is published with the key `caseID` and the payload `{"document", "case", "subject"}`.
public protocol DocumentOffice: Sendable {
    func order(_ order: DocumentOrder, in connection: any Connection) throws -> String
    func documents(caseID: String, in connection: any Connection) throws -> [DocumentCard]
    /// The signed PDF, for whoever the caller has already allowed.
    func content(of id: String, caseID: String, in connection: any Connection) throws -> [UInt8]?
}
