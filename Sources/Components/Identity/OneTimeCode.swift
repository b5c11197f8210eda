import Trust
import Values

/// Six digits sent by e-mail: good for ten minutes, one use and five tries.
struct OneTimeCode: Sendable, Hashable {
    static let validSeconds: Int64 = 10 * 60
    static let triesMax = 5
    /// How many are sent for one registration or sign-in.
    static let issuesMax = 5

    let digits: String

    static func random() -> OneTimeCode { OneTimeCode(digits: OneTimePassword.random(digits: 6)) }

    enum Outcome: Sendable, Hashable {
        case right
        case wrong(triesLeft: Int)
        /// Tried too often: no code will do.
        case void
        case expired
    }

    /// What was typed, without the spaces mail programs put in; nil when it cannot be a code.
    static func read(_ text: String) -> String? {
        guard text.utf8.count <= 64 else { return nil }
        var digits = ""
        for character in text where !character.isWhitespace && character != "-" {
            guard let value = character.wholeNumberValue, (0...9).contains(value) else { return nil }
            digits += "\(value)"
        }
        return digits.utf8.count == 6 ? digits : nil
    }
}
