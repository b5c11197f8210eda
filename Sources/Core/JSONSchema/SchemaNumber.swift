import Values

/// Types, equality and arithmetic of JSON values as JSON Schema sees them: `1` and `1.0` are the same integer (core, section 4.2.2), and
/// strings are the same only when every scalar is.
enum SchemaNumber {
    static func isType(_ value: JSON, _ type: String) -> Bool {
        switch (type, value) {
        case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array), ("object", .object): true
        case ("number", .int), ("number", .double), ("integer", .int): true
        case ("integer", .double(let number)): number.rounded() == number
        default: false
        }
    }

    /// The same value with every whole number written as an integer.
    static func normal(_ value: JSON) -> JSON {
        switch value {
        case .double(let number): Int64(exactly: number).map(JSON.int) ?? value
        case .array(let items): .array(items.map(normal))
        case .object(let members): .object(members.mapValues(normal))
        default: value
        }
    }

    static func isSame(_ left: JSON, _ right: JSON) -> Bool {
        switch (left, right) {
        case (.string(let a), .string(let b)): return a.utf8.elementsEqual(b.utf8)
        case (.int, .double), (.double, .int): return normal(left) == normal(right)
        case (.array(let a), .array(let b)): return a.elementsEqual(b, by: isSame)
        case (.object(let a), .object(let b)):
            return a.count == b.count && a.allSatisfy { name, value in b[name].map { isSame(value, $0) } ?? false }
        default: return left == right
        }
    }

    static func isLess(_ left: JSON, _ right: JSON) -> Bool {
        if case .int(let a) = left, case .int(let b) = right { return a < b }
        guard let a = left.double, let b = right.double else { return false }
        return a < b
    }

    /// Exact, on the decimal digits as they were written: `19.99` is a multiple of `0.01`, though no binary division says so.
    static func isMultiple(_ value: JSON, of factor: JSON) -> Bool {
        guard let number = Decimal(value), let divisor = Decimal(factor), divisor.digits > 0 else { return false }
        if number.digits == 0 { return true }
        if number.exponent >= divisor.exponent {
            var remainder = UInt128(number.digits) % UInt128(divisor.digits)
            for _ in 0..<(number.exponent - divisor.exponent) {
                if remainder == 0 { return true }
                remainder = remainder * 10 % UInt128(divisor.digits)
            }
            return remainder == 0
        }
        var scaled = UInt128(divisor.digits)
        for _ in 0..<(divisor.exponent - number.exponent) {
            scaled *= 10
            if scaled > UInt128(number.digits) { return false }
        }
        return UInt128(number.digits) % scaled == 0
    }

    /// `digits` × 10^`exponent`, without the sign.
    private struct Decimal {
        var digits: UInt64
        var exponent = 0

        init?(_ value: JSON) {
            switch value {
            case .int(let number): digits = number.magnitude
            case .double(let number):
                guard number.isFinite else { return nil }
                let parts = "\(abs(number))".split(separator: "e")
                let halves = parts[0].split(separator: ".")
                let fraction = halves.count > 1 && halves[1] != "0" ? String(halves[1]) : ""
                guard let whole = UInt64(String(halves[0]) + fraction) else { return nil }
                digits = whole
                exponent = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) - fraction.count
            default: return nil
            }
        }
    }
}
