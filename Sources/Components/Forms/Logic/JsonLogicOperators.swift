import Values

/// Operations on values that are already known.
enum JsonLogicOperators {
    /// Nil for a name that is no operation.
    static func apply(_ name: String, _ values: [JSON], _ data: JSON) throws(JsonLogicError) -> JSON? {
        let first = values.first ?? .null
        let second = values.count > 1 ? values[1] : .null
        switch name {
        case "var": return variable(first, data, otherwise: second)
        case "missing": return .array(missing(keys(of: values), data))
        case "missing_some":
            let names = second.array ?? []
            let absent = missing(names, data)
            return .array(names.count - absent.count >= Int(clamping: first.int ?? 0) ? [] : absent)
        case "==": return .bool(JsonLogicValues.isLooselyEqual(first, second))
        case "!=": return .bool(!JsonLogicValues.isLooselyEqual(first, second))
        case "===": return .bool(JsonLogicValues.isStrictlyEqual(first, second))
        case "!==": return .bool(!JsonLogicValues.isStrictlyEqual(first, second))
        case "!": return .bool(!JsonLogic.isTrue(first))
        case "!!": return .bool(JsonLogic.isTrue(first))
        case ">": return .bool(JsonLogicValues.isLess(second, first))
        case ">=": return .bool(JsonLogicValues.isLessOrEqual(second, first))
        case "<": return .bool(between(values, JsonLogicValues.isLess))
        case "<=": return .bool(between(values, JsonLogicValues.isLessOrEqual))
        case "max", "min", "+", "-", "*", "/", "%": return arithmetic(name, values)
        case "merge": return .array(try bounded(values.flatMap { $0.array ?? [$0] }))
        case "in":
            if let text = second.string { return .bool(text.contains(JsonLogicValues.text(first)) || first.string == "") }
            return .bool(second.array?.contains { JsonLogicValues.isStrictlyEqual($0, first) } ?? false)
        case "cat":
            let text = values.map(JsonLogicValues.text).joined()
            guard text.utf8.count <= JsonLogic.sizeLimit else { throw .tooLarge }
            return .string(text)
        case "substr": return .string(part(of: JsonLogicValues.text(first), from: second, count: values.dropFirst(2).first))
        default: return nil
        }
    }

    private static func bounded(_ items: [JSON]) throws(JsonLogicError) -> [JSON] {
        guard items.count <= JsonLogic.sizeLimit else { throw .tooLarge }
        return items
    }

    /// `a.b.0` from the data; the whole of it for "" and null.
    static func variable(_ name: JSON, _ data: JSON, otherwise: JSON) -> JSON {
        let path = JsonLogicValues.text(name)
        if name.isNull || path.isEmpty { return data }
        var (value, start) = (data, path.startIndex)
        while true {
            let end = path.utf8[start...].firstIndex(of: UInt8(ascii: ".")) ?? path.endIndex
            let part = String(path[start..<end])
            let inner: JSON? = switch value {
            case .object(let members): members[part]
            case .array(let items): Int(part).flatMap { items.indices.contains($0) ? items[$0] : .none }
            default: nil
            }
            guard let inner else { return otherwise }
            if end == path.endIndex { return inner }
            (value, start) = (inner, path.utf8.index(after: end))
        }
    }

    private static func keys(of values: [JSON]) -> [JSON] {
        if case .array(let keys)? = values.first { keys } else { values }
    }

    private static func missing(_ names: [JSON], _ data: JSON) -> [JSON] {
        names.filter { name in
            let value = variable(name, data, otherwise: .null)
            return value == .null || value == ""
        }
    }

    private static func between(_ values: [JSON], _ isBefore: (JSON, JSON) -> Bool) -> Bool {
        guard values.count >= 2, isBefore(values[0], values[1]) else { return false }
        return values.count < 3 || isBefore(values[1], values[2])
    }

    private static func arithmetic(_ name: String, _ values: [JSON]) -> JSON {
        // Sums and products read texts as parseFloat does, the others as Number does.
        let numbers = values.map(name == "+" || name == "*" ? JsonLogicValues.leadingNumber : JsonLogicValues.number)
        guard let first = numbers.first else { return name == "+" ? 0 : .null }
        let second = numbers.count > 1 ? numbers[1] : .nan
        let result: Double = switch name {
        case "max": numbers.contains(where: \.isNaN) ? .nan : numbers.max() ?? .nan
        case "min": numbers.contains(where: \.isNaN) ? .nan : numbers.min() ?? .nan
        case "+": numbers.reduce(0, +)
        case "*": numbers.reduce(1, *)
        case "-": numbers.count == 1 ? -first : first - second
        case "/": first / second
        default: second == 0 ? .nan : first.truncatingRemainder(dividingBy: second)
        }
        return JsonLogicValues.json(result)
    }

    /// As JavaScript's `substr`, with a negative count meaning "stop that far before the end". Counts Unicode scalars.
    private static func part(of text: String, from start: JSON, count: JSON?) -> String {
        let scalars = Array(text.unicodeScalars)
        let from = Int(clamping: start.int ?? 0)
        let begin = from < 0 ? max(0, scalars.count + max(from, -scalars.count)) : min(from, scalars.count)
        var end = scalars.count
        if let count {
            let limit = max(-scalars.count, min(Int(clamping: count.int ?? 0), scalars.count))
            end = limit < 0 ? max(begin, scalars.count + limit) : min(scalars.count, begin + limit)
        }
        var result = String.UnicodeScalarView()
        result.append(contentsOf: scalars[begin..<end])
        return String(result)
    }
}
