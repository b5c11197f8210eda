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

    @Test func everySupportedGroupAgrees() throws {
        var cases = 0
        var refused: [String] = []
        for (name, groups) in try SuiteTests.suite().sorted(by: { $0.key < $1.key }) {
            for group in try #require(groups.array) {
                let title = "\(name): \(group["description"]?.string ?? "")"
                let schema: JSONSchema
                do { schema = try JSONSchema(try #require(group["schema"])) } catch let error as JSONSchemaError {
                    refused.append("\(title) — \(error)")
                    continue
                }
                for test in try #require(group["tests"]?.array) {
                    cases += 1
                    let faults = schema.faults(in: try #require(test["data"]))
                    #expect(faults.isEmpty == test["valid"]?.bool, "\(title): \(test["description"]?.string ?? "") \(faults)")
                }
            }
        }
        #expect(cases > 1_000)
        print(cases, refused.joined(separator: "\n"))
    }
}
