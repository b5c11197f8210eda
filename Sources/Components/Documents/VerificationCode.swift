import Trust

/// The code printed on a paper: 60 random bits as twelve signs of Crockford's base 32, in groups of four, such as `7K2M-9QXA-04TD`. Nobody
/// can guess one; I, L and O are read as the digits they look like.
struct VerificationCode: Sendable, Hashable, CustomStringConvertible {
    private static let signs = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    static let length = 12

    /// Twelve signs without hyphens.
    let text: String

    static func random() -> VerificationCode {
        VerificationCode(text: String(RandomToken.randomBytes(length).map { signs[Int($0 & 31)] }))
    }

    private init(text: String) { self.text = text }

    /// Reads what a person typed, in any case, with or without hyphens and blanks; nil when it cannot be a code.
    init?(_ typed: String) {
        guard typed.utf8.count <= 64 else { return nil }
        var text = ""
        for character in typed.uppercased() where !character.isWhitespace && !"-‐‑–—־".contains(character) {
            let sign: Character = switch character {
            case "O": "0"
            case "I", "L": "1"
            default: character
            }
            guard VerificationCode.signs.contains(sign) else { return nil }
            text.append(sign)
        }
        guard text.count == VerificationCode.length else { return nil }
        self.text = text
    }

    var description: String {
        stride(from: 0, to: VerificationCode.length, by: 4).map { String(text.dropFirst($0).prefix(4)) }.joined(separator: "-")
    }
}
