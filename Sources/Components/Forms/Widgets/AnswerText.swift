import Contracts
import Language
import Values

/// Answers in words, for "check your answers" and for officers.
struct AnswerText: Sendable {
    let language: Language
    let catalogue: StringCatalogue
    let places: PlaceIndex

    /// One line; empty for an answer that is not there.
    func text(_ value: JSON?, of field: FormField) -> String {
        guard let value, value != .null else { return "" }
        switch field.widget {
        case .text, .longText, .email: return value.string ?? value.text
        case .number: return number(value, field)
        case .money: return value.int.map { Formats.money(Money(minorUnits: $0), in: language) } ?? ""
        case .date: return value.string.flatMap { CalendarDate($0) }.map(date) ?? ""
        case .yesNo: return catalogue.text(value == true ? "forms.yes" : "forms.no", in: language)
        case .declaration: return catalogue.text(value == true ? "forms.declared" : "forms.not-declared", in: language)
        case .choice: return option(value, field)
        case .choices: return (value.array ?? []).map { option($0, field) }.joined(separator: language == .ar ? "، " : ", ")
        case .locality: return value.int.flatMap { places.place(Int(clamping: $0)) }?.name.text(in: language) ?? value.text
        case .address: return address(value)
        case .nationalNumber: return value.string ?? ""
        case .phone: return PhoneNumber.national(value.string ?? "")
        case .bankAccount:
            let bank = value["bank"]?.int.map { catalogue.text("forms.bank.\($0)", in: language) } ?? ""
            return catalogue.text(
                "forms.bank-account", in: language,
                ["bank": bank, "branch": value["branch"]?.string ?? "", "account": value["account"]?.string ?? ""])
        case .person:
            return [value["givenName"]?.string, value["familyName"]?.string, value["nationalNumber"]?.string].compactMap(\.self).joined(separator: " ")
        case .business: return [value["name"]?.string, value["number"]?.string].compactMap(\.self).joined(separator: ", ")
        case .file: return (value.array ?? []).compactMap { $0["name"]?.string }.joined(separator: ", ")
        case .group: return catalogue.text("forms.entries", count: value.array?.count ?? 0, in: language)
        }
    }

    /// Whether the text is a number or an address of the net, which stays left-to-right.
    func isLeftToRight(_ field: FormField) -> Bool {
        [.nationalNumber, .phone, .email].contains(field.widget)
    }

    /// In Hebrew the day of the Hebrew calendar stands beside it.
    private func date(_ date: CalendarDate) -> String {
        let civil = Formats.date(date, in: language)
        return language == .he ? "\(civil) (\(Formats.hebrewDate(date)))" : civil
    }

    private func option(_ value: JSON, _ field: FormField) -> String {
        field.options.first { $0.value == value.string }?.label.text(in: language) ?? value.string ?? ""
    }

    private func number(_ value: JSON, _ field: FormField) -> String {
        let text: String = if let whole = value.int { Formats.number(whole, in: language) } else {
            Formats.number(value.double ?? 0, decimals: field.decimals, in: language)
        }
        guard let unit = field.unit?.text(in: language) else { return text }
        return "\(text)\u{A0}\(unit)"
    }

    private func address(_ value: JSON) -> String {
        let place = value["localityCode"]?.int.flatMap { places.place(Int(clamping: $0)) }
        let town = place?.name.text(in: language) ?? value["locality"]?.string ?? ""
        let streetName = language == .he || language == .ar ? value["street"]?.string : value["streetLatin"]?.string ?? value["street"]?.string
        let street = [streetName, value["house"]?.string].compactMap(\.self).joined(separator: " ")
        let apartment = value["apartment"]?.string.map { catalogue.text("forms.apartment-number", in: language, ["number": $0]) }
        return [street.isEmpty ? nil : street, apartment, town].compactMap(\.self).joined(separator: language == .ar ? "، " : ", ")
    }
}
