import Values

/// One walk over one value. It stops at its limit of faults or of steps.
struct SchemaValidation {
    let nodes: [SchemaNode]
    let faultLimit: Int
    var faults: [SchemaFault] = []
    var isExhausted = false
    private var steps = 0
    private var path: [String] = []

    init(nodes: [SchemaNode], faultLimit: Int) { (self.nodes, self.faultLimit) = (nodes, faultLimit) }

    mutating func check(_ value: JSON, against index: Int) {
        let node = nodes[index]
        if node.isNever { fault("false") }
        for check in node.checks {
            steps += 1
            if steps > JSONSchema.stepLimit { isExhausted = true }
            if isExhausted || faults.count >= faultLimit { return }
            apply(check, to: value)
        }
    }

    private mutating func apply(_ check: SchemaCheck, to value: JSON) {
        switch check {
        case .types(let types):
            if !types.contains(where: { SchemaNumber.isType(value, $0) }) { fault("type", ["type": types.joined(separator: " ")]) }
        case .members(let members, let keyword):
            if !members.contains(where: { SchemaNumber.isSame($0, value) }) { fault(keyword, keyword == "const" ? ["value": members[0].text] : [:]) }
        case .reference(let node): self.check(value, against: node)
        case .all(let nodes): for node in nodes { self.check(value, against: node) }
        case .any(let nodes): if !nodes.contains(where: { isValid(value, against: $0) }) { fault("anyOf") }
        case .one(let nodes):
            let matches = nodes.count { isValid(value, against: $0) }
            if matches != 1 { fault("oneOf", ["matches": String(matches)]) }
        case .not(let node): if isValid(value, against: node) { fault("not") }
        case .condition(let test, let then, let otherwise):
            if let next = isValid(value, against: test) ? then : otherwise { self.check(value, against: next) }
        case .bound, .multiple: applyNumber(check, to: value)
        case .length, .pattern, .format: applyString(check, to: value)
        case .count, .unique, .items, .contains: if case .array(let items) = value { applyArray(check, to: items) }
        default: if case .object(let members) = value { applyObject(check, to: members, value) }
        }
    }

    private mutating func applyNumber(_ check: SchemaCheck, to value: JSON) {
        guard value.double != nil else { return }
        switch check {
        case .bound(let bound, let limit): if !bound.allows(value, limit) { fault(bound.rawValue, ["limit": limit.text]) }
        case .multiple(let factor): if !SchemaNumber.isMultiple(value, of: factor) { fault("multipleOf", ["factor": factor.text]) }
        default: break
        }
    }

    private mutating func applyString(_ check: SchemaCheck, to value: JSON) {
        guard let text = value.string else { return }
        switch check {
        case .length(let keyword, let limit, let isMaximum):
            let count = text.unicodeScalars.count
            if isMaximum ? count > limit : count < limit { fault(keyword, ["limit": String(limit), "length": String(count)]) }
        case .pattern(let pattern, let source): if !pattern.matches(text) { fault("pattern", ["pattern": source]) }
        case .format(let format): if !format.accepts(text) { fault("format", ["format": format.rawValue]) }
        default: break
        }
    }

    private mutating func applyArray(_ check: SchemaCheck, to items: [JSON]) {
        switch check {
        case .count(let keyword, let limit, let isMaximum):
            if isMaximum ? items.count > limit : items.count < limit { fault(keyword, ["limit": String(limit), "count": String(items.count)]) }
        case .unique:
            if Set(items.map { SchemaNumber.normal($0).bytes }).count < items.count { fault("uniqueItems") }
        case .items(let prefix, let rest):
            for (index, item) in items.enumerated() {
                guard let node = index < prefix.count ? prefix[index] : rest else { break }
                descend(to: String(index), item, node, never: index < prefix.count ? "prefixItems" : "items")
            }
        case .contains(let node, let minimum, let maximum):
            let matches = items.count { isValid($0, against: node) }
            if matches < minimum { fault(minimum == 1 ? "contains" : "minContains", ["limit": String(minimum)]) }
            if let maximum, matches > maximum { fault("maxContains", ["limit": String(maximum)]) }
        default: break
        }
    }

    private mutating func applyObject(_ check: SchemaCheck, to members: [String: JSON], _ value: JSON) {
        switch check {
        case .propertyCount(let keyword, let limit, let isMaximum):
            if isMaximum ? members.count > limit : members.count < limit { fault(keyword, ["limit": String(limit), "count": String(members.count)]) }
        case .required(let names): for name in names where members[name] == nil { fault("required", ["property": name], at: name) }
        case .dependentRequired(let table):
            for (name, needed) in table.sorted(by: { $0.key < $1.key }) where members[name] != nil {
                for need in needed where members[need] == nil { fault("dependentRequired", ["property": need, "because": name], at: need) }
            }
        case .dependentSchemas(let table):
            for (name, node) in table.sorted(by: { $0.key < $1.key }) where members[name] != nil { self.check(value, against: node) }
        case .names(let node):
            for name in members.keys.sorted() where !isValid(.string(name), against: node) { fault("propertyNames", ["property": name], at: name) }
        case .properties(let properties):
            for (name, member) in members.sorted(by: { $0.key < $1.key }) { self.check(member, named: name, properties) }
        default: break
        }
    }

    private mutating func check(_ member: JSON, named name: String, _ properties: PropertyChecks) {
        var isKnown = false
        if let node = properties.named[name] {
            isKnown = true
            descend(to: name, member, node, never: "properties")
        }
        for (pattern, node) in properties.patterns where pattern.matches(name) {
            isKnown = true
            descend(to: name, member, node, never: "patternProperties")
        }
        if !isKnown, let node = properties.additional { descend(to: name, member, node, never: "additionalProperties") }
    }

    /// Checks a part of the value. `never` names the fault when the schema for that part allows nothing at all.
    private mutating func descend(to token: String, _ value: JSON, _ node: Int, never keyword: String) {
        if faults.count >= faultLimit || isExhausted { return }
        steps += 1
        if nodes[node].isNever { return fault(keyword, ["property": token], at: token) }
        path.append(token)
        check(value, against: node)
        path.removeLast()
    }

    private mutating func isValid(_ value: JSON, against node: Int) -> Bool {
        if isExhausted { return true }
        var inner = SchemaValidation(nodes: nodes, faultLimit: 1)
        inner.steps = steps
        inner.check(value, against: node)
        steps = inner.steps
        isExhausted = inner.isExhausted
        return inner.faults.isEmpty
    }

    private mutating func fault(_ keyword: String, _ arguments: [String: String] = [:], at token: String? = nil) {
        guard faults.count < faultLimit else { return }
        faults.append(SchemaFault(pointer: JSONPointer(tokens: path + (token.map { [$0] } ?? [])), keyword: keyword, arguments: arguments))
    }
}
