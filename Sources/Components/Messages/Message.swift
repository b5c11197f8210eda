import Language
import Values

/// One message to one person.
struct Message: Sendable, Hashable {
    /// Of the e-mail. The message itself is in the mailbox in every state.
    enum State: String, Sendable, CaseIterable { case accepted, sent, failed }

    let subjectID: String
    let id: String
    let bodyID: String
    let caseID: String?
    let template: String
    let version: Int
    let values: [String: String]
    /// Without the language prefix.
    let link: String?
    /// The recipient's, known once her address has been looked up for the first try.
    let language: Language?
    let state: State
    let acceptedAt: Instant
    let readAt: Instant?

    var isRead: Bool { readAt != nil }
}
