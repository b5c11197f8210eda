internal import Crypto
public import Values

/// Codes that work once: sent to a person, or computed by an app that shares a secret with us.
public enum OneTimePassword {
    /// The hash under HMAC. Authenticator apps use SHA-1, which HMAC does not endanger.
    public enum Hash: Sendable { case sha1, sha256, sha512 }

    /// A random code of decimal digits, each value equally likely, to be sent by message. `digits` is held to 1…9.
    public static func random(digits: Int = 6) -> String {
        padded(UInt32.random(in: 0..<modulus(digits)), digits)
    }

    /// HOTP (RFC 4226 section 5.3).
    public static func hotp(secret: [UInt8], counter: UInt64, digits: Int = 6, hash: Hash = .sha1) -> String {
        let message = withUnsafeBytes(of: counter.bigEndian) { Array($0) }
        let code = code(secret, message, hash)
        let offset = Int(code[code.count - 1] & 15)
        let word = code[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        return padded(word % modulus(digits), digits)
    }

    /// TOTP (RFC 6238 section 4).
    public static func totp(
        secret: [UInt8], at time: Instant, digits: Int = 6, hash: Hash = .sha1, stepSeconds: Int64 = 30
    ) -> String {
        hotp(secret: secret, counter: step(at: time, stepSeconds), digits: digits, hash: hash)
    }

    /// The time step whose code was given, within `window` steps before and after now; nil for a wrong code and for one that was
    /// used before. Keep the answer and pass it as `lastStep` the next time (RFC 6238 section 5.2: a code is accepted once).
    public static func matchingStep(
        _ given: String, secret: [UInt8], at time: Instant, after lastStep: UInt64? = nil, window: UInt64 = 1, digits: Int = 6,
        hash: Hash = .sha1, stepSeconds: Int64 = 30
    ) -> UInt64? {
        let now = step(at: time, stepSeconds)
        var match: UInt64?
        for candidate in (now - min(now, window))...(now + window) {
            let expected = hotp(secret: secret, counter: candidate, digits: digits, hash: hash)
            if matches(given, expected), candidate > lastStep ?? 0 || lastStep == nil { match = candidate }
        }
        return match
    }

    /// Compares two codes in constant time.
    public static func matches(_ given: String, _ expected: String) -> Bool { constantTimeEquals(given, expected) }

    private static func step(at time: Instant, _ stepSeconds: Int64) -> UInt64 {
        UInt64(max(0, time.seconds) / max(1, stepSeconds))
    }

    private static func code(_ secret: [UInt8], _ message: [UInt8], _ hash: Hash) -> [UInt8] {
        let key = SymmetricKey(data: secret)
        return switch hash {
        case .sha1: Array(HMAC<Insecure.SHA1>.authenticationCode(for: message, using: key))
        case .sha256: Array(HMAC<SHA256>.authenticationCode(for: message, using: key))
        case .sha512: Array(HMAC<SHA512>.authenticationCode(for: message, using: key))
        }
    }

    private static func modulus(_ digits: Int) -> UInt32 {
        (0..<min(max(digits, 1), 9)).reduce(1) { product, _ in product * 10 }
    }

    private static func padded(_ value: UInt32, _ digits: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, min(max(digits, 1), 9) - text.count)) + text
    }
}
