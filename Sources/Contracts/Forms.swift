public import Database
public import Language
public import Values
public import Web

/// A form that was sent: what Forms hands to Delivery, in one transaction.
public struct Submission: Sendable {
    /// Made with the draft, so that sending twice is one submission.
    public let id: String
    public let formID: String
    public let formVersion: Int
    public let serviceID: String
    /// Whose request it is: the person, or the business she acts for.
    public let subjectID: String
    public let actor: Actor
    /// The body that will decide, resolved by the form (`municipality` is resolved by the locality in the answers).
    public let bodyID: String
    public let answers: JSON
    public let language: Language
    public let at: Instant

    public init(
        id: String, formID: String, formVersion: Int, serviceID: String, subjectID: String, actor: Actor, bodyID: String, answers: JSON,
        language: Language, at: Instant
    ) {
        (self.id, self.formID, self.formVersion, self.serviceID, self.subjectID) = (id, formID, formVersion, serviceID, subjectID)
        (self.actor, self.bodyID, self.answers, self.language, self.at) = (actor, bodyID, answers, language, at)
    }
}

public struct CaseReceipt: Sendable, Hashable {
    public let caseID: String
    /// What people read out on the phone: `ZM-2611-7K3F-9`.
    public let number: String
    public init(caseID: String, number: String) { (self.caseID, self.number) = (caseID, number) }
}

/// Opens a case for a submission. Called inside the transaction that stores the submission; idempotent by submission id.
public protocol CaseIntake: Sendable {
    func open(_ submission: Submission, in connection: any Connection) throws -> CaseReceipt
}

/// One line of "check your answers" and of the officer's view.
public struct AnswerLine: Sendable, Hashable {
    public let label: String
    public let value: String
    public let source: AnswerSource
    /// Present when the answer is a file.
    public let attachmentID: String?
    public init(label: String, value: String, source: AnswerSource, attachmentID: String? = nil) {
        (self.label, self.value, self.source, self.attachmentID) = (label, value, source, attachmentID)
    }
}

public struct AnswerSection: Sendable, Hashable {
    public let title: String
    public let lines: [AnswerLine]
    public init(title: String, lines: [AnswerLine]) { (self.title, self.lines) = (title, lines) }
}

/// Reading what was submitted. Who calls this leaves an audit row.
public protocol SubmissionReader: Sendable {
    func sections(of submissionID: String, language: Language, in connection: any Connection) throws -> [AnswerSection]
    func answers(of submissionID: String, in connection: any Connection) throws -> JSON?
}

public struct Attachment: Sendable, Hashable {
    public let id: String
    public let name: String
    /// Found from the content, never from the name: `application/pdf`, `image/jpeg`, `image/png`.
    public let type: String
    public let size: Int
    public let sha256: String
    /// `clean`, or `not-scanned` when no scanner is configured.
    public let scan: String
    public init(id: String, name: String, type: String, size: Int, sha256: String, scan: String) {
        (self.id, self.name, self.type, self.size, self.sha256, self.scan) = (id, name, type, size, sha256, scan)
    }
}

/// Keeps files people attach, checked and encrypted.
public protocol AttachmentStore: Sendable {
    /// Checks type by content, size and viruses, then stores. Throws a `ProblemError` in plain words when the file is refused.
    /// `holderID` is the draft or case it belongs to, `scope` the body whose key encrypts it.
    func accept(_ file: UploadedFile, holderID: String, scope: String, subjectID: String) async throws -> Attachment
    func list(holderID: String, in connection: any Connection) throws -> [Attachment]
    /// The bytes, when the attachment belongs to the holder.
    func content(of id: String, holderID: String, in connection: any Connection) throws -> (Attachment, [UInt8])?
}
