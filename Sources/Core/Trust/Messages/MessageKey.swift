/// The algorithms of RFC 9421 section 3.3 in use, by their names in the HTTP Signature Algorithms registry.
public enum MessageAlgorithm: String, Sendable, Hashable, CaseIterable {
    case ed25519
    case ecdsaP256SHA256 = "ecdsa-p256-sha256"
    case hmacSHA256 = "hmac-sha256"

    init(_ algorithm: SignatureAlgorithm) {
        switch algorithm {
        case .ed25519: self = .ed25519
        case .ecdsaP256: self = .ecdsaP256SHA256
        }
    }
}

/// What signs a message.
public enum MessageSigningKey: Sendable {
    case asymmetric(SigningKey)
    case shared(HMACKey)

    var algorithm: MessageAlgorithm {
        switch self {
        case .asymmetric(let key): MessageAlgorithm(key.algorithm)
        case .shared: .hmacSHA256
        }
    }

    func signature(over base: [UInt8]) throws(MessageSignatureError) -> [UInt8] {
        switch self {
        case .shared(let key): return key.code(for: base)
        case .asymmetric(let key):
            do { return try key.signature(over: base) } catch { throw .cannotSign }
        }
    }
}

/// What verifies a message. The algorithm comes with the key, never from the message.
public enum MessageVerifyingKey: Sendable {
    case asymmetric(VerifyingKey)
    case shared(HMACKey)

    var algorithm: MessageAlgorithm {
        switch self {
        case .asymmetric(let key): MessageAlgorithm(key.algorithm)
        case .shared: .hmacSHA256
        }
    }

    func isValid(_ signature: [UInt8], over base: [UInt8]) -> Bool {
        switch self {
        case .asymmetric(let key): key.isValid(signature, over: base)
        case .shared(let key): key.isValid(signature, for: base)
        }
    }
}
