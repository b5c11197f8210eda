import Values

/// What people read out on the phone: `ZM-2611-7K3FQ2-9`. Year and month, six characters of Crockford's base 32 (no I, L, O, U), and a
/// check character that catches every single wrong character and every swap of neighbours.
enum CaseNumber {
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

    static func make(on date: CalendarDate, random: UInt32 = .random(in: 0..<(1 << 30))) -> String {
        let period = "\(two(date.year % 100))\(two(date.month))"
        let body = String((0..<6).map { alphabet[Int(random >> UInt32(25 - 5 * $0)) & 31] })
        return "ZM-\(period)-\(body)-\(check(period + body))"
    }

    /// Reads what a person typed: any case, spaces or dashes, O for 0 and I or L for 1. Nil when the check character is wrong.
    static func parse(_ text: String) -> String? {
        let characters = text.uppercased().compactMap { character -> Character? in
            switch character {
            case "O": "0"
            case "I", "L": "1"
            case "-", " ", "\u{2066}", "\u{2069}", "\u{200E}", "\u{200F}": nil
            default: character
            }
        }
        guard characters.count == 13, characters.prefix(2) == ["Z", "M"] else { return nil }
        let content = String(characters[2..<12])
        guard content.allSatisfy(alphabet.contains), String(characters[12]) == String(check(content)) else { return nil }
        return "ZM-\(content.prefix(4))-\(content.dropFirst(4))-\(characters[12])"
    }

    /// A weighted sum modulo 31, a prime below the alphabet's 32: weights differ between neighbours, so swaps show.
    private static func check(_ content: String) -> Character {
        let sum = content.enumerated().reduce(0) { sum, item in sum + (item.offset + 1) * ((alphabet.firstIndex(of: item.element) ?? 0) % 31 + 1) }
        return alphabet[sum % 31]
    }

    private static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
