internal import CFido2
public import Values

/// A passkey as it is kept (Web Authentication Level 3 section 4, "credential record").
public struct Passkey: Sendable, Hashable {
    /// Of COSE (RFC 9053, RFC 8812), in the order in which they are asked for.
    public enum Algorithm: Int32, Sendable, CaseIterable {
        case es256 = -7
        case edDSA = -8
        /// For Windows Hello on older machines.
        case rs256 = -257
    }

    /// At most 1,023 bytes.
    public let credentialID: [UInt8]
    public let algorithm: Algorithm
    /// X ‖ Y for ES256, 32 bytes for EdDSA, n ‖ e for RS256.
    public let publicKey: [UInt8]
    /// Copied between devices by whoever made the authenticator.
    public let isBackedUp: Bool

    public init(credentialID: [UInt8], algorithm: Algorithm, publicKey: [UInt8], isBackedUp: Bool) {
        (self.credentialID, self.algorithm, self.publicKey, self.isBackedUp) = (credentialID, algorithm, publicKey, isBackedUp)
    }

    public var json: JSON {
        [
            "id": .string(Base64.encodeURL(credentialID)), "algorithm": .int(Int64(algorithm.rawValue)), "key": .string(Base64.encodeURL(publicKey)),
            "backedUp": .bool(isBackedUp),
        ]
    }

    public init?(json: JSON) {
        guard let id = json["id"]?.string.flatMap(Base64.decodeURL), let key = json["key"]?.string.flatMap(Base64.decodeURL),
            let algorithm = json["algorithm"]?.int.flatMap({ Algorithm(rawValue: Int32(truncatingIfNeeded: $0)) })
        else { return nil }
        self.init(credentialID: id, algorithm: algorithm, publicKey: key, isBackedUp: json["backedUp"] == true)
    }
}

/// libfido2 wants to be told once that it is there.
enum Fido {
    static let isReady: Bool = {
        fido_init(0)
        return true
    }()
}
