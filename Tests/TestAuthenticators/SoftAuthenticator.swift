internal import Trust
public import Values

/// An authenticator in software, as a browser shows it to a page: makes passkeys on P-256 and answers with them. Written from Web
/// Authentication Level 3 sections 5.8.1 and 6, without the module it tests.
public struct SoftAuthenticator: Sendable {
    public static let userIsPresent: UInt8 = 1
    public static let userIsVerified: UInt8 = 4

    public let credentialID: [UInt8]
    public var origin: String
    public var rpID: String
    public var counter: UInt32 = 0
    public var flags: UInt8 = userIsPresent | userIsVerified
    private let key: SigningKey

    public init(origin: String, rpID: String) {
        (self.origin, self.rpID, key) = (origin, rpID, SigningKey.generate(.ecdsaP256))
        credentialID = RandomToken.randomBytes(32)
    }

    public func create(_ challenge: [UInt8], type: String = "webauthn.create") -> JSON {
        let point = key.verifyingKey.rawBytes
        // COSE_Key of RFC 9053 section 7.1.1: {1: 2, 3: -7, -1: 1, -2: x, -3: y}.
        let cose: [UInt8] = [0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20] + point[..<32] + [0x22, 0x58, 0x20] + point[32...]
        let attested = [UInt8](repeating: 0, count: 16) + [0, UInt8(credentialID.count)] + credentialID + cose
        let data = authenticatorData(flags | 0x40) + attested
        let object: [UInt8] =
            [0xA3, 0x63] + Array("fmt".utf8) + [0x64] + Array("none".utf8) + [0x67] + Array("attStmt".utf8) + [0xA0, 0x68] + Array("authData".utf8)
            + [0x59, UInt8(data.count >> 8), UInt8(data.count & 255)] + data
        return envelope(["clientDataJSON": client(type, challenge), "attestationObject": .string(Base64.encodeURL(object))])
    }

    public func get(_ challenge: [UInt8], type: String = "webauthn.get") throws -> JSON {
        let data = authenticatorData(flags)
        let client = client(type, challenge)
        let hash = Fingerprint.bytes(of: Base64.decodeURL(client.string ?? "") ?? [])
        let signature = SoftAuthenticator.der(try key.signature(over: data + hash))
        return envelope([
            "clientDataJSON": client, "authenticatorData": .string(Base64.encodeURL(data)), "signature": .string(Base64.encodeURL(signature)),
        ])
    }

    private func envelope(_ response: JSON) -> JSON {
        let id = JSON.string(Base64.encodeURL(credentialID))
        return ["id": id, "rawId": id, "type": "public-key", "response": response]
    }

    private func client(_ type: String, _ challenge: [UInt8]) -> JSON {
        let data: JSON = ["type": .string(type), "challenge": .string(Base64.encodeURL(challenge)), "origin": .string(origin), "crossOrigin": false]
        return .string(Base64.encodeURL(data.bytes))
    }

    private func authenticatorData(_ flags: UInt8) -> [UInt8] {
        Fingerprint.bytes(of: Array(rpID.utf8)) + [flags] + withUnsafeBytes(of: counter.bigEndian) { Array($0) }
    }

    /// r ‖ s as Ecdsa-Sig-Value (RFC 3279 section 2.2.3).
    private static func der(_ raw: [UInt8]) -> [UInt8] {
        func integer(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
            var value = Array(bytes.drop { $0 == 0 })
            if value.first.map({ $0 >= 0x80 }) ?? true { value.insert(0, at: 0) }
            return [0x02, UInt8(value.count)] + value
        }
        let body = integer(raw[..<32]) + integer(raw[32...])
        return [0x30, UInt8(body.count)] + body
    }
}
