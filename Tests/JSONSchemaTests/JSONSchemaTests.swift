import JSONSchema
import Testing
import Values

@Suite struct JSONSchemaTests {
    private func keywords(_ schema: JSON, _ value: JSON) throws -> [String] {
        try JSONSchema(schema).faults(in: value).map(\.description)
    }

    @Test func faultsPointToTheirPlace() throws {
        let schema: JSON = [
            "type": "object", "required": ["name", "age"], "additionalProperties": false,
            "properties": [
                "name": ["type": "string", "minLength": 2], "age": ["type": "integer", "minimum": 0],
                "tags": ["items": ["enum": ["a", "b"]], "maxItems": 2],
            ],
        ]
        #expect(try keywords(schema, ["name": "ab", "age": 3]).isEmpty)
        let found = try keywords(schema, ["name": "a", "tags": ["a", "c", "b"], "x/y": 1])
        #expect(Set(found) == ["/age required", "/name minLength", "/tags/1 enum", "/tags maxItems", "/x~1y additionalProperties"])
    }

    @Test func lengthsCountScalars() throws {
        // Alef with a point under it and a flag are one character on the screen but two scalars each.
        #expect(try keywords(["maxLength": 2], "\u{05D0}\u{05B8}").isEmpty)
        #expect(try keywords(["maxLength": 1], "\u{05D0}\u{05B8}") == [" maxLength"])
        #expect(try keywords(["minLength": 2], "🇮🇱").isEmpty)
    }

    @Test func stringsAreComparedByScalar() throws {
        #expect(try keywords(["const": "\u{E9}"], "e\u{301}") == [" const"])
        #expect(try keywords(["uniqueItems": true], ["\u{E9}", "e\u{301}"]).isEmpty)
    }

    @Test func multiplesAreDecimal() throws {
        #expect(try keywords(["multipleOf": 0.01], 19.99).isEmpty)
        #expect(try keywords(["multipleOf": 0.01], 19.995) == [" multipleOf"])
        #expect(try keywords(["multipleOf": 0.0001], 0.0075).isEmpty)
        #expect(try keywords(["multipleOf": 0.123456789], 1e308) == [" multipleOf"])
        #expect(try keywords(["multipleOf": 0.5], 1e308).isEmpty)
        #expect(try keywords(["multipleOf": 1e300], 5) == [" multipleOf"])
        #expect(try keywords(["multipleOf": 7], .int(.min)) == [" multipleOf"])
    }

    @Test func recursionFollowsTheValue() throws {
        let schema: JSON = [
            "$ref": "#/$defs/tree",
            "$defs": ["tree": ["type": "object", "required": ["name"], "properties": ["children": ["items": ["$ref": "#/$defs/tree"]]]]],
        ]
        #expect(try keywords(schema, ["name": "a", "children": [["name": "b"], ["children": [["name": "c"]]]]]) == ["/children/1/name required"])
    }

    @Test func faultsAreBounded() throws {
        let value = JSON.array((0..<500).map { JSON.int($0) })
        #expect(try JSONSchema(["items": ["type": "string"]]).faults(in: value).count == JSONSchema.faultLimit)
    }

    @Test func exponentialSchemasEndWithALimit() throws {
        // Each level asks twice about the level below: 2^60 questions without a bound.
        var definitions: [String: JSON] = ["d60": ["type": "string"]]
        for level in 0..<60 {
            let below: JSON = ["properties": ["x": ["$ref": .string("#/$defs/d\(level + 1)")]]]
            definitions["d\(level)"] = ["allOf": [["not": ["not": below]], ["not": ["not": below]]]]
        }
        var value: JSON = "leaf"
        for _ in 0..<60 { value = ["x": value] }
        let schema = try JSONSchema(["$ref": "#/$defs/d0", "$defs": .object(definitions)])
        #expect(schema.faults(in: value).map(\.keyword) == ["limit"])
    }

    static let refusals: [Refusal] = [
        Refusal(["$ref": "https://example.org/other"], .unsupported(keyword: "$ref", at: "")),
        Refusal(["$dynamicRef": "#node"], .unsupported(keyword: "$dynamicRef", at: "")),
        Refusal(["properties": ["a": ["unevaluatedItems": false]]], .unsupported(keyword: "unevaluatedItems", at: "/properties/a")),
        Refusal(["$schema": "http://json-schema.org/draft-04/schema#"], .unsupported(keyword: "$schema", at: "")),
        Refusal(["$ref": "#/$defs/nothing"], .unresolvedReference("#/$defs/nothing", at: "")),
        Refusal(["$ref": "#"], .endlessReference(at: "")),
        Refusal(["allOf": [["$ref": "#/allOf/1"], ["not": ["$ref": "#/allOf/0"]]]], .endlessReference(at: "/allOf/0")),
        Refusal(["required": true], .malformed(keyword: "required", at: "")),
        Refusal(["type": "text"], .malformed(keyword: "type", at: "")),
        Refusal(["multipleOf": 0], .malformed(keyword: "multipleOf", at: "")),
        Refusal(["minLength": -1], .malformed(keyword: "minLength", at: "")),
        Refusal(["not": 3], .notASchema(at: "/not")),
    ]

    struct Refusal: Sendable {
        let schema: JSON
        let expected: JSONSchemaError
        init(_ schema: JSON, _ expected: JSONSchemaError) { (self.schema, self.expected) = (schema, expected) }
    }

    @Test(arguments: refusals) func whatCannotBeKeptIsRefused(refusal: Refusal) {
        #expect(throws: refusal.expected) { try JSONSchema(refusal.schema) }
    }

    @Test(arguments: ["(?=a)", "(?<!a)b", "(a)\\1", "a{2,1}", "[z-a]", "(a", "a)", "*a", "\\a", "\\p{Nonsense}", "[a", "a{99999}", "a\\"])
    func patternsOutsideTheSupportedSyntaxAreRefused(pattern: String) {
        #expect(throws: JSONSchemaError.self) { try JSONSchema(["pattern": .string(pattern)]) }
    }
}
