/// How a person is reached, brought to one writing.
enum ContactDetails {
    /// An address as people have them: a dot-atom (RFC 5322 section 3.2.3), `@`, and a host name with a dot. Lengths by RFC 5321 section 4.5.3.1.
    static func email(_ text: String) -> String? {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard text.utf8.count <= 254, parts.count == 2, (1...64).contains(parts[0].utf8.count), isDotAtom(parts[0]) else { return nil }
        let labels = parts[1].lowercased().split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, labels.allSatisfy(isLabel), labels.last?.contains(where: \.isLetter) == true else { return nil }
        return "\(parts[0])@\(labels.joined(separator: "."))"
    }

    /// `0501234567` for a number in Israel however it was typed, `+33123456789` (ITU-T E.164) for one abroad.
    static func phone(_ text: String) -> String? {
        guard text.utf8.count <= 64 else { return nil }
        var digits = ""
        for character in text where !character.isWhitespace && !"-–().\u{200E}\u{200F}".contains(character) {
            if character == "+", digits.isEmpty { digits = "+"; continue }
            guard let value = character.wholeNumberValue, (0...9).contains(value) else { return nil }
            digits += "\(value)"
        }
        if digits.hasPrefix("+972") { digits = (digits.hasPrefix("+9720") ? "" : "0") + digits.dropFirst(4) }
        if digits.hasPrefix("+") { return (8...16).contains(digits.count) && !digits.hasPrefix("+0") ? digits : nil }
        return digits.hasPrefix("0") && !digits.hasPrefix("00") && (9...10).contains(digits.count) ? digits : nil
    }

    /// `n•••@example.org`: enough to know one's own address again.
    static func masked(_ email: String) -> String {
        let parts = email.split(separator: "@")
        guard parts.count == 2 else { return "•••" }
        return "\(parts[0].prefix(1))•••@\(parts[1])"
    }

    private static func isDotAtom(_ text: Substring) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty
                && atom.utf8.allSatisfy {
                    (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || "!#$%&'*+/=?^_`{|}~-".utf8.contains($0)
                }
        }
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
            && label.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }
}
