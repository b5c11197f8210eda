/// How much work a password guess takes.
public struct PasswordCost: Sendable, Hashable {
    public let memoryKiB: Int
    public let passes: Int

    public init(memoryKiB: Int, passes: Int) {
        self.memoryKiB = memoryKiB
        self.passes = passes
    }

    /// 64 MiB and 2 passes: libsodium's interactive limits, above the OWASP minimum for argon2id.
    public static let interactive = PasswordCost(memoryKiB: 64 * 1024, passes: 2)

    /// Kept hashes that ask for more than this are not computed: one forged row must not stop the server.
    static let limit = PasswordCost(memoryKiB: 1024 * 1024, passes: 20)

    /// Reads the parameters of an argon2id hash in PHC form, `$argon2id$v=19$m=…,t=…,p=…$salt$hash`; nil for any other text.
    init?(hash: String) {
        let parts = hash.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].isEmpty, parts[1] == "argon2id", parts[2] == "v=19" else { return nil }
        var values: [Substring: Int] = [:]
        for pair in parts[3].split(separator: ",") {
            let sides = pair.split(separator: "=")
            guard sides.count == 2, let value = Int(sides[1]) else { return nil }
            values[sides[0]] = value
        }
        guard let memory = values["m"], let passes = values["t"], memory > 0, passes > 0 else { return nil }
        self.init(memoryKiB: memory, passes: passes)
    }
}

/// Why a password was not hashed or checked.
public enum PasswordError: Error, Equatable {
    /// More people are waiting than the queue may hold: ask to try again in a moment (HTTP 503).
    case busy
    /// Longer than `PasswordHasher.byteLimit`.
    case tooLong
    /// The kept hash is not argon2id, or asks for too much.
    case unusableHash
    /// No memory for the computation.
    case outOfMemory
}
