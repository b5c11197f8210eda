/// The site at which passkeys are made and used (Web Authentication Level 3, "WebAuthn Relying Party").
public struct RelyingParty: Sendable, Hashable {
    /// The host people see. Each passkey is bound to it by its authenticator.
    public let id: String
    /// Scheme, host and port at which the browser must be.
    public let origin: String

    /// Nil for an address at which browsers offer no passkeys: by number, or without TLS on another machine.
    public init?(publicURL: String) {
        let parts = publicURL.split(separator: "://", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        let (scheme, authority) = (parts[0].lowercased(), parts[1].prefix { $0 != "/" && $0 != "?" }.lowercased())
        let pieces = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard pieces.count <= 2, let host = pieces.first.map(String.init), !host.isEmpty, host.contains(where: \.isLetter) else { return nil }
        guard scheme == "https" || (scheme == "http" && (host == "localhost" || host.hasSuffix(".localhost"))) else { return nil }
        let isStandardPort = pieces.count == 1 || pieces[1] == (scheme == "https" ? "443" : "80")
        (id, origin) = (host, "\(scheme)://\(host)" + (isStandardPort ? "" : ":\(pieces[1])"))
    }
}
