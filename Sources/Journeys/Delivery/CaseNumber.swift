import Values

/// What people read out on the phone: `ZM-2611-7K3FQ2-B`. Year and month, six characters of an alphabet without those that are taken for
/// others (I, L, O, U, Z), and a check character. The alphabet has 31 characters and the check counts modulo 31, a prime: a single wrong
/// character always shows, and so does every swap of neighbours.
enum CaseNumber {
    static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXY")
    private static let count = UInt32(alphabet.count)
    /// 31⁶: how many numbers a month has.
    static let numbersOfMonth = count * count * count * count * count * count

    static func make(on date: CalendarDate, random: UInt32 = .random(in: 0..<numbersOfMonth)) -> String {
        let period = "\(two(date.year % 100))\(two(date.month))"
        var (body, rest) = ([Character](), random % numbersOfMonth)
        for _ in 0..<6 {
            body.append(alphabet[Int(rest % count)])
            rest /= count
        }
        let content = period + String(body)
        return "ZM-\(period)-\(String(body))-\(check(content))"
    }

    /// Reads what a person typed: any case, spaces or dashes, O for 0 and I or L for 1. Nil when the check character is wrong.
    static func parse(_ text: String) -> String? {
        let characters = text.uppercased().compactMap { character -> Character? in
            switch character {
            case "O": "0"
            case "I", "L": "1"
            case "-", " ", "\u{2066}", "\u{2068}", "\u{2069}", "\u{200E}", "\u{200F}": nil
            default: character
            }
        }
        guard characters.count == 13, characters.prefix(2) == ["Z", "M"] else { return nil }
        let content = String(characters[2..<12])
        guard content.allSatisfy(alphabet.contains), characters[12] == check(content) else { return nil }
        return "ZM-\(content.prefix(4))-\(content.dropFirst(4))-\(characters[12])"
    }

    /// A weighted sum with the weights 1 to 10, none divisible by 31: a wrong character changes it. Neighbours' weights differ by one, and a
    /// swap with the check character itself changes both sides by 11 in all: neither is divisible by 31.
    private static func check(_ content: String) -> Character {
        let sum = content.enumerated().reduce(0) { sum, item in sum + (item.offset + 1) * (alphabet.firstIndex(of: item.element) ?? 0) }
        return alphabet[sum % alphabet.count]
    }

    private static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
