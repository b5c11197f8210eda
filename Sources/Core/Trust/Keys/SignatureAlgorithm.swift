/// The signature algorithms in use, each with its names in the standards.
public enum SignatureAlgorithm: Sendable, Hashable, CaseIterable {
    /// Ed25519 (RFC 8032): deterministic, the default.
    case ed25519
    /// ECDSA over P-256 with SHA-256, for partners and devices that have no Ed25519.
    case ecdsaP256

    /// `alg` in JOSE (RFC 7518 section 3.4, RFC 8037 section 3.1).
    public var joseName: String {
        switch self {
        case .ed25519: "EdDSA"
        case .ecdsaP256: "ES256"
        }
    }
}

/// Why a key cannot be read or used.
public enum KeyError: Error, Equatable {
    /// Not a key of an algorithm in use, or damaged.
    case malformed(String)
    /// A JWK that says it is for something else than signing with its algorithm.
    case unsuitable(String)
    /// The cryptographic library refused to sign.
    case cannotSign
}
