public import Values

/// Why a token is not accepted.
public enum JWSError: Error, Equatable {
    case tooLarge
    case malformed(String)
    /// `alg` is `none`, unknown, or not that of the key (RFC 8725 section 3.1).
    case algorithm(String)
    /// A `crit` header names an extension that is not understood (RFC 7515 section 4.1.11).
    case critical
    case type(String?)
    case unknownKey(String?)
    case invalidSignature
}

/// A JSON Web Signature in compact form (RFC 7515 section 7.1) by EdDSA or ES256.
public struct JWS: Sendable {
    /// Longer tokens are not read.
    public static let byteLimit = 64 * 1024

    public let header: JSON
    public let payload: [UInt8]

    public var keyID: String? { header["kid"]?.string }

    /// Signs a payload. The header has `alg`, `kid`, `typ` when given, and the further members, which cannot replace those.
    public static func sign(
        _ payload: [UInt8], by key: SigningKey, type: String? = nil, header further: [String: JSON] = [:]
    ) throws -> String {
        var members = further
        members["alg"] = .string(key.algorithm.joseName)
        members["kid"] = .string(key.keyID)
        if let type { members["typ"] = .string(type) }
        let content = Base64.encodeURL(JSON.object(members).bytes) + "." + Base64.encodeURL(payload)
        return content + "." + Base64.encodeURL(try key.signature(over: Array(content.utf8)))
    }

    /// Verifies a token by the key that `key` finds for its `kid`. The algorithm is the key's; the header may only agree with it.
    /// - Parameters:
    ///   - type: the `typ` the token must have, so that a token made for one purpose is not taken for another (RFC 8725 section 3.11).
    public static func verify(
        _ token: String, type: String? = nil, key: (_ keyID: String?) throws -> VerifyingKey?
    ) throws -> JWS {
        let parts = try Parts(token)
        let keyID = parts.header["kid"]?.string
        guard let key = try key(keyID) else { throw JWSError.unknownKey(keyID) }
        let algorithm = parts.header["alg"]?.string ?? ""
        guard algorithm == key.algorithm.joseName else { throw JWSError.algorithm(algorithm) }
        guard parts.header["crit"] == nil else { throw JWSError.critical }
        guard key.isValid(parts.signature, over: parts.signedBytes) else { throw JWSError.invalidSignature }
        if let type, !isType(parts.header["typ"]?.string, type) { throw JWSError.type(parts.header["typ"]?.string) }
        return JWS(header: parts.header, payload: parts.payload)
    }

    /// Verifies a token by the public key in its own header (RFC 7515 section 4.1.3): it shows that whoever made it has that key, and nothing
    /// else. A header with a private key is refused (RFC 9449 section 4.3).
    public static func verifyEmbedded(_ token: String, type: String) throws -> (JWS, VerifyingKey) {
        let parts = try Parts(token)
        guard let jwk = parts.header["jwk"], jwk["d"] == nil else { throw JWSError.malformed("jwk") }
        let key = try VerifyingKey(jwk: jwk)
        return (try verify(token, type: type) { _ in key }, key)
    }

    /// Media types are compared without case and without a leading `application/` (RFC 7515 section 4.1.9).
    private static func isType(_ given: String?, _ expected: String) -> Bool {
        func bare(_ text: String) -> String {
            let lower = text.lowercased()
            return lower.hasPrefix("application/") ? String(lower.dropFirst("application/".count)) : lower
        }
        return given.map(bare) == bare(expected)
    }

    private struct Parts {
        let header: JSON
        let payload: [UInt8]
        let signature: [UInt8]
        let signedBytes: [UInt8]

        init(_ token: String) throws(JWSError) {
            guard token.utf8.count <= JWS.byteLimit else { throw .tooLarge }
            let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3 else { throw .malformed("parts") }
            guard let bytes = Base64.decodeURL(parts[0]), let header = try? JSON.parse(bytes), header.object != nil else {
                throw .malformed("header")
            }
            guard let payload = Base64.decodeURL(parts[1]) else { throw .malformed("payload") }
            guard let signature = Base64.decodeURL(parts[2]) else { throw .malformed("signature") }
            (self.header, self.payload, self.signature) = (header, payload, signature)
            signedBytes = Array((parts[0] + "." + parts[1]).utf8)
        }
    }
}
