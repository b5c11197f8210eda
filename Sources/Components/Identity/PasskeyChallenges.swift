import Trust
import Values

/// Questions to passkeys (Web Authentication Level 3 section 13.4.3): a time, chance, and a code of ours over both and over what is asked
/// for, so that nothing has to be kept until one is answered.
struct PasskeyChallenges: Sendable {
    static let lifeSeconds: Int64 = 300

    /// What the answer is good for.
    enum Purpose: Sendable, Hashable {
        case signIn
        /// A new passkey of whoever is in this session.
        case adding(sessionID: String)

        var name: String { switch self { case .signIn: "sign-in"; case .adding(let session): "add:\(session)" } }
    }

    let key: HMACKey

    func make(_ purpose: Purpose, at time: Instant) -> [UInt8] {
        let head = withUnsafeBytes(of: time.seconds.bigEndian) { Array($0) } + RandomToken.randomBytes(16)
        return head + code(head, purpose)
    }

    /// Until when an answer must be remembered; nil when the question is not ours, for something else, or too old.
    func expiry(of challenge: [UInt8], _ purpose: Purpose, at time: Instant) -> Instant? {
        guard challenge.count == 40 else { return nil }
        let head = Array(challenge[..<24])
        guard constantTimeEquals(Array(challenge[24...]), code(head, purpose)) else { return nil }
        let began = Instant(seconds: head[..<8].reduce(Int64(0)) { $0 << 8 | Int64($1) })
        let end = began.adding(seconds: PasskeyChallenges.lifeSeconds)
        return time < end ? end : nil
    }

    private func code(_ head: [UInt8], _ purpose: Purpose) -> [UInt8] { Array(key.code(for: head + Array(purpose.name.utf8)).prefix(16)) }
}
