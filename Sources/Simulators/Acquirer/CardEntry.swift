import Values
import Web

/// What was typed on the hosted page, checked. It lives for one request and is never stored, logged or shown again.
struct CardEntry: Sendable {
    enum Fault: String, Sendable, Error {
        case numberMissing = "number-missing"
        case numberWrong = "number-wrong"
        case notATestCard = "number-real"
        case expiryWrong = "expiry-wrong"
        case expiryPast = "expiry-past"
        case codeWrong = "code-wrong"
        case nameMissing = "name-missing"

        /// The field it stands at.
        var field: String { String(rawValue.prefix { $0 != "-" }) }
    }

    let card: TestCard

    /// The card, or everything that is wrong, in the order of the fields.
    static func read(_ form: Fields, on today: CalendarDate) -> (entry: CardEntry?, faults: [Fault]) {
        var faults: [Fault] = []
        var card: TestCard?
        do throws(Fault) { card = try number(form["number"] ?? "") } catch { faults.append(error) }
        if let fault = expiryFault(form["expiry"] ?? "", on: today) { faults.append(fault) }
        let code = form.trimmed("code") ?? ""
        if code.utf8.count != 3 || !code.utf8.allSatisfy(isDigit) { faults.append(.codeWrong) }
        if form.trimmed("name").map({ $0.count > 100 }) ?? true { faults.append(.nameMissing) }
        guard faults.isEmpty, let card else { return (nil, faults) }
        return (CardEntry(card: card), [])
    }

    private static func number(_ text: String) throws(Fault) -> TestCard {
        guard text.utf8.count <= 64 else { throw .numberWrong }
        let digits = text.filter { $0 != " " && $0 != "-" }
        guard !digits.isEmpty else { throw .numberMissing }
        guard (12...19).contains(digits.utf8.count), passesLuhn(digits) else { throw .numberWrong }
        guard let card = TestCard.find(digits) else { throw .notATestCard }
        return card
    }

    /// The check digit of card numbers (ISO/IEC 7812-1 annex B). False for text with anything but digits.
    static func passesLuhn(_ digits: String) -> Bool {
        var sum = 0
        for (place, byte) in digits.utf8.reversed().enumerated() {
            guard isDigit(byte) else { return false }
            let digit = Int(byte - UInt8(ascii: "0"))
            let doubled = place.isMultiple(of: 2) ? digit : digit * 2
            sum += doubled > 9 ? doubled - 9 : doubled
        }
        return !digits.isEmpty && sum.isMultiple(of: 10)
    }

    /// `MM/YY`, also with spaces, four digits of the year, or no slash. A card is good to the end of its month.
    private static func expiryFault(_ text: String, on today: CalendarDate) -> Fault? {
        guard text.utf8.count <= 16 else { return .expiryWrong }
        let digits = text.filter { $0 != " " && $0 != "/" }
        guard digits.utf8.count == 4 || digits.utf8.count == 6, digits.utf8.allSatisfy(isDigit), let month = Int(digits.prefix(2)),
            let typed = Int(digits.dropFirst(2)), (1...12).contains(month)
        else { return .expiryWrong }
        let year = digits.utf8.count == 4 ? 2000 + typed : typed
        guard (2000...2099).contains(year) else { return .expiryWrong }
        return (year, month) < (today.year, today.month) ? .expiryPast : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
