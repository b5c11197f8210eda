/// Numbers as ECMAScript writes them (ECMA-262 `Number::toString`, RFC 8785 section 3.2.2.3).
enum CanonicalNumber {
    static func text(of value: Double) throws(CanonicalJSONError) -> String {
        guard value.isFinite else { throw .notFinite }
        if value == 0 { return "0" }
        let (digits, point) = decimal(of: value.magnitude)
        let sign = value < 0 ? "-" : ""
        let count = digits.count
        func zeros(_ count: Int) -> String { String(repeating: "0", count: count) }
        switch point {
        case count...max(count, 21) where point <= 21:
            return sign + digits + zeros(point - count)
        case 1...21:
            return sign + digits.prefix(point) + "." + digits.dropFirst(point)
        case -5...0:
            return sign + "0." + zeros(-point) + digits
        default:
            let fraction = count == 1 ? "" : "." + digits.dropFirst()
            return sign + digits.prefix(1) + fraction + "e" + (point > 0 ? "+" : "-") + String(abs(point - 1))
        }
    }

    /// The shortest digits that read back as the same double, without zeros at either end, and where the decimal point stands
    /// counted from their start. Swift's own description yields those digits; only its layout differs from ECMAScript's.
    private static func decimal(of value: Double) -> (digits: String, point: Int) {
        var digits: [UInt8] = []
        var point: Int?
        var exponent = 0
        let text = Array(value.description.utf8)
        for (index, byte) in text.enumerated() {
            if byte == UInt8(ascii: ".") {
                point = digits.count
            } else if byte == UInt8(ascii: "e") {
                exponent = Int(String(decoding: text[(index + 1)...], as: UTF8.self)) ?? 0
                break
            } else {
                digits.append(byte)
            }
        }
        var place = (point ?? digits.count) + exponent
        let leading = digits.prefix { $0 == UInt8(ascii: "0") }.count
        digits.removeFirst(leading)
        place -= leading
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return (String(decoding: digits, as: UTF8.self), place)
    }
}
