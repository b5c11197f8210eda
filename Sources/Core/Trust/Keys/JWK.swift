public import Values

extension VerifyingKey {
    /// The members that name the key and nothing else, in the order of RFC 7638 section 3.
    static func thumbprint(of point: Point) -> String {
        let bytes = rawBytes(of: point)
        let text =
            switch point {
            case .ed25519:
                #"{"crv":"Ed25519","kty":"OKP","x":"\#(Base64.encodeURL(bytes))"}"#
            case .p256:
                #"{"crv":"P-256","kty":"EC","x":"\#(Base64.encodeURL(bytes.prefix(32)))","y":"\#(Base64.encodeURL(bytes.suffix(32)))"}"#
            }
        return Fingerprint.base64URL(of: Array(text.utf8))
    }

    /// The public key as a JWK (RFC 7517; RFC 7518 section 6.2.1, RFC 8037 section 2), with `kid`, `alg` and `use`.
    public var jwk: JSON {
        let bytes = rawBytes
        var members: [String: JSON] = ["kid": .string(keyID), "alg": .string(algorithm.joseName), "use": "sig"]
        switch point {
        case .ed25519:
            members["kty"] = "OKP"
            members["crv"] = "Ed25519"
            members["x"] = .string(Base64.encodeURL(bytes))
        case .p256:
            members["kty"] = "EC"
            members["crv"] = "P-256"
            members["x"] = .string(Base64.encodeURL(bytes.prefix(32)))
            members["y"] = .string(Base64.encodeURL(bytes.suffix(32)))
        }
        return .object(members)
    }

    /// Reads a public key; of a private one only its public part. A `kid` becomes the key id.
    public init(jwk: JSON) throws(KeyError) {
        try JWKMembers.checkUse(jwk)
        let keyID = jwk["kid"]?.string
        switch (jwk["kty"]?.string, jwk["crv"]?.string) {
        case ("OKP", "Ed25519"):
            guard let key = VerifyingKey(ed25519: try JWKMembers.bytes("x", of: jwk), keyID: keyID) else { throw .malformed("x") }
            self = key
        case ("EC", "P-256"):
            let (x, y) = (try JWKMembers.bytes("x", of: jwk), try JWKMembers.bytes("y", of: jwk))
            guard let key = VerifyingKey(p256: x, y, keyID: keyID) else { throw .malformed("x, y") }
            self = key
        default: throw .malformed("kty, crv")
        }
        try JWKMembers.checkAlgorithm(jwk, algorithm)
    }
}

extension SigningKey {
    /// The private key as a JWK. Keep it as secret as the key.
    public var privateJWK: JSON {
        var jwk = verifyingKey.jwk
        jwk["d"] = .string(Base64.encodeURL(secretBytes))
        return jwk
    }

    /// Reads a private key and checks that its public part belongs to it.
    public init(jwk: JSON) throws(KeyError) {
        let expected = try VerifyingKey(jwk: jwk)
        try self.init(expected.algorithm, secret: try JWKMembers.bytes("d", of: jwk), keyID: expected.keyID)
        guard verifyingKey == expected else { throw .malformed("d does not belong to x") }
    }
}

/// A JWK Set (RFC 7517 section 5). Keys of kinds that are not in use are passed over, as the RFC asks.
public struct JWKSet: Sendable {
    /// More keys than this are not read.
    public static let keyLimit = 64
    public let keys: [VerifyingKey]

    public init(_ keys: [VerifyingKey]) { self.keys = keys }

    public init(_ json: JSON) throws(KeyError) {
        guard let list = json["keys"]?.array else { throw .malformed("keys") }
        keys = list.prefix(JWKSet.keyLimit).compactMap { try? VerifyingKey(jwk: $0) }
    }

    public var json: JSON { ["keys": .array(keys.map(\.jwk))] }
    public func key(_ keyID: String) -> VerifyingKey? { keys.first { $0.keyID == keyID } }
}

private enum JWKMembers {
    static func bytes(_ name: String, of jwk: JSON) throws(KeyError) -> [UInt8] {
        guard let text = jwk[name]?.string, text.utf8.count <= 128, let bytes = Base64.decodeURL(text), bytes.count == 32 else {
            throw .malformed(name)
        }
        return bytes
    }

    static func checkUse(_ jwk: JSON) throws(KeyError) {
        if let use = jwk["use"], use.string != "sig" { throw .unsuitable("use") }
        if let operations = jwk["key_ops"] {
            guard let names = operations.array?.map(\.string), names.contains("verify") || names.contains("sign") else {
                throw .unsuitable("key_ops")
            }
        }
    }

    static func checkAlgorithm(_ jwk: JSON, _ algorithm: SignatureAlgorithm) throws(KeyError) {
        guard let name = jwk["alg"] else { return }
        // RFC 9864 gives Ed25519 a name of its own beside the older EdDSA.
        guard name.string == algorithm.joseName || (name.string == "Ed25519" && algorithm == .ed25519) else { throw .unsuitable("alg") }
    }
}
