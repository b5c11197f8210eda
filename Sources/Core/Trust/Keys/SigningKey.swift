internal import Crypto
internal import Values
internal import _CryptoExtras

/// A private key. It prints as its key id, never as itself.
public struct SigningKey: Sendable, CustomStringConvertible, CustomReflectable {
    enum Secret: Sendable {
        case ed25519(Curve25519.Signing.PrivateKey)
        case p256(P256.Signing.PrivateKey)
    }

    let secret: Secret
    public let verifyingKey: VerifyingKey

    public var algorithm: SignatureAlgorithm { verifyingKey.algorithm }
    public var keyID: String { verifyingKey.keyID }
    public var description: String { "SigningKey(\(keyID))" }
    public var customMirror: Mirror { Mirror(self, children: ["keyID": keyID]) }

    public static func generate(_ algorithm: SignatureAlgorithm = .ed25519) -> SigningKey {
        switch algorithm {
        case .ed25519: SigningKey(.ed25519(Curve25519.Signing.PrivateKey()))
        case .ecdsaP256: SigningKey(.p256(P256.Signing.PrivateKey()))
        }
    }

    /// From 32 bytes: the seed of Ed25519, the scalar of P-256 (which must lie within the order of the curve).
    public init(_ algorithm: SignatureAlgorithm, secret: [UInt8], keyID: String? = nil) throws(KeyError) {
        do {
            switch algorithm {
            case .ed25519: self.init(.ed25519(try Curve25519.Signing.PrivateKey(rawRepresentation: secret)), keyID: keyID)
            case .ecdsaP256: self.init(.p256(try P256.Signing.PrivateKey(rawRepresentation: secret)), keyID: keyID)
            }
        } catch {
            throw .malformed("private key")
        }
    }

    init(_ secret: Secret, keyID: String? = nil) {
        self.secret = secret
        switch secret {
        case .ed25519(let key): verifyingKey = VerifyingKey(.ed25519(key.publicKey), keyID: keyID)
        case .p256(let key): verifyingKey = VerifyingKey(.p256(key.publicKey), keyID: keyID)
        }
    }

    /// 64 bytes: R ‖ S. Ed25519 always gives the same, ECDSA another each time.
    public func signature(over content: [UInt8]) throws(KeyError) -> [UInt8] {
        do {
            switch secret {
            case .ed25519(let key): return Array(try key.signature(for: content))
            case .p256(let key): return Array(try key.signature(for: content).rawRepresentation)
            }
        } catch {
            throw .cannotSign
        }
    }

    /// 32 bytes, for writing the key down.
    var secretBytes: [UInt8] {
        switch secret {
        case .ed25519(let key): Array(key.rawRepresentation)
        case .p256(let key): Array(key.rawRepresentation)
        }
    }

    /// PKCS #8 (RFC 5958, RFC 8410) between `BEGIN PRIVATE KEY` lines.
    public var pem: String {
        switch secret {
        case .ed25519(let key): key.pemRepresentation
        case .p256(let key): key.pemRepresentation
        }
    }

    /// Reads PKCS #8, and for P-256 also SEC 1 (`BEGIN EC PRIVATE KEY`).
    public init(pem: String, keyID: String? = nil) throws(KeyError) {
        if let key = try? Curve25519.Signing.PrivateKey(pemRepresentation: pem) {
            self.init(.ed25519(key), keyID: keyID)
        } else if let key = try? P256.Signing.PrivateKey(pemRepresentation: pem) {
            self.init(.p256(key), keyID: keyID)
        } else {
            throw .malformed("private key in PEM")
        }
    }
}
