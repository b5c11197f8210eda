public import Trust
import Values

/// Another party of the spine: where it is reached, and the key it signs by.
public struct Peer: Sendable {
    /// Scheme and host with port, such as `http://127.0.0.1:8092`.
    public let baseURL: String
    public let key: VerifyingKey
    /// The bodies it speaks for; nil for all (a country whose bodies share one gateway).
    public let bodies: Set<String>?

    public init(baseURL: String, key: VerifyingKey, bodies: Set<String>? = nil) {
        (self.baseURL, self.key, self.bodies) = (baseURL, key, bodies)
    }

    func speaks(for bodyID: String) -> Bool { bodies?.contains(bodyID) ?? true }
}

/// Scheme and authority of a base URL.
struct BaseURL: Sendable {
    let scheme: String
    let authority: String

    init(_ text: String) throws(SpineError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, parts[0] == "http:" || parts[0] == "https:", parts[1].isEmpty, !parts[2].isEmpty else {
            throw .setting("a base URL is a scheme and a host, without a path: \(text)")
        }
        (scheme, authority) = (String(parts[0].dropLast()), parts[2])
    }

    func target(_ path: String) -> SignableMessage.Target { .init(scheme: scheme, authority: authority, path: path) }
}
