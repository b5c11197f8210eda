internal import Values

// RFC 8941 section 4.1. Keys, strings and tokens reach these from the parser or from this module, so they are within their alphabets.

extension StructuredField.BareItem {
    var text: String {
        switch self {
        case .integer(let value): String(value)
        case .decimal(let thousandths): StructuredField.BareItem.decimalText(thousandths)
        case .string(let value): StructuredField.quoted(value)
        case .token(let value): value
        case .bytes(let value): ":\(Base64.encode(value)):"
        case .boolean(let value): value ? "?1" : "?0"
        }
    }

    private static func decimalText(_ thousandths: Int64) -> String {
        let (whole, fraction) = thousandths.magnitude.quotientAndRemainder(dividingBy: 1000)
        var digits = String(fraction + 1000).dropFirst()
        while digits.count > 1, digits.last == "0" { digits.removeLast() }
        return "\(thousandths < 0 ? "-" : "")\(whole).\(digits)"
    }
}

extension StructuredField {
    static func quoted(_ text: String) -> String {
        var output = "\""
        for character in text.unicodeScalars {
            if character == "\"" || character == "\\" { output.unicodeScalars.append("\\") }
            output.unicodeScalars.append(character)
        }
        return output + "\""
    }
}

extension StructuredField.Parameters {
    var text: String {
        entries.map { $0.value == .boolean(true) ? ";\($0.key)" : ";\($0.key)=\($0.value.text)" }.joined()
    }
}

extension StructuredField.Item {
    var text: String { value.text + parameters.text }
}

extension StructuredField.InnerList {
    var text: String { "(" + items.map(\.text).joined(separator: " ") + ")" + parameters.text }
}

extension StructuredField.Member {
    /// The member alone, as RFC 9421 section 2.1.2 wants it: a lone `?1` is written out.
    var text: String {
        switch self {
        case .item(let item): item.text
        case .innerList(let list): list.text
        }
    }
}

extension StructuredField.Dictionary {
    var text: String {
        entries.map { entry in
            if case .item(let item) = entry.member, item.value == .boolean(true) { return entry.key + item.parameters.text }
            return "\(entry.key)=\(entry.member.text)"
        }.joined(separator: ", ")
    }
}
