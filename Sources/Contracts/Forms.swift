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
    /// What people read out on the phone: `ZM-2611-7K3FQ2-B`.
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
    /// How the scan of that file ended, as in `Attachment`.
    public let scan: String?
    public init(label: String, value: String, source: AnswerSource, attachmentID: String? = nil, scan: String? = nil) {
        (self.label, self.value, self.source, self.attachmentID, self.scan) = (label, value, source, attachmentID, scan)
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
    /// Only the answers at or below these places, for a body that needs no more of them. Numbers of persons are left out wherever they stand.
    func sections(of submissionID: String, under places: [JSONPointer], language: Language, in connection: any Connection) throws -> [AnswerSection]
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

/// A file that was checked and sealed, and is not kept yet.
public struct PreparedFile: Sendable {
    public let attachment: Attachment
    public let holderID: String
    public let scope: String
    public let subjectID: String
    public let sealedName: [UInt8]
    public let sealedContent: [UInt8]
    public let at: Instant
    public init(
        attachment: Attachment, holderID: String, scope: String, subjectID: String, sealedName: [UInt8], sealedContent: [UInt8], at: Instant
    ) {
        (self.attachment, self.holderID, self.scope, self.subjectID) = (attachment, holderID, scope, subjectID)
        (self.sealedName, self.sealedContent, self.at) = (sealedName, sealedContent, at)
    }
}

/// Keeps files people attach, checked and encrypted.
public protocol AttachmentStore: Sendable {
    /// Checks type by content, size and viruses, then stores. Throws a `ProblemError` in plain words when the file is refused.
    /// `holderID` is the draft or case it belongs to, `scope` the body whose key encrypts it.
    func accept(_ file: UploadedFile, holderID: String, scope: String, subjectID: String) async throws -> Attachment
    /// The same in two steps, for files that are kept together with something else or not at all: this one checks and seals them all …
    func prepare(_ files: [UploadedFile], holderID: String, scope: String, subjectID: String) async throws -> [PreparedFile]
    /// … and this one keeps them, in the caller's transaction.
    func store(_ files: [PreparedFile], in connection: any Connection) throws
    func list(holderID: String, in connection: any Connection) throws -> [Attachment]
    /// The bytes, when the attachment belongs to the holder.
    func content(of id: String, holderID: String, in connection: any Connection) throws -> (Attachment, [UInt8])?
}
