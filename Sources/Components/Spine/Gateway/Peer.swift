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

extension BaseURL {
    init(setting text: String) throws(SpineError) {
        guard let url = BaseURL(text) else { throw .setting("a base URL is a scheme and a host, without a path: \(text)") }
        self = url
    }
}
