import Contracts
import Values

/// What somebody is known by outside: a national number, or the papers of whoever has none.
struct IdentityNumber: Sendable, Hashable {
    enum Kind: String, Sendable, CaseIterable {
        case national = "national-number"
        case passport, permit
    }

    let kind: Kind
    /// Nine digits; or the country (ISO 3166-1 alpha-2), a hyphen and the passport's number; or the permit's letter and digits.
    let value: String

    static func national(_ digits: String) -> IdentityNumber { IdentityNumber(kind: .national, value: digits) }
    static func national(_ number: NationalNumber) -> IdentityNumber { national(number.digits) }

    /// Nil when it cannot be the number of a passport (ICAO Doc 9303 part 3, section 4.6: letters and digits only).
    static func passport(country: String, number: String) -> IdentityNumber? {
        let (country, number) = (plain(country), plain(number))
        guard country.utf8.count == 2, country.utf8.allSatisfy(isLetter), (5...12).contains(number.utf8.count),
            number.utf8.allSatisfy({ isLetter($0) || isDigit($0) }), number.utf8.contains(where: isDigit)
        else { return nil }
        return IdentityNumber(kind: .passport, value: "\(country)-\(number)")
    }

    /// The letter F, seven digits and a check digit of the same weights as the national number's. Nil when it does not fit.
    static func permit(_ text: String) -> IdentityNumber? {
        let text = plain(text)
        guard text.utf8.count == 9, text.utf8.first == 0x46, text.utf8.dropFirst().allSatisfy(isDigit), NationalNumber(String(text.dropFirst())) != nil
        else { return nil }
        return IdentityNumber(kind: .permit, value: text)
    }

    /// Reads what people type where any of the three may stand.
    static func read(_ text: String) -> IdentityNumber? {
        guard text.utf8.count <= 64 else { return nil }
        if let number = NationalNumber(text) { return national(number) }
        if let permit = permit(text) { return permit }
        let plain = plain(text)
        return passport(country: String(plain.prefix(2)), number: String(plain.dropFirst(2)))
    }

    private init(kind: Kind, value: String) { (self.kind, self.value) = (kind, value) }

    /// What was kept by `kind` and `value`.
    init?(kind: String, value: String) {
        guard let kind = Kind(rawValue: kind) else { return nil }
        self.init(kind: kind, value: value)
    }

    private static func plain(_ text: String) -> String {
        guard text.utf8.count <= 64 else { return "" }
        return text.uppercased().filter { !$0.isWhitespace && $0 != "-" && $0 != "\u{200E}" && $0 != "\u{200F}" }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
