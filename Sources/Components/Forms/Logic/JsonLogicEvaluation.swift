import Values

/// One evaluation, with its budget of steps.
struct JsonLogicEvaluation {
    private var steps = 0

    mutating func value(of rule: JSON, _ data: JSON, depth: Int) throws(JsonLogicError) -> JSON {
        steps += 1
        guard steps <= JsonLogic.stepLimit else { throw .tooManySteps }
        guard depth < JsonLogic.depthLimit else { throw .tooDeep }
        if let (name, arguments) = JsonLogic.operation(rule) { return try perform(name, arguments, data, depth + 1) }
        guard case .array(let items) = rule else { return rule }
        return .array(try values(of: items, data, depth + 1))
    }

    private mutating func values(of rules: [JSON], _ data: JSON, _ depth: Int) throws(JsonLogicError) -> [JSON] {
        var result: [JSON] = []
        for rule in rules { result.append(try value(of: rule, data, depth: depth)) }
        return result
    }

    /// Operations that decide themselves which arguments are evaluated, and on which data; the others get values.
    private mutating func perform(_ name: String, _ arguments: [JSON], _ data: JSON, _ depth: Int) throws(JsonLogicError) -> JSON {
        switch name {
        case "if", "?:": return try condition(arguments, data, depth)
        case "and", "or":
            var last = JSON.null
            for argument in arguments {
                last = try value(of: argument, data, depth: depth)
                if JsonLogic.isTrue(last) == (name == "or") { return last }
            }
            return last
        case "map", "filter", "all", "none", "some": return try iteration(name, arguments, data, depth)
        case "reduce": return try reduction(arguments, data, depth)
        default:
            let values = try self.values(of: arguments, data, depth)
            guard let result = try JsonLogicOperators.apply(name, values, data) else { throw .unknownOperation(name) }
            return result
        }
    }

    private mutating func condition(_ arguments: [JSON], _ data: JSON, _ depth: Int) throws(JsonLogicError) -> JSON {
        var index = 0
        while index + 1 < arguments.count {
            if JsonLogic.isTrue(try value(of: arguments[index], data, depth: depth)) { return try value(of: arguments[index + 1], data, depth: depth) }
            index += 2
        }
        return index < arguments.count ? try value(of: arguments[index], data, depth: depth) : .null
    }

    private mutating func iteration(_ name: String, _ arguments: [JSON], _ data: JSON, _ depth: Int) throws(JsonLogicError) -> JSON {
        let items = try value(of: arguments.first ?? .null, data, depth: depth).array ?? []
        let rule = arguments.count > 1 ? arguments[1] : .null
        var results: [JSON] = []
        for item in items { results.append(try value(of: rule, item, depth: depth)) }
        switch name {
        case "map": return .array(results)
        case "filter": return .array(zip(items, results).filter { JsonLogic.isTrue($1) }.map(\.0))
        // All of nothing is false in JsonLogic.
        case "all": return .bool(!items.isEmpty && results.allSatisfy(JsonLogic.isTrue))
        case "none": return .bool(!results.contains(where: JsonLogic.isTrue))
        default: return .bool(results.contains(where: JsonLogic.isTrue))
        }
    }

    private mutating func reduction(_ arguments: [JSON], _ data: JSON, _ depth: Int) throws(JsonLogicError) -> JSON {
        let items = try value(of: arguments.first ?? .null, data, depth: depth).array ?? []
        var accumulator = arguments.count > 2 ? try value(of: arguments[2], data, depth: depth) : .null
        let rule = arguments.count > 1 ? arguments[1] : .null
        for item in items { accumulator = try value(of: rule, ["current": item, "accumulator": accumulator], depth: depth) }
        return accumulator
    }
}
