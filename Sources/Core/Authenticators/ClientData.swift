internal import Trust
internal import Values

/// What the browser says it was doing (Web Authentication Level 3 section 5.8.1). The authenticator signs its hash.
struct ClientData: Sendable {
    static let bytesMax = 8_192

    let challenge: [UInt8]
    let origin: String
    let isCrossOrigin: Bool
    let hash: [UInt8]

    /// - Parameter type: `webauthn.create` or `webauthn.get`.
    init(_ text: String?, type: String) throws(PasskeyError) {
        guard let text, text.utf8.count <= ClientData.bytesMax, let bytes = Base64.decodeURL(text), let json = try? JSON.parse(bytes),
            json["type"]?.string == type, let challenge = json["challenge"]?.string.flatMap(Base64.decodeURL), let origin = json["origin"]?.string
        else { throw .malformed("clientDataJSON") }
        (self.challenge, self.origin, hash) = (challenge, origin, Fingerprint.bytes(of: bytes))
        isCrossOrigin = json["crossOrigin"]?.bool == true || json["topOrigin"] != nil
    }

    func check(at site: RelyingParty) throws(PasskeyError) {
        guard origin == site.origin, !isCrossOrigin else { throw .otherSite }
    }
}

/// What the authenticator says of itself in its first 37 bytes (section 6.1).
struct AuthenticatorData: Sendable {
    struct Flags: OptionSet, Sendable {
        let rawValue: UInt8
        static let isPresent = Flags(rawValue: 1 << 0)
        static let isVerified = Flags(rawValue: 1 << 2)
        static let isBackupEligible = Flags(rawValue: 1 << 3)
        static let isBackedUp = Flags(rawValue: 1 << 4)
        static let hasCredential = Flags(rawValue: 1 << 6)
    }

    let bytes: [UInt8]
    var flags: Flags { Flags(rawValue: bytes[32]) }

    init(_ bytes: [UInt8]) throws(PasskeyError) {
        guard (37...65_536).contains(bytes.count) else { throw .malformed("authenticator data") }
        self.bytes = bytes
    }

    func check(at site: RelyingParty) throws(PasskeyError) {
        guard Array(bytes[..<32]) == Fingerprint.bytes(of: Array(site.id.utf8)) else { throw .otherSite }
        guard flags.isSuperset(of: [.isPresent, .isVerified]) else { throw .notVerified }
    }
}
