public import Web

/// What can go wrong with a document.
public enum DocumentsError: Error, Sendable, Hashable {
    /// Not one of `decision-approval`, `decision-refusal`, `licence`.
    case unknownTemplate(String)
    /// The place in the content that has another shape than the templates read, or is too long.
    case malformedContent(String)
    /// Ordered, and not rendered yet.
    case notReady
    /// The signature cannot be checked at this moment.
    case cannotCheckNow
}

extension DocumentsError: ProblemError {
    public var problem: Problem {
        switch self {
        case .unknownTemplate, .malformedContent: Problem(503, "documents.not-set-up")
        case .notReady: Problem(409, "documents.not-ready", retryAfter: 60)
        case .cannotCheckNow: Problem(503, "documents.cannot-check", retryAfter: 60)
        }
    }
}
