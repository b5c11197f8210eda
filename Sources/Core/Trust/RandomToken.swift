internal import Values

/// Random text nobody can guess: session ids, CSRF tokens, nonces, links sent by e-mail.
public enum RandomToken {
    /// `bytes` random bytes of the system's generator as base64url without padding (32 bytes give 43 characters).
    public static func make(bytes count: Int = 32) -> String { Base64.encodeURL(randomBytes(count)) }

    /// Random bytes of the system's generator (`getrandom` on Linux).
    public static func randomBytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        var output: [UInt8] = []
        output.reserveCapacity(count + 8)
        while output.count < count {
            withUnsafeBytes(of: generator.next() as UInt64) { output.append(contentsOf: $0) }
        }
        output.removeLast(output.count - max(0, count))
        return output
    }
}
