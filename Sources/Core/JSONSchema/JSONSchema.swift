public import Values

/// A compiled JSON Schema, draft 2020-12 (json-schema.org/draft/2020-12/json-schema-core and -validation).
///
/// Compiled once, then used from any thread. Every keyword that asserts something about a value is understood, except those that need
/// annotations or another document (`unevaluated…`, `$dynamicRef`, remote `$ref`, a nested `$id`), which are refused when compiling, so
/// that a schema never means less than it says. Unknown keywords are ignored, as the specification asks. Lengths count Unicode
/// scalars. `format` is asserted for the names in `SchemaFormat`; other formats are ignored.
///
///     let schema = try JSONSchema(["type": "object", "required": ["name"]])
///     schema.faults(in: [:])   // [/name required]
public struct JSONSchema: Sendable {
    let nodes: [SchemaNode]
    let root: Int

    /// At most this many faults are reported.
    public static let faultLimit = 100
    /// One check of one keyword of one value is a step. A value that needs more is answered with the single fault `limit`.
    public static let stepLimit = 2_000_000

    public init(_ document: JSON) throws(JSONSchemaError) {
        var compiler = SchemaCompiler(document: document)
        root = try compiler.compile(at: JSONPointer(tokens: []))
        try compiler.refuseEndlessReferences()
        nodes = compiler.nodes.compactMap(\.self)
    }

    /// What is wrong with a value: empty when it is valid. Members of objects are visited in order of their names.
    public func faults(in value: JSON) -> [SchemaFault] {
        var validation = SchemaValidation(nodes: nodes, faultLimit: JSONSchema.faultLimit)
        validation.check(value, against: root)
        if validation.isExhausted { return [SchemaFault(pointer: JSONPointer(tokens: []), keyword: "limit", arguments: [:])] }
        return validation.faults
    }
}

/// One thing that is wrong with a value.
public struct SchemaFault: Sendable, Hashable, CustomStringConvertible {
    /// Where in the value. For `required` and `dependentRequired` the member that is missing, for `additionalProperties` the member too many.
    public let pointer: JSONPointer
    /// The keyword that refused, such as `minLength`; `false` for a schema that allows nothing.
    public let keyword: String
    /// What a text about it may name: `limit` of a bound, `type` expected, `pattern`, `format`, `property`, …
    public let arguments: [String: String]

    public init(pointer: JSONPointer, keyword: String, arguments: [String: String]) {
        (self.pointer, self.keyword, self.arguments) = (pointer, keyword, arguments)
    }

    public var description: String { "\(pointer) \(keyword)" }
}

/// Why a document cannot be used as a schema. `at` is a JSON pointer into the schema.
public enum JSONSchemaError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Neither an object nor a boolean.
    case notASchema(at: String)
    /// The value of a keyword has the wrong shape, such as `"required": true`.
    case malformed(keyword: String, at: String)
    /// A keyword, or a form of it, that would change the meaning and is not supported.
    case unsupported(keyword: String, at: String)
    case unresolvedReference(String, at: String)
    /// A reference that leads back to itself without going deeper into the value.
    case endlessReference(at: String)
    case pattern(String, reason: String, at: String)
    case tooLarge

    public var description: String {
        switch self {
        case .notASchema(let at): "No schema at \(at)"
        case .malformed(let keyword, let at): "\(keyword) has the wrong shape at \(at)"
        case .unsupported(let keyword, let at): "\(keyword) is not supported, at \(at)"
        case .unresolvedReference(let reference, let at): "\(reference) leads nowhere, at \(at)"
        case .endlessReference(let at): "A reference leads back to itself at \(at)"
        case .pattern(let pattern, let reason, let at): "The pattern \(pattern) at \(at): \(reason)"
        case .tooLarge: "More than \(SchemaCompiler.nodeLimit) schemas in one document"
        }
    }
}
