import Language
import Values
import Web

/// The fields of a posted form, as typed.
struct Posted: Sendable, Hashable {
    private(set) var values: [String: [String]] = [:]

    init(_ fields: Fields) { for pair in fields.pairs { values[pair.name, default: []].append(pair.value) } }
    init(_ values: [String: [String]] = [:]) { self.values = values }
    /// How an answer that is already there would have been typed.
    init(_ typed: [String: String]) { values = typed.mapValues { [$0] } }

    /// What was typed, for showing it again.
    func raw(_ name: String) -> String { values[name]?.first ?? "" }

    /// What was meant: without the space around it and without characters that turn text round.
    func text(_ name: String) -> String {
        let text = Bidi.withoutControls(raw(name))
        guard let first = text.firstIndex(where: { !$0.isWhitespace }), let last = text.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(text[first...last])
    }

    /// Every value of a name that may come several times.
    func all(_ name: String) -> [String] { values[name] ?? [] }

    mutating func set(_ name: String, _ texts: [String]) { values[name] = texts }
    mutating func merge(_ other: Posted) { values.merge(other.values) { _, new in new } }
}

/// What a widget makes of what was typed.
enum Decoded: Sendable, Equatable {
    case value(JSON)
    case absent
    /// The code is a key of `forms.fault.…`; `part` names the input of a widget that has several, such as `day`.
    case fault(String, part: String? = nil, arguments: [String: String] = [:])
}

/// Digits as people type them: any script's, and separators taken out.
enum TypedDigits {
    /// The text with every decimal digit of Unicode as 0-9, such as the Arabic ٣ as 3.
    static func western(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar.properties.generalCategory == .decimalNumber, let value = scalar.properties.numericValue,
                let digit = Unicode.Scalar(0x30 + UInt32(value))
            {
                result.append(digit)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    /// Without spaces, hyphens, dots and brackets; nil when something else than digits is left.
    static func only(_ text: String) -> String? {
        let kept = western(text).unicodeScalars.filter { scalar in
            !scalar.properties.isWhitespace && ![0x2D, 0x2010, 0x2011, 0x2013, 0x2212, 0x28, 0x29, 0x2E, 0x2F, 0x05BE].contains(scalar.value)
        }
        let digits = String(String.UnicodeScalarView(kept))
        return !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) } ? digits : nil
    }
}
