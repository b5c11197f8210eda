/// Telephone numbers, kept as E.164 (ITU-T): `+972501234567`.
enum PhoneNumber {
    /// Israeli numbers as people write them, and any other number with its `+` and country code.
    static func read(_ text: String) -> String? {
        let western = TypedDigits.western(text)
        let isInternational = western.drop(while: \.isWhitespace).hasPrefix("+") || western.drop(while: \.isWhitespace).hasPrefix("00")
        let plain = western.drop(while: \.isWhitespace)
        guard var digits = TypedDigits.only(String(plain.hasPrefix("+") ? plain.dropFirst() : plain)) else { return nil }
        if isInternational, digits.hasPrefix("00"), !plain.hasPrefix("+") { digits = String(digits.dropFirst(2)) }
        if digits.hasPrefix("972") {
            var national = String(digits.dropFirst(3))
            if !national.hasPrefix("0") { national = "0" + national }
            return israeli(national)
        }
        if isInternational { return (8...15).contains(digits.utf8.count) && !digits.hasPrefix("0") ? "+" + digits : nil }
        return israeli(digits)
    }

    /// 05x and 07x have ten digits, the areas 02, 03, 04, 08 and 09 nine.
    private static func israeli(_ national: String) -> String? {
        let digits = Array(national.utf8)
        guard digits.count >= 9, digits[0] == UInt8(ascii: "0") else { return nil }
        let length: Int
        switch digits[1] {
        case UInt8(ascii: "5"), UInt8(ascii: "7"): length = 10
        case UInt8(ascii: "2"), UInt8(ascii: "3"), UInt8(ascii: "4"), UInt8(ascii: "8"), UInt8(ascii: "9"): length = 9
        default: return nil
        }
        return digits.count == length ? "+972" + national.dropFirst() : nil
    }

    /// As it is read in Israel: `050-123-4567`, `02-629-1234`.
    static func national(_ number: String) -> String {
        guard number.hasPrefix("+972") else { return number }
        let digits = "0" + number.dropFirst(4)
        let head = digits.count == 10 ? 3 : 2
        let rest = digits.dropFirst(head)
        return "\(digits.prefix(head))-\(rest.prefix(3))-\(rest.dropFirst(3))"
    }
}
