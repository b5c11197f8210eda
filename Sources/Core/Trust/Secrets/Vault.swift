internal import Crypto
internal import Synchronization
internal import Values

/// Why sealed bytes stay closed.
public enum VaultError: Error, Equatable {
    /// Too short, or of an unknown version.
    case malformed
    /// Sealed by a master key that is not in the keyring.
    case unknownKey(String)
    /// Changed, cut, sealed for another scope, or moved from where it was sealed.
    case notAuthentic
    /// Opened, but not UTF-8 text.
    case notText
}

/// Encryption of personal data at rest: AES-256-GCM (NIST SP 800-38D) with a data key per scope, derived from a master key by
/// HKDF-SHA256 (RFC 5869).
///
/// Layout of sealed bytes: version (1) ‖ master key id (4) ‖ nonce (12) ‖ ciphertext ‖ tag (16). Version, key id and context are
/// authenticated. Nonces are random, so one scope must not seal more than 2³² values under one master key (SP 800-38D section 8.3);
/// rotate before that.
public struct Vault: Sendable {
    /// How much longer sealed bytes are than the plain ones.
    public static let overheadBytes = 33
    private static let version: UInt8 = 1
    private static let headerBytes = 5

    private let keyring: Keyring
    private let cache = DataKeys()

    public init(keyring: Keyring) { self.keyring = keyring }

    /// - Parameters:
    ///   - scope: whose data it is, such as a body's id or `identity`: each scope has a key of its own.
    ///   - context: where the sealed bytes will lie (table, row, column). Elsewhere they do not open.
    public func seal(_ plaintext: [UInt8], scope: String, context: String) throws(VaultError) -> [UInt8] {
        let header = Vault.header(keyring.current.id)
        let key = cache.key(keyring.current, scope: scope)
        guard let box = try? AES.GCM.seal(plaintext, using: key, authenticating: header + Array(context.utf8)),
            let combined = box.combined
        else { throw .notAuthentic }
        var output = header
        output.reserveCapacity(plaintext.count + Vault.overheadBytes)
        output.append(contentsOf: combined)
        return output
    }

    public func open(_ sealed: [UInt8], scope: String, context: String) throws(VaultError) -> [UInt8] {
        let id = try Vault.keyID(sealed)
        guard let master = keyring.key(id) else { throw .unknownKey(Keyring.name(of: id)) }
        let header = Array(sealed.prefix(Vault.headerBytes))
        guard let box = try? AES.GCM.SealedBox(combined: sealed.dropFirst(Vault.headerBytes)),
            let plaintext = try? AES.GCM.open(
                box, using: cache.key(master, scope: scope), authenticating: header + Array(context.utf8))
        else { throw .notAuthentic }
        return Array(plaintext)
    }

    public func seal(text: String, scope: String, context: String) throws(VaultError) -> [UInt8] {
        try seal(Array(text.utf8), scope: scope, context: context)
    }

    public func openText(_ sealed: [UInt8], scope: String, context: String) throws(VaultError) -> String {
        guard let text = String(validating: try open(sealed, scope: scope, context: context), as: UTF8.self) else { throw .notText }
        return text
    }

    /// False when another than the current master key sealed this: a rotation's job opens it and seals it anew.
    public func isCurrent(_ sealed: [UInt8]) throws(VaultError) -> Bool { try Vault.keyID(sealed) == keyring.current.id }

    /// A keyed hash (HMAC-SHA256, 64 hexadecimal digits) by which a sealed identifier can be found again. Equal values give equal
    /// hashes within a scope; bring a value to one writing first. It survives rotation.
    public func blindIndex(_ value: String, scope: String) -> String {
        Hex.encode(HMACKey(cache.key(keyring.lookup, purpose: "index\0" + scope)).code(for: Array(value.utf8)))
    }

    /// A key for authenticating what the installation hands out and takes back, such as CSRF tokens; one per purpose. It survives
    /// rotation.
    public func key(for purpose: String) -> HMACKey { HMACKey(cache.key(keyring.lookup, purpose: "purpose\0" + purpose)) }

    private static func header(_ id: UInt32) -> [UInt8] {
        [version, UInt8(id >> 24), UInt8(id >> 16 & 255), UInt8(id >> 8 & 255), UInt8(id & 255)]
    }

    private static func keyID(_ sealed: [UInt8]) throws(VaultError) -> UInt32 {
        guard sealed.count >= overheadBytes, sealed[0] == version else { throw .malformed }
        return sealed[1...4].reduce(0) { $0 << 8 | UInt32($1) }
    }
}

extension Keyring {
    func key(_ id: UInt32) -> MasterKey? { current.id == id ? current : retained.first { $0.id == id } }
}

/// Keys derived so far: deriving costs two HMACs, looking up does not.
private final class DataKeys: Sendable {
    private struct Name: Hashable {
        let master: UInt32
        let label: String
    }

    /// Scopes are bodies and a few fixed names, so this is never reached in ordinary use.
    private static let limit = 4096
    private let keys = Mutex<[Name: SymmetricKey]>([:])

    func key(_ master: Keyring.MasterKey, scope: String) -> SymmetricKey { key(master, purpose: "data\0" + scope) }

    func key(_ master: Keyring.MasterKey, purpose label: String) -> SymmetricKey {
        let name = Name(master: master.id, label: label)
        if let key = keys.withLock({ $0[name] }) { return key }
        let key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: master.bytes), info: Array("vault 1\0\(master.name)\0\(label)".utf8), outputByteCount: 32)
        keys.withLock {
            if $0.count >= DataKeys.limit { $0.removeAll() }
            $0[name] = key
        }
        return key
    }
}
