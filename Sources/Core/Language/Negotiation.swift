extension Language {
    /// No browser sends more; what follows is not read.
    static let acceptLanguageBytesMax = 1_000

    /// The best of our languages for an `Accept-Language` field (RFC 9110 section 12.5.4): ranges by weight, each found by the lookup
    /// scheme of RFC 4647 section 3.4 (`he-IL` → `he`). `q=0` refuses a language, `*` stands for those not named. Ranges that do not
    /// parse are passed over; when nothing fits the answer is `standard`.
    public static func negotiate(acceptLanguage field: String) -> Language {
        let ranges = field.utf8.prefix(acceptLanguageBytesMax).split(separator: UInt8(ascii: ",")).compactMap(WeightedRange.init)
        let refused = Set(ranges.filter { $0.weight == 0 }.compactMap(\.language))
        let named = Set(ranges.compactMap(\.language))
        // Sorted by weight, equal weights in the order they were written.
        let ordered = ranges.enumerated().sorted { ($1.element.weight, $0.offset) < ($0.element.weight, $1.offset) }.map(\.element)
        for range in ordered where range.weight > 0 {
            if range.tag == "*" {
                if let free = allCases.first(where: { !named.contains($0) }) { return free }
            } else if let language = range.language, !refused.contains(language) {
                return language
            }
        }
        return standard
    }
}

/// One language range with its weight in thousandths, such as `fr-CA;q=0.8`.
private struct WeightedRange {
    let tag: String
    let weight: Int

    init?(_ bytes: Substring.UTF8View.SubSequence) {
        var parts = bytes.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map(WeightedRange.trimmed)
        let tag = parts.removeFirst().lowercased()
        guard !tag.isEmpty, tag.utf8.allSatisfy({ WeightedRange.isTagByte($0) }) else { return nil }
        self.tag = tag
        var weight = 1_000
        for part in parts {
            guard let value = WeightedRange.thousandths(part) else { return nil }
            weight = value
        }
        self.weight = weight
    }

    /// The range shortened subtag by subtag until it is one of our languages. `iw` is the old tag of Hebrew, still sent by old systems.
    var language: Language? {
        var subtags = tag.split(separator: "-")
        while !subtags.isEmpty {
            let shortened = subtags.joined(separator: "-")
            if let language = Language(rawValue: shortened == "iw" ? "he" : shortened) { return language }
            subtags.removeLast()
        }
        return nil
    }

    static func trimmed(_ bytes: Substring.UTF8View.SubSequence) -> String {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        let tail = bytes.drop(while: isSpace)
        let end = tail.lastIndex { !isSpace($0) }
        return end.map { String(decoding: tail[...$0], as: UTF8.self) } ?? ""
    }

    static func isTagByte(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "*")
    }

    /// `q=0.125` as 125; at most three decimals and at most 1 (RFC 9110 section 12.4.2).
    static func thousandths(_ text: String) -> Int? {
        let bytes = Array(text.lowercased().utf8)
        guard bytes.count >= 3, bytes[0] == UInt8(ascii: "q"), bytes[1] == UInt8(ascii: "=") else { return nil }
        let digits = bytes[2...].filter { $0 != UInt8(ascii: ".") }
        guard bytes.count <= 7, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        // One digit, and after a dot up to three more.
        guard (0x30...0x39).contains(bytes[2]), bytes.count == 3 || bytes[3] == UInt8(ascii: "."), bytes.dropFirst(4).count < digits.count else {
            return nil
        }
        let padded = digits + Array(repeating: UInt8(ascii: "0"), count: 4 - digits.count)
        let value = padded.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return value <= 1_000 ? value : nil
    }
}
