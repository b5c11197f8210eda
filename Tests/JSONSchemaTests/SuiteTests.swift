import Foundation
import JSONSchema
import Testing
import Values

/// The official test suite of draft 2020-12; see Vectors/README.md.
@Suite struct SuiteTests {
    static func suite() throws -> [String: JSON] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors/draft2020-12.json")
        return try #require(try JSON.parse(Array(Data(contentsOf: file))).object)
    }

    /// Groups that need another document, a nested `$id` or annotations: refused when compiling, never answered wrongly.
    static let refused: Set<String> = [
        "anchor: Location-independent identifier with absolute URI",
        "anchor: Location-independent identifier with base URI change in subschema",
        "anchor: same $anchor with different base uri",
        "defs: validate definition against metaschema",
        "not: collect annotations inside a 'not', even if collection is disabled",
        "optional/ecmascript-regex: \\a is not an ECMA 262 control escape",
        "ref: remote ref, containing refs itself",
        "ref: Recursive references between schemas",
        "ref: ref creates new scope when adjacent to keywords",
        "ref: refs with relative uris and defs",
        "ref: relative refs with absolute uris and defs",
        "ref: $id must be resolved against nearest parent, not just immediate parent",
        "ref: order of evaluation: $id and $ref",
        "ref: URN ref with nested pointer ref",
        "ref: ref to if",
        "ref: ref to then",
        "ref: ref to else",
        "ref: ref with absolute-path-reference",
    ]

    /// Addresses that RFC 5321 allows and no mail system of the country takes: quoted local parts and address literals.
    static let narrowed: Set<String> = [
        "a quoted string with a space in the local part is valid", "a quoted string with a double dot in the local part is valid",
        "a quoted string with a @ in the local part is valid", "an IPv4-address-literal after the @ is valid",
        "an IPv6-address-literal after the @ is valid",
    ]

    @Test func everySupportedGroupAgrees() throws {
        var cases = 0
        var refused: Set<String> = []
        for (name, groups) in try SuiteTests.suite().sorted(by: { $0.key < $1.key }) {
            for group in try #require(groups.array) {
                let title = "\(name): \(group["description"]?.string ?? "")"
                let schema: JSONSchema
                do { schema = try JSONSchema(try #require(group["schema"])) } catch is JSONSchemaError {
                    refused.insert(title)
                    continue
                }
                for test in try #require(group["tests"]?.array) {
                    let what = test["description"]?.string ?? ""
                    if SuiteTests.narrowed.contains(what) { continue }
                    cases += 1
                    let faults = schema.faults(in: try #require(test["data"]))
                    #expect(faults.isEmpty == test["valid"]?.bool, "\(title): \(what) \(faults)")
                }
            }
        }
        #expect(cases > 1_100)
        #expect(refused == SuiteTests.refused)
    }
}
