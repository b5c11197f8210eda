import Values

/// Reads the keywords of one schema that have no subschemas.
struct SchemaKeywords {
    let keywords: [String: JSON]
    let place: JSONPointer

    static let types: Set<String> = ["null", "boolean", "object", "array", "number", "string", "integer"]

    mutating func valueChecks() throws(JSONSchemaError) -> [SchemaCheck] {
        var checks: [SchemaCheck] = []
        if let types = try types() { checks.append(.types(types)) }
        if let value = keywords["const"] { checks.append(.members([value], keyword: "const")) }
        if let value = keywords["enum"] {
            guard let members = value.array else { throw malformed("enum") }
            checks.append(.members(members, keyword: "enum"))
        }
        for bound in NumberBound.allCases {
            guard let limit = keywords[bound.rawValue] else { continue }
            guard limit.double != nil else { throw malformed(bound.rawValue) }
            checks.append(.bound(bound, limit))
        }
        if let factor = keywords["multipleOf"] {
            guard let number = factor.double, number > 0 else { throw malformed("multipleOf") }
            checks.append(.multiple(of: factor))
        }
        checks += try sizes()
        if let value = keywords["pattern"] {
            guard let text = value.string else { throw malformed("pattern") }
            checks.append(.pattern(try pattern(text), text: text))
        }
        if let value = keywords["format"] {
            guard let name = value.string else { throw malformed("format") }
            if let format = SchemaFormat(rawValue: name) { checks.append(.format(format)) }
        }
        if let value = keywords["uniqueItems"] {
            guard let isUnique = value.bool else { throw malformed("uniqueItems") }
            if isUnique { checks.append(.unique) }
        }
        checks += try presence()
        return checks
    }

    private func types() throws(JSONSchemaError) -> [String]? {
        guard let value = keywords["type"] else { return nil }
        let names = value.string.map { [$0] } ?? value.array?.compactMap(\.string) ?? []
        guard !names.isEmpty, names.count == value.array?.count ?? 1, names.allSatisfy(SchemaKeywords.types.contains) else { throw malformed("type") }
        return names
    }

    private func sizes() throws(JSONSchemaError) -> [SchemaCheck] {
        var checks: [SchemaCheck] = []
        for (keyword, isMaximum) in [("minLength", false), ("maxLength", true)] {
            if let limit = try count(keyword) { checks.append(.length(keyword: keyword, limit: limit, isMaximum: isMaximum)) }
        }
        for (keyword, isMaximum) in [("minItems", false), ("maxItems", true)] {
            if let limit = try count(keyword) { checks.append(.count(keyword: keyword, limit: limit, isMaximum: isMaximum)) }
        }
        for (keyword, isMaximum) in [("minProperties", false), ("maxProperties", true)] {
            if let limit = try count(keyword) { checks.append(.propertyCount(keyword: keyword, limit: limit, isMaximum: isMaximum)) }
        }
        return checks
    }

    private func presence() throws(JSONSchemaError) -> [SchemaCheck] {
        var checks: [SchemaCheck] = []
        if let value = keywords["required"] { checks.append(.required(try names(value, "required"))) }
        if let value = keywords["dependentRequired"] {
            guard let members = value.object else { throw malformed("dependentRequired") }
            var table: [String: [String]] = [:]
            for (name, list) in members { table[name] = try names(list, "dependentRequired") }
            checks.append(.dependentRequired(table))
        }
        return checks
    }

    func count(_ keyword: String) throws(JSONSchemaError) -> Int? {
        guard let value = keywords[keyword] else { return nil }
        guard let number = value.int, number >= 0 else { throw malformed(keyword) }
        return Int(number)
    }

    func pattern(_ text: String) throws(JSONSchemaError) -> Pattern {
        do { return try Pattern(text) } catch { throw .pattern(text, reason: error.reason, at: place.description) }
    }

    private func names(_ value: JSON, _ keyword: String) throws(JSONSchemaError) -> [String] {
        guard let items = value.array else { throw malformed(keyword) }
        let names = items.compactMap(\.string)
        guard names.count == items.count else { throw malformed(keyword) }
        return names
    }

    private func malformed(_ keyword: String) -> JSONSchemaError { .malformed(keyword: keyword, at: place.description) }
}
