import Values

/// Turns a document into nodes, following local references as they are met.
struct SchemaCompiler {
    static let nodeLimit = 10_000
    static let dialects: Set<String> = [
        "https://json-schema.org/draft/2020-12/schema", "https://spec.openapis.org/oas/3.1/dialect/base",
    ]
    static let refused: Set<String> = [
        "$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$recursiveAnchor", "unevaluatedProperties", "unevaluatedItems", "additionalItems",
        "dependencies",
    ]

    let document: JSON
    var nodes: [SchemaNode?] = []
    var known: [JSONPointer: Int] = [:]
    lazy var anchors: [String: JSONPointer] = SchemaCompiler.anchors(in: document, at: JSONPointer(tokens: []))

    init(document: JSON) { self.document = document }

    /// The node of the schema at a place in the document; compiled on the first visit.
    mutating func compile(at place: JSONPointer) throws(JSONSchemaError) -> Int {
        if let index = known[place] { return index }
        guard nodes.count < SchemaCompiler.nodeLimit else { throw .tooLarge }
        let index = nodes.count
        nodes.append(nil)
        known[place] = index
        var node = SchemaNode(location: place)
        switch document.value(at: place) {
        case .bool(let allows): node.isNever = !allows
        case .object(let keywords): node.checks = try checks(keywords, at: place)
        default: throw .notASchema(at: place.description)
        }
        nodes[index] = node
        return index
    }

    private mutating func checks(_ keywords: [String: JSON], at place: JSONPointer) throws(JSONSchemaError) -> [SchemaCheck] {
        for keyword in keywords.keys.sorted() where SchemaCompiler.refused.contains(keyword) {
            throw .unsupported(keyword: keyword, at: place.description)
        }
        if keywords["$id"] != nil, !place.tokens.isEmpty { throw .unsupported(keyword: "$id", at: place.description) }
        if let dialect = keywords["$schema"] {
            guard let name = dialect.string, SchemaCompiler.dialects.contains(name.hasSuffix("#") ? String(name.dropLast()) : name) else {
                throw .unsupported(keyword: "$schema", at: place.description)
            }
        }
        var reader = SchemaKeywords(keywords: keywords, place: place)
        var checks = try reader.valueChecks()
        checks += try arrayChecks(keywords, reader, at: place)
        checks += try objectChecks(keywords, reader, at: place)
        checks += try applicators(keywords, at: place)
        return checks
    }

    private mutating func arrayChecks(
        _ keywords: [String: JSON], _ reader: SchemaKeywords, at place: JSONPointer
    ) throws(JSONSchemaError) -> [SchemaCheck] {
        var checks: [SchemaCheck] = []
        let prefix = try list("prefixItems", keywords, at: place) ?? []
        let rest = try single("items", keywords, at: place)
        if !prefix.isEmpty || rest != nil { checks.append(.items(prefix: prefix, rest: rest)) }
        if let node = try single("contains", keywords, at: place) {
            checks.append(.contains(node: node, minimum: try reader.count("minContains") ?? 1, maximum: try reader.count("maxContains")))
        }
        return checks
    }

    private mutating func objectChecks(
        _ keywords: [String: JSON], _ reader: SchemaKeywords, at place: JSONPointer
    ) throws(JSONSchemaError) -> [SchemaCheck] {
        var properties = PropertyChecks(named: try table("properties", keywords, at: place) ?? [:])
        for (text, node) in (try table("patternProperties", keywords, at: place) ?? [:]).sorted(by: { $0.key < $1.key }) {
            properties.patterns.append((try reader.pattern(text), node))
        }
        properties.additional = try single("additionalProperties", keywords, at: place)
        var checks: [SchemaCheck] = []
        if !properties.named.isEmpty || !properties.patterns.isEmpty || properties.additional != nil { checks.append(.properties(properties)) }
        if let names = try single("propertyNames", keywords, at: place) { checks.append(.names(names)) }
        if let schemas = try table("dependentSchemas", keywords, at: place) { checks.append(.dependentSchemas(schemas)) }
        return checks
    }

    private mutating func applicators(_ keywords: [String: JSON], at place: JSONPointer) throws(JSONSchemaError) -> [SchemaCheck] {
        var checks: [SchemaCheck] = []
        if let reference = keywords["$ref"] {
            guard let text = reference.string else { throw .malformed(keyword: "$ref", at: place.description) }
            checks.append(.reference(try compile(at: try target(of: text, at: place))))
        }
        if let nodes = try list("allOf", keywords, at: place) { checks.append(.all(nodes)) }
        if let nodes = try list("anyOf", keywords, at: place) { checks.append(.any(nodes)) }
        if let nodes = try list("oneOf", keywords, at: place) { checks.append(.one(nodes)) }
        if let node = try single("not", keywords, at: place) { checks.append(.not(node)) }
        if let test = try single("if", keywords, at: place) {
            let then = try single("then", keywords, at: place)
            checks.append(.condition(test: test, then: then, otherwise: try single("else", keywords, at: place)))
        }
        return checks
    }

    private mutating func single(_ keyword: String, _ keywords: [String: JSON], at place: JSONPointer) throws(JSONSchemaError) -> Int? {
        guard keywords[keyword] != nil else { return nil }
        return try compile(at: place.appending(keyword))
    }

    private mutating func list(_ keyword: String, _ keywords: [String: JSON], at place: JSONPointer) throws(JSONSchemaError) -> [Int]? {
        guard let value = keywords[keyword] else { return nil }
        guard let items = value.array, !items.isEmpty else { throw .malformed(keyword: keyword, at: place.description) }
        var result: [Int] = []
        for index in items.indices { result.append(try compile(at: place.appending(keyword).appending(String(index)))) }
        return result
    }

    private mutating func table(_ keyword: String, _ keywords: [String: JSON], at place: JSONPointer) throws(JSONSchemaError) -> [String: Int]? {
        guard let value = keywords[keyword] else { return nil }
        guard let members = value.object else { throw .malformed(keyword: keyword, at: place.description) }
        var result: [String: Int] = [:]
        for name in members.keys.sorted() { result[name] = try compile(at: place.appending(keyword).appending(name)) }
        return result
    }
}
