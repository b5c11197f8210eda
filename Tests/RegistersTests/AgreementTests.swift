import Foundation
@testable import Registers
import Testing
import Values

/// What the agreements of the demo country name, against what the registers say that they answer.
@Suite struct AgreementTests {
    private static let document = Result {
        try JSON.parse(Array(try Data(contentsOf: URL(fileURLWithPath: "\(Project.data)/agreements.json"))))
    }

    /// The schema at a place of an answer, `*` for every item of a list; nil when there is no such place.
    private func schema(_ schema: JSON, at tokens: ArraySlice<String>) -> JSON? {
        guard let token = tokens.first else { return schema }
        return (token == "*" ? schema["items"] : schema["properties"]?[token]).flatMap { self.schema($0, at: tokens.dropFirst()) }
    }

    /// The schema of what an event of a register tells; nil when it is none.
    private static func told(_ name: String) -> JSON? {
        Registers.webhooks[name]?["post"]?["requestBody"]?["content"]?["application/cloudevents+json"]?["schema"]?["properties"]?["data"]
    }

    /// A gateway lets nothing of an object through by the object's own name, so each field must be a leaf.
    @Test func everyFieldIsALeafOfAnAnswer() throws {
        for agreement in try Self.document.get()["agreements"]?.array ?? [] {
            let names = agreement["operations"]?.array?.compactMap(\.string) ?? []
            let answers = names.compactMap(Self.told) + RegisterOperation.all.filter { names.contains($0.id) }.map(\.answer)
            #expect(answers.count == names.count && !names.isEmpty)
            for field in agreement["fields"]?.array ?? [] {
                let pointer = try #require(field["pointer"]?.string.flatMap { JSONPointer($0) })
                let types = answers.compactMap { schema($0, at: pointer.tokens[...])?["type"]?.string }
                #expect(!types.isEmpty && types.allSatisfy { ["string", "integer", "boolean"].contains($0) }, "\(pointer)")
            }
        }
    }

    @Test func everyOperationIsInTheDirectory() throws {
        let operations = try Self.document.get()["services"]?.array?.flatMap { $0["operations"]?.array ?? [] } ?? []
        func name(_ id: String, _ path: String) -> String { "\(id) \(path)" }
        let (events, questions) = (operations.filter { $0["event"]?.bool == true }, operations.filter { $0["event"] == nil })
        #expect(Set(questions.map { name($0["id"]?.string ?? "", $0["path"]?.string ?? "") }) == Set(RegisterOperation.all.map { name($0.id, $0.path) }))
        #expect(Set(events.compactMap { $0["id"]?.string }) == Set((Registers.webhooks.object ?? [:]).keys))
    }
}
