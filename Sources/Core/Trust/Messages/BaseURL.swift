/// Scheme and host with port under which a server is called, such as `http://127.0.0.1:8083`: the part of an address that is the same
/// for all its paths, and that both sides of a signed exchange must agree on.
public struct BaseURL: Sendable, Hashable, CustomStringConvertible {
    public let scheme: String
    public let authority: String

    /// Nil unless the text is a scheme and a host, without a path.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, parts[0] == "http:" || parts[0] == "https:", parts[1].isEmpty, !parts[2].isEmpty else { return nil }
        (scheme, authority) = (String(parts[0].dropLast()), parts[2])
    }

    public func target(_ path: String) -> SignableMessage.Target { .init(scheme: scheme, authority: authority, path: path) }
    public var description: String { "\(scheme)://\(authority)" }
}
