import Values

/// Conversions and comparisons of JavaScript (ECMA-262, section 7), which JsonLogic takes over.
enum JsonLogicValues {
    /// `Number(value)`.
    static func number(_ value: JSON) -> Double {
        switch value {
        case .null: 0
        case .bool(let flag): flag ? 1 : 0
        case .int(let number): Double(number)
        case .double(let number): number
        case .string(let text): number(ofText: text)
        case .array(let items): items.isEmpty ? 0 : items.count == 1 ? number(.string(text(items[0]))) : .nan
        case .object: .nan
        }
    }

    private static func number(ofText text: String) -> Double {
        let trimmed = trimmed(text)
        if trimmed.isEmpty { return 0 }
        return trimmed.utf8.allSatisfy(isNumeric) ? Double(trimmed) ?? .nan : .nan
    }

    /// `parseFloat(value)`: the number a text begins with.
    static func leadingNumber(_ value: JSON) -> Double {
        switch value {
        case .int, .double: return number(value)
        default:
            var prefix = String(decoding: trimmed(text(value)).utf8.prefix(40).prefix(while: isNumeric), as: UTF8.self)
            while !prefix.isEmpty {
                if let number = Double(prefix) { return number }
                prefix.removeLast()
            }
            return .nan
        }
    }

    private static func isNumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte)
    }

    private static func trimmed(_ text: String) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }

    /// `String(value)`.
    static func text(_ value: JSON) -> String {
        switch value {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .int(let number): String(number)
        case .double(let number): Int64(exactly: number).map(String.init) ?? "\(number)"
        case .string(let text): text
        case .array(let items): items.map { $0 == .null ? "" : text($0) }.joined(separator: ",")
        case .object: "[object Object]"
        }
    }

    /// Whole results stay whole numbers; what is no number is null.
    static func json(_ number: Double) -> JSON {
        guard number.isFinite else { return .null }
        return Int64(exactly: number).map(JSON.int) ?? .double(number)
    }

    /// `===`.
    static func isStrictlyEqual(_ left: JSON, _ right: JSON) -> Bool {
        if let a = left.double, let b = right.double { return a == b && left.int == right.int }
        return left == right
    }

    /// `==`.
    static func isLooselyEqual(_ left: JSON, _ right: JSON) -> Bool {
        switch (left, right) {
        case (.null, .null): return true
        case (.null, _), (_, .null): return false
        case (.string, .string), (.array, .array), (.object, .object): return left == right
        case (.array, .string), (.string, .array), (.object, .string), (.string, .object): return text(left) == text(right)
        default: return number(left) == number(right)
        }
    }

    static func isLess(_ left: JSON, _ right: JSON) -> Bool {
        if case .int(let a) = left, case .int(let b) = right { return a < b }
        if isText(left), isText(right) { return text(left).utf16.lexicographicallyPrecedes(text(right).utf16) }
        return number(left) < number(right)
    }

    static func isLessOrEqual(_ left: JSON, _ right: JSON) -> Bool {
        if isText(left), isText(right) { return !isLess(right, left) }
        return number(left) <= number(right)
    }

    private static func isText(_ value: JSON) -> Bool {
        switch value {
        case .string, .array, .object: true
        default: false
        }
    }
}
