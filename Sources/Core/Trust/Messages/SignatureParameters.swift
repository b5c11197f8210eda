public import Values

/// What a signature says of itself (RFC 9421 section 2.3).
public struct SignatureParameters: Sendable, Hashable {
    /// Seconds since 1970, as the protocol writes them.
    public var created: Int64?
    public var expires: Int64?
    public var keyID: String?
    /// Best left out: the verifier knows the algorithm from the key.
    public var algorithm: String?
    public var nonce: String?
    public var tag: String?

    public init(
        created: Instant? = nil, expires: Instant? = nil, keyID: String? = nil, algorithm: MessageAlgorithm? = nil,
        nonce: String? = nil, tag: String? = nil
    ) {
        self.created = created?.seconds
        self.expires = expires?.seconds
        self.keyID = keyID
        self.algorithm = algorithm?.rawValue
        self.nonce = nonce
        self.tag = tag
    }

    /// Unknown parameters are signed with the rest and otherwise passed over; a known one of the wrong type is refused.
    init(_ parameters: StructuredField.Parameters) throws(MessageSignatureError) {
        created = try SignatureParameters.integer("created", parameters)
        expires = try SignatureParameters.integer("expires", parameters)
        keyID = try SignatureParameters.string("keyid", parameters)
        algorithm = try SignatureParameters.string("alg", parameters)
        nonce = try SignatureParameters.string("nonce", parameters)
        tag = try SignatureParameters.string("tag", parameters)
    }

    func structured() throws(MessageSignatureError) -> StructuredField.Parameters {
        var result = StructuredField.Parameters()
        result["created"] = created.map { .integer($0) }
        result["expires"] = expires.map { .integer($0) }
        for (key, value) in [("keyid", keyID), ("alg", algorithm), ("nonce", nonce), ("tag", tag)] {
            guard let value else { continue }
            guard value.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else { throw .parameter(key) }
            result[key] = .string(value)
        }
        return result
    }

    private static func integer(_ key: String, _ parameters: StructuredField.Parameters) throws(MessageSignatureError) -> Int64? {
        guard let value = parameters[key] else { return nil }
        guard case .integer(let integer) = value else { throw .parameter(key) }
        return integer
    }

    private static func string(_ key: String, _ parameters: StructuredField.Parameters) throws(MessageSignatureError) -> String? {
        guard let value = parameters[key] else { return nil }
        guard case .string(let string) = value else { throw .parameter(key) }
        return string
    }
}
