internal import Crypto
internal import Values

/// Why a key file is not accepted.
public enum KeyringError: Error, Equatable, CustomStringConvertible {
    /// The line (from 1) that is no key, or whose id does not fit its key.
    case damaged(path: String, line: Int)
    /// Not exactly one `current` and one `lookup` key, or two keys of one id.
    case inconsistent(path: String)
    case unknownKey(String)

    public var description: String {
        switch self {
        case .damaged(let path, let line): "\(path), line \(line), is not a key. Restore the file from its copy."
        case .inconsistent(let path): "\(path) needs exactly one current and one lookup key. Restore the file from its copy."
        case .unknownKey(let id): "There is no key \(id) in the key file."
        }
    }
}

/// The master keys of one installation, kept in the file `master.keys` (mode 0600), one per line: role, id, key.
///
/// - `current` seals; exactly one.
/// - `retained` only opens: former keys, and new ones that every process should know before one of them seals with it.
/// - `lookup` stands apart from rotation, because what it derives (blind indexes, HMAC keys) is compared with what was stored earlier.
public struct Keyring: Sendable {
    struct MasterKey: Sendable {
        /// The first four bytes of `SHA-256("vault key id" ‖ 0x00 ‖ key)`, so that a damaged key is noticed at start.
        let id: UInt32
        let bytes: [UInt8]
        var name: String { Keyring.name(of: id) }

        init(bytes: [UInt8]) {
            self.bytes = bytes
            id = Fingerprint.bytes(of: Array("vault key id\0".utf8) + bytes).prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
        }

        static func random() -> MasterKey { MasterKey(bytes: RandomToken.randomBytes(32)) }
    }

    let current: MasterKey
    let retained: [MasterKey]
    let lookup: MasterKey

    /// The key that seals, as eight hexadecimal digits.
    public var currentID: String { current.name }
    /// Every key that opens, the current one first.
    public var keyIDs: [String] { [current.name] + retained.map(\.name) }

    /// Keys that live as long as the process: for tests and trials.
    public static func random() -> Keyring { Keyring(current: .random(), retained: [], lookup: .random()) }

    /// Reads `master.keys` in the folder, or makes it with fresh keys at the first start. Throws `SecretFileError` or `KeyringError`.
    public static func open(folder: String) throws -> Keyring {
        let path = file(in: folder)
        return try Keyring(text: try SecretFile.openOrCreate(path) { Array(random().text.utf8) }, path: path)
    }

    /// Adds a key that opens but does not seal yet. First step of a rotation where several processes run; restart them after it.
    /// Returns the new key's id for `promote`.
    public static func stage(folder: String) throws -> String {
        let fresh = MasterKey.random()
        try change(folder) { Keyring(current: $0.current, retained: $0.retained + [fresh], lookup: $0.lookup) }
        return fresh.name
    }

    /// Makes a staged or former key the one that seals. Processes seal with it from their next start.
    public static func promote(_ id: String, folder: String) throws {
        try change(folder) { old in
            if old.current.name == id { return old }
            guard let chosen = old.retained.first(where: { $0.name == id }) else { throw KeyringError.unknownKey(id) }
            return Keyring(current: chosen, retained: [old.current] + old.retained.filter { $0.id != chosen.id }, lookup: old.lookup)
        }
    }

    /// Drops a former key. What it sealed and was not sealed anew can never be opened again.
    public static func forget(_ id: String, folder: String) throws {
        try change(folder) { old in
            guard old.retained.contains(where: { $0.name == id }) else { throw KeyringError.unknownKey(id) }
            return Keyring(current: old.current, retained: old.retained.filter { $0.name != id }, lookup: old.lookup)
        }
    }

    /// A keyring that seals with a fresh key and still opens what this one opens.
    public func rotated() -> Keyring { Keyring(current: .random(), retained: [current] + retained, lookup: lookup) }

    static func name(of id: UInt32) -> String {
        Hex.encode([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: id >> UInt32($0)) })
    }

    private static func file(in folder: String) -> String { "\(folder)/master.keys" }

    private static func change(_ folder: String, _ transform: (Keyring) throws -> Keyring) throws {
        let path = file(in: folder)
        try SecretFile.locked(folder: folder) {
            let old = try Keyring(text: try SecretFile.read(path), path: path)
            try SecretFile.write(Array(try transform(old).text.utf8), to: path)
        }
    }
}
