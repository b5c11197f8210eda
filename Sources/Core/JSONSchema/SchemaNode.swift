import Values

/// One compiled schema: what it asserts, in a fixed order. Subschemas are indexes into `JSONSchema.nodes`, so that a schema may refer to
/// itself.
struct SchemaNode: Sendable {
    var location: JSONPointer
    var checks: [SchemaCheck] = []
    var isNever = false

    /// Subschemas applied to the same value, not to a part of it.
    var inPlace: [Int] {
        checks.flatMap { check -> [Int] in
            switch check {
            case .reference(let node), .not(let node): [node]
            case .all(let nodes), .any(let nodes), .one(let nodes): nodes
            case .condition(let test, let then, let otherwise): [test] + [then, otherwise].compactMap(\.self)
            case .dependentSchemas(let nodes): Array(nodes.values)
            default: []
            }
        }
    }
}

enum SchemaCheck: Sendable {
    case types([String])
    case members([JSON], keyword: String)
    case bound(NumberBound, JSON)
    case multiple(of: JSON)
    case length(keyword: String, limit: Int, isMaximum: Bool)
    case pattern(Pattern, text: String)
    case format(SchemaFormat)
    case count(keyword: String, limit: Int, isMaximum: Bool)
    case unique
    case items(prefix: [Int], rest: Int?)
    case contains(node: Int, minimum: Int, maximum: Int?)
    case propertyCount(keyword: String, limit: Int, isMaximum: Bool)
    case required([String])
    case dependentRequired([String: [String]])
    case properties(PropertyChecks)
    case names(Int)
    case reference(Int)
    case all([Int])
    case any([Int])
    case one([Int])
    case not(Int)
    case condition(test: Int, then: Int?, otherwise: Int?)
    case dependentSchemas([String: Int])
}

/// `properties`, `patternProperties` and `additionalProperties` decide together which member is additional.
struct PropertyChecks: Sendable {
    var named: [String: Int] = [:]
    var patterns: [(Pattern, Int)] = []
    var additional: Int?
}

enum NumberBound: String, Sendable, CaseIterable {
    case minimum, maximum, exclusiveMinimum, exclusiveMaximum

    func allows(_ value: JSON, _ limit: JSON) -> Bool {
        switch self {
        case .minimum: !SchemaNumber.isLess(value, limit)
        case .maximum: !SchemaNumber.isLess(limit, value)
        case .exclusiveMinimum: SchemaNumber.isLess(limit, value)
        case .exclusiveMaximum: SchemaNumber.isLess(value, limit)
        }
    }
}
