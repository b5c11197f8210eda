import Values

/// Values of header lines. Free text is either printable ASCII or encoded words, so nothing in it can begin another line.
enum MailHeader {
    /// Unstructured text (RFC 5322 section 2.2.1), in encoded words (RFC 2047) when it needs them.
    static func text(_ text: String) -> String {
        let line = withoutControls(text)
        let isPlain = line.utf8.count <= 60 && line.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } && !line.contains("=?")
        return isPlain ? line : encodedWords(line)
    }

    /// `"Name" <address>`; only letters, digits and blanks stand in quotes, everything else is encoded.
    static func mailbox(_ name: String, _ address: MailAddress) -> String {
        let line = withoutControls(name)
        guard !line.isEmpty else { return "<\(address)>" }
        let isPlain = line.utf8.count <= 40
            && line.utf8.allSatisfy { (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || $0 == 0x20 }
        return isPlain ? "\"\(line)\" <\(address)>" : "\(encodedWords(line))\r\n <\(address)>"
    }

    /// `Mon, 23 Nov 2026 16:10:57 +0000` (RFC 5322 section 3.3).
    static func date(_ time: Instant) -> String {
        let day = time.seconds / 86_400 - (time.seconds % 86_400 < 0 ? 1 : 0)
        let (date, second) = (CalendarDate(daysSince1970: day), time.seconds - day * 86_400)
        let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let clock = [second / 3_600, second / 60 % 60, second % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
        return "\(weekdays[date.weekday]), \(date.day) \(months[date.month - 1]) \(date.year) \(clock) +0000"
    }

    /// `=?UTF-8?B?…?=`, each at most 75 characters, cut between characters and never inside one (RFC 2047 sections 2 and 5).
    private static func encodedWords(_ text: String) -> String {
        var (words, current) = ([String](), [UInt8]())
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if current.count + bytes.count > 45 {
                words.append(word(current))
                current = []
            }
            current += bytes
        }
        if !current.isEmpty { words.append(word(current)) }
        return words.joined(separator: "\r\n ")
    }

    private static func word(_ bytes: [UInt8]) -> String { "=?UTF-8?B?\(Base64.encode(bytes))?=" }

    /// Control characters and the separators of lines and paragraphs become blanks.
    private static func withoutControls(_ text: String) -> String {
        var kept = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029
            kept.append(isControl ? " " : scalar)
        }
        return String(kept)
    }
}
