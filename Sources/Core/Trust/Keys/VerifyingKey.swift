internal import Crypto
internal import Values
internal import _CryptoExtras

/// A public key.
public struct VerifyingKey: Sendable, Equatable, CustomStringConvertible {
    enum Point: Sendable {
        case ed25519(Curve25519.Signing.PublicKey)
        case p256(P256.Signing.PublicKey)
    }

    let point: Point
    /// The name under which signatures refer to the key: its thumbprint unless its owner chose another.
    public let keyID: String
    /// The SHA-256 JWK thumbprint (RFC 7638): the same for the same key wherever it is computed.
    public let thumbprint: String

    init(_ point: Point, keyID: String?) {
        self.point = point
        thumbprint = VerifyingKey.thumbprint(of: point)
        self.keyID = keyID ?? thumbprint
    }

    public var algorithm: SignatureAlgorithm {
        switch point {
        case .ed25519: .ed25519
        case .p256: .ecdsaP256
        }
    }

    /// Nil unless these are the 32 bytes of a point.
    public init?(ed25519 bytes: [UInt8], keyID: String? = nil) {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else { return nil }
        self.init(.ed25519(key), keyID: keyID)
    }

    /// Nil unless `x` and `y`, 32 bytes each, are a point of the curve.
    public init?(p256 x: [UInt8], _ y: [UInt8], keyID: String? = nil) {
        guard x.count == 32, y.count == 32, let key = try? P256.Signing.PublicKey(rawRepresentation: x + y) else { return nil }
        self.init(.p256(key), keyID: keyID)
    }

    /// The 32 bytes of Ed25519, or X ‖ Y of P-256.
    public var rawBytes: [UInt8] { VerifyingKey.rawBytes(of: point) }

    static func rawBytes(of point: Point) -> [UInt8] {
        switch point {
        case .ed25519(let key): Array(key.rawRepresentation)
        case .p256(let key): Array(key.rawRepresentation)
        }
    }

    /// False for a wrong signature and for bytes that are none.
    public func isValid(_ signature: [UInt8], over content: [UInt8]) -> Bool {
        switch point {
        case .ed25519(let key): return key.isValidSignature(signature, for: content)
        case .p256(let key):
            guard let parts = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(parts, for: content)
        }
    }

    /// SubjectPublicKeyInfo (RFC 5280, RFC 8410) between `BEGIN PUBLIC KEY` lines.
    public var pem: String {
        switch point {
        case .ed25519(let key): key.pemRepresentation
        case .p256(let key): key.pemRepresentation
        }
    }

    public init(pem: String, keyID: String? = nil) throws(KeyError) {
        if let key = try? Curve25519.Signing.PublicKey(pemRepresentation: pem) {
            self.init(.ed25519(key), keyID: keyID)
        } else if let key = try? P256.Signing.PublicKey(pemRepresentation: pem) {
            self.init(.p256(key), keyID: keyID)
        } else {
            throw .malformed("public key in PEM")
        }
    }

    public var description: String { "VerifyingKey(\(keyID))" }

    public static func == (left: VerifyingKey, right: VerifyingKey) -> Bool {
        left.algorithm == right.algorithm && left.rawBytes == right.rawBytes && left.keyID == right.keyID
    }
}
