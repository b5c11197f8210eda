public import Trust
public import Values

/// Another party of the spine: where it is reached, and the key it signs by.
public struct Peer: Sendable {
    /// Scheme and host with port, such as `http://127.0.0.1:8092`.
    public let baseURL: String
    public let key: VerifyingKey
    /// The bodies it speaks for; nil for all that nobody else speaks for (a country whose bodies share one gateway).
    public let bodies: Set<String>?

    public init(baseURL: String, key: VerifyingKey, bodies: Set<String>? = nil) {
        (self.baseURL, self.key, self.bodies) = (baseURL, key, bodies)
    }

    func speaks(for bodyID: String) -> Bool { bodies?.contains(bodyID) ?? true }

    var json: JSON { .members(["url": .string(baseURL), "key": key.jwk, "bodies": bodies.map { .strings($0.sorted()) }]) }

    /// Nil for any other shape.
    public init?(json: JSON) {
        guard let url = json["url"]?.string, BaseURL(url) != nil, let key = json["key"].flatMap({ try? VerifyingKey(jwk: $0) }) else { return nil }
        self.init(baseURL: url, key: key, bodies: json["bodies"]?.array.map { Set($0.compactMap(\.string)) })
    }
}

extension [Peer] {
    /// Who speaks for a body: one that names it before one that takes the rest.
    func speaker(for bodyID: String) -> Peer? { first { $0.bodies?.contains(bodyID) == true } ?? first { $0.bodies == nil } }
}

extension BaseURL {
    init(setting text: String) throws(SpineError) {
        guard let url = BaseURL(text) else { throw .setting("a base URL is a scheme and a host, without a path: \(text)") }
        self = url
    }
}
