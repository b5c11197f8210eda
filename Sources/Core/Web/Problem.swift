public import Values

/// What went wrong, for people and for machines (RFC 9457). The code is the whole vocabulary: `forms.draft-expired` has its texts
/// at `forms.problem.draft-expired.title` and `.detail` in all five languages, and a tidy test holds it to that.
public struct Problem: Error, Sendable, Hashable {
    public let status: Int
    public let code: String
    /// Values for the `{placeholders}` of the text.
    public let arguments: [String: String]
    public let faults: [FieldFault]
    /// Seconds until another try makes sense, sent as `Retry-After`.
    public let retryAfter: Int?

    public init(_ status: Int, _ code: String, _ arguments: [String: String] = [:], faults: [FieldFault] = [], retryAfter: Int? = nil) {
        (self.status, self.code, self.arguments, self.faults, self.retryAfter) = (status, code, arguments, faults, retryAfter)
    }

    /// `forms.problem.draft-expired`, to which `.title` and `.detail` are added.
    public var textKey: String {
        let parts = code.split(separator: ".", maxSplits: 1)
        return parts.count == 2 ? "\(parts[0]).problem.\(parts[1])" : "web.problem.\(code)"
    }

    public var type: String { "urn:zamin:problem:\(code)" }
}

/// One value that is wrong, by its place, and why.
public struct FieldFault: Sendable, Hashable {
    public let pointer: String
    public let code: String
    public let arguments: [String: String]

    public init(_ pointer: String, _ code: String, _ arguments: [String: String] = [:]) {
        (self.pointer, self.code, self.arguments) = (pointer, code, arguments)
    }
}

/// A module's error that knows how it looks to the outside. Errors that do not conform become `internal`, status 500, and are logged.
public protocol ProblemError: Error {
    var problem: Problem { get }
}

extension Problem {
    public static let notFound = Problem(404, "web.not-found")
    /// - Parameter allowed: methods with commas between, for the field `Allow` (RFC 9110 section 15.5.6).
    static func methodNotAllowed(_ allowed: String) -> Problem { Problem(405, "web.method-not-allowed", ["allowed": allowed]) }
    public static let signInNeeded = Problem(401, "web.sign-in-needed")
    public static let notAllowed = Problem(403, "web.not-allowed")
    /// Open to the person herself, not to somebody who acts for her.
    public static let notByMandate = Problem(403, "web.not-by-mandate")
    public static let assuranceTooLow = Problem(403, "web.assurance-too-low")
    /// The form did not come from our own page, or its token is too old.
    public static let formExpired = Problem(403, "web.form-expired")
    public static let unreadableText = Problem(400, "web.unreadable-text")
    public static let unavailable = Problem(503, "web.unavailable", retryAfter: 60)

    public static func tooLarge(limit: String) -> Problem { Problem(413, "web.too-large", ["limit": limit]) }
    public static func tooManyRequests(seconds: Int) -> Problem {
        Problem(429, "web.too-many-requests", ["seconds": "\(seconds)"], retryAfter: seconds)
    }
    public static func unreadableRequest(_ reason: String) -> Problem { Problem(400, "web.unreadable-request", ["reason": reason]) }
    public static func invalid(_ faults: [FieldFault]) -> Problem { Problem(422, "web.invalid", faults: faults) }
    static func internalError(reference: String) -> Problem { Problem(500, "web.internal", ["reference": reference]) }
}
