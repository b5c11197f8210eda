import JSONSchema
import Language
import Values
import Web

extension FormField {
    /// Longest text an input takes, in Unicode scalars, unless the data schema says less.
    static let textLimit = 300
    static let longTextLimit = 4_000

    /// Reads the field's inputs. Files and repeating groups have pages of their own and are not read here.
    func decode(_ posted: Posted, places: PlaceIndex) -> Decoded {
        let typed = posted.text(name)
        switch widget {
        case .text: return text(typed, limit: FormField.textLimit)
        case .longText: return text(typed, limit: FormField.longTextLimit)
        case .number: return typed.isEmpty ? .absent : number(typed)
        case .money: return typed.isEmpty ? .absent : FormField.money(typed)
        case .date: return date(posted)
        case .yesNo: return typed == "yes" ? .value(true) : typed == "no" ? .value(false) : typed.isEmpty ? .absent : .fault("choose")
        case .choice:
            if typed.isEmpty { return .absent }
            return options.contains { $0.value == typed } ? .value(.string(typed)) : .fault("choice")
        case .choices:
            let chosen = posted.all(name).filter { !$0.isEmpty }
            guard chosen.allSatisfy({ item in options.contains { $0.value == item } }) else { return .fault("choice") }
            return chosen.isEmpty ? .absent : .value(.strings(options.map(\.value).filter(chosen.contains)))
        case .locality: return typed.isEmpty ? .absent : locality(typed, places, part: nil).decoded
        case .address: return address(posted, places)
        case .nationalNumber:
            return typed.isEmpty ? .absent : NationalNumber.read(typed).map { .value(.string($0)) } ?? .fault("national-number")
        case .phone: return typed.isEmpty ? .absent : PhoneNumber.read(typed).map { .value(.string($0)) } ?? .fault("phone")
        case .email: return typed.isEmpty ? .absent : FormField.email(typed)
        case .bankAccount:
            return BankAccount.read(bank: posted.text("\(name).bank"), branch: posted.text("\(name).branch"), account: posted.text("\(name).account"))
        case .person: return person(posted)
        case .business: return business(posted)
        case .declaration: return typed == "yes" ? .value(true) : .absent
        case .file, .group: return .absent
        }
    }

    private func text(_ typed: String, limit: Int) -> Decoded {
        if typed.isEmpty { return .absent }
        guard typed.unicodeScalars.count <= limit else { return .fault("too-long", arguments: ["limit": "\(limit)"]) }
        // Browsers send line ends as CR LF.
        return .value(.string(typed.replacing("\r\n", with: "\n")))
    }

    private func number(_ typed: String) -> Decoded {
        guard let (whole, fraction, isNegative) = FormField.digits(typed), fraction.count <= decimals else {
            return .fault(decimals > 0 ? "number" : "whole-number")
        }
        let sign = isNegative ? "-" : ""
        if fraction.isEmpty { return Int64(sign + whole).map { .value(.int($0)) } ?? .fault("number") }
        return Double("\(sign)\(whole).\(fraction)").map { .value(.double($0)) } ?? .fault("number")
    }

    /// Minor units.
    private static func money(_ typed: String) -> Decoded {
        var text = typed
        for sign in ["₪", "ש\"ח", "ש״ח", "NIS", "ILS"] { text = text.replacing(sign, with: "") }
        guard let (whole, fraction, isNegative) = digits(text), fraction.count <= 2, whole.count <= 12, !isNegative else { return .fault("money") }
        let cents = fraction + String(repeating: "0", count: 2 - fraction.count)
        return Int64(whole + cents).map { .value(.int($0)) } ?? .fault("money")
    }

    /// `-1,234.50` as its parts. Commas and spaces may stand only where they separate thousands.
    private static func digits(_ typed: String) -> (whole: String, fraction: String, isNegative: Bool)? {
        let text = TypedDigits.western(typed).filter { !$0.isWhitespace }.replacing("−", with: "-").replacing("٫", with: ".").replacing("٬", with: ",")
        let isNegative = text.hasPrefix("-")
        let parts = (isNegative ? text.dropFirst() : text[...]).split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let groups = parts[0].split(separator: ",", omittingEmptySubsequences: false)
        let fraction = parts.count > 1 ? String(parts[1]) : ""
        let isGrouped = groups.count == 1 || (groups[0].count <= 3 && groups.dropFirst().allSatisfy { $0.count == 3 })
        let whole = groups.joined()
        let isNumber = !whole.isEmpty && (whole + fraction).utf8.allSatisfy { (0x30...0x39).contains($0) } && (parts.count == 1 || !fraction.isEmpty)
        return isNumber && isGrouped && whole.count <= 15 ? (whole, fraction, isNegative) : nil
    }

    private func date(_ posted: Posted) -> Decoded {
        let parts = ["day", "month", "year"]
        let typed = parts.map { posted.text("\(name).\($0)") }
        if typed.allSatisfy(\.isEmpty) { return .absent }
        for (part, text) in zip(parts, typed) where text.isEmpty { return .fault("date-part", part: part) }
        let numbers = typed.map { TypedDigits.only($0).flatMap { Int($0) } }
        for (part, number) in zip(parts, numbers) where number == nil { return .fault("date", part: part) }
        guard let day = numbers[0], let month = numbers[1], let year = numbers[2] else { return .fault("date", part: "day") }
        guard year >= 1_000 else { return .fault("date-year", part: "year") }
        guard (1...12).contains(month) else { return .fault("date", part: "month") }
        return CalendarDate(year: year, month: month, day: day).map { .value(.string($0.description)) } ?? .fault("date", part: "day")
    }

    private static let emailSchema = try? JSONSchema(["type": "string", "format": "email", "maxLength": 254])

    private static func email(_ typed: String) -> Decoded {
        guard let schema = emailSchema, schema.faults(in: .string(typed)).isEmpty, typed.split(separator: "@").last?.contains(".") ?? false else {
            return .fault("email")
        }
        return .value(.string(typed))
    }
}
