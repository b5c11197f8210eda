/// The number of a person (Hebrew: מספר זהות) or a company in Israel: eight digits and a check digit.
enum NationalNumber {
    /// The nine digits, or nil when the text is no number with a right check digit. Shorter numbers are older and get zeros before them.
    static func read(_ text: String) -> String? {
        guard let digits = TypedDigits.only(text), (5...9).contains(digits.utf8.count) else { return nil }
        let full = String(repeating: "0", count: 9 - digits.utf8.count) + digits
        return isValid(full) && full != "000000000" ? full : nil
    }

    /// Digits weighted 1, 2, 1, 2 …, each product's digits summed; the total is a multiple of ten.
    static func isValid(_ digits: String) -> Bool {
        let values = digits.utf8.map { Int($0) - 0x30 }
        guard values.count == 9, values.allSatisfy({ (0...9).contains($0) }) else { return false }
        let total = values.enumerated().reduce(0) { sum, item in
            let product = item.element * (item.offset.isMultiple(of: 2) ? 1 : 2)
            return sum + product / 10 + product % 10
        }
        return total.isMultiple(of: 10)
    }
}
