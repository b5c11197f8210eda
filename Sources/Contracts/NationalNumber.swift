/// The number every resident has (Hebrew: מספר זהות): eight digits and a check digit, weights 1 and 2 as in ISO/IEC 7812-1 annex B.
public struct NationalNumber: Sendable, Hashable {
    /// Nine digits, with the zeros in front that people leave out.
    public let digits: String

    /// Reads what people type: spaces and hyphens inside, leading zeros missing, digits of any script. Nil when it is no number or the
    /// check digit is wrong.
    public init?(_ text: String) {
        guard text.utf8.count <= 64 else { return nil }
        var values: [Int] = []
        for character in text where !character.isWhitespace && !NationalNumber.separators.contains(character) {
            guard let value = character.wholeNumberValue, (0...9).contains(value) else { return nil }
            values.append(value)
        }
        guard (5...9).contains(values.count), values.contains(where: { $0 != 0 }) else { return nil }
        values = [Int](repeating: 0, count: 9 - values.count) + values
        guard NationalNumber.checkDigit(of: values.dropLast()) == values[8] else { return nil }
        digits = values.map(String.init).joined()
    }

    /// The digit after these eight.
    public static func checkDigit(of eight: some Collection<Int>) -> Int {
        var sum = 0
        for (index, value) in eight.enumerated() {
            let product = value * (index.isMultiple(of: 2) ? 1 : 2)
            sum += product > 9 ? product - 9 : product
        }
        return (10 - sum % 10) % 10
    }

    private static let separators: Set<Character> = ["-", "‐", "‑", "–", ".", "/", "\u{200E}", "\u{200F}"]
}
