/// Hands letters to a mail server.
public protocol MailCarrier: Sendable {
    /// Returns once the server has taken responsibility (RFC 5321 section 4.2.5). Throws `MailFailure`.
    func carry(_ letter: Letter) async throws
}

/// Why a letter was not taken. The reason holds no address and no text of the letter: it goes into logs.
public enum MailFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The server is down, slow or busy: try again.
    case temporary(String)
    /// The server will never take it.
    case permanent(String)

    var isPermanent: Bool { if case .permanent = self { true } else { false } }
    public var description: String { switch self { case .temporary(let reason), .permanent(let reason): reason } }
}
