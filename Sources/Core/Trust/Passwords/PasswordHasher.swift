internal import CSodium
internal import Foundation

/// Hashes passwords with argon2id (RFC 9106, by libsodium), on a few threads of its own so that neither requests nor memory pile up.
/// One value is shared by the whole process.
public struct PasswordHasher: Sendable {
    public static let byteLimit = 1024
    /// libsodium prepares itself once; later calls find it ready.
    private static let isReady = sodium_init() >= 0

    /// All cores but one: however many passwords are tried, something is left for those who come without one.
    public static let usualThreads = max(1, ProcessInfo.processInfo.activeProcessorCount - 1)

    private let cost: PasswordCost
    private let pool: HashPool

    /// - Parameters:
    ///   - threads: computations at the same time; each takes `cost.memoryKiB`.
    ///   - queueLimit: how many more may wait before callers get `PasswordError.busy`.
    public init(cost: PasswordCost = .interactive, threads: Int = PasswordHasher.usualThreads, queueLimit: Int = 64) {
        self.cost = cost
        pool = HashPool(threads: threads, queueLimit: queueLimit)
    }

    /// A salted hash in PHC form, to be kept.
    public func hash(_ password: String) async throws(PasswordError) -> String {
        let secret = try PasswordHasher.prepare(password)
        let cost = self.cost
        return try await pool.run { PasswordHasher.makeHash(secret, cost) }
    }

    /// Whether the password fits the kept hash. For an unknown person pass nil: the answer is no, and takes as long as any other.
    public func verify(_ password: String, against hash: String?) async throws(PasswordError) -> Bool {
        let secret = try PasswordHasher.prepare(password)
        let cost = self.cost
        guard let hash else {
            _ = try await pool.run { PasswordHasher.makeHash(secret, cost) }
            return false
        }
        guard let asked = PasswordCost(hash: hash), asked.memoryKiB <= PasswordCost.limit.memoryKiB,
            asked.passes <= PasswordCost.limit.passes
        else { throw .unusableHash }
        return try await pool.run {
            guard PasswordHasher.isReady else { return .failure(.outOfMemory) }
            return .success(crypto_pwhash_str_verify(hash, secret.map { CChar(bitPattern: $0) }, UInt64(secret.count)) == 0)
        }
    }

    /// Whether a kept hash was made at another cost: hash anew after the next successful sign-in.
    public func needsRehash(_ hash: String) -> Bool { PasswordCost(hash: hash) != cost }

    private static func makeHash(_ secret: [UInt8], _ cost: PasswordCost) -> Result<String, PasswordError> {
        guard isReady else { return .failure(.outOfMemory) }
        var output = [CChar](repeating: 0, count: crypto_pwhash_strbytes())
        let status = crypto_pwhash_str_alg(
            &output, secret.map { CChar(bitPattern: $0) }, UInt64(secret.count), UInt64(cost.passes), cost.memoryKiB * 1024,
            crypto_pwhash_alg_argon2id13())
        guard status == 0 else { return .failure(.outOfMemory) }
        return .success(String(decoding: output.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    /// The bytes to hash: spaces of every script as U+0020, then NFC, as in the OpaqueString profile (RFC 8265 section 4.2). Keyboards
    /// differ in how they write vowel points and accents; the password stays the same.
    static func prepare(_ password: String) throws(PasswordError) -> [UInt8] {
        guard password.utf8.count <= byteLimit else { throw .tooLong }
        var spaced = ""
        for scalar in password.unicodeScalars {
            spaced.unicodeScalars.append(scalar.properties.generalCategory == .spaceSeparator ? " " : scalar)
        }
        return Array(spaced.precomposedStringWithCanonicalMapping.utf8)
    }
}
