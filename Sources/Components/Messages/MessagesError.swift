/// What is wrong with a notice, found when it is accepted. All of these are mistakes of the code that sends, not of a person.
public enum MessagesError: Error, Sendable, Hashable {
    case unknownTemplate(String)
    /// A version that was pinned and whose texts are gone.
    case unknownVersion(String, Int)
    /// A template without a subject or without a body.
    case incompleteTemplate(String, Int)
    case missingField(String, template: String)
    case malformedLink(String)
    /// The setting is not `smtp://host:port` or `smtps://host:port`. The text is not repeated: it may hold a password.
    case malformedSMTPURL
    case malformedSender(String)
}
