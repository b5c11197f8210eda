@testable import Database
import TestKit
import Testing

@Suite struct FullTextTests {
    private static let index = FullText(table: "catalogue_words")

    private static func with(_ engine: TestEngine, _ body: @Sendable (any Database) async throws -> Void) async throws {
        try await TestDatabases.with(engine) { database in
            for statement in index.createStatements(database.dialect) { try await database.run(statement) }
            try await body(database)
        }
    }

    private static func put(
        _ database: any Database, _ id: String, a: String = "", b: String = "", c: String = "", d: String = ""
    ) async throws {
        try await database.write { connection in
            let fields = zip(FullText.Weight.allCases, [a, b, c, d]).map {
                (weight: $0, lexemes: $1.split(separator: " ").map(String.init))
            }
            try index.replace(connection, id: id, fields: fields)
        }
    }

    private static func find(_ database: any Database, _ groups: [[String]], limit: Int = 10) async throws -> [String] {
        try await database.read { connection in try index.search(connection, allOf: groups, limit: limit).map(\.id) }
    }

    @Test(arguments: TestDatabases.engines) func groupsAlternativesAndPrefixes(engine: TestEngine) async throws {
        try await Self.with(engine) { database in
            try await Self.put(database, "arnona", a: "הנחה ארנונה סטודנט", d: "רשות מקומית 2026")
            try await Self.put(database, "cafe", a: "רישיון עסק", b: "קפה", d: "רשות")
            try await Self.put(database, "move", a: "moving house", c: "переезд", d: "انتقال")
            #expect(try await Self.find(database, [["ארנונה"], ["סטודנט"]]) == ["arnona"])
            #expect(try await Self.find(database, [["ארנונה"], ["עסק"]]).isEmpty)
            #expect(try await Set(Self.find(database, [["ארנונה", "עסק"]])) == ["arnona", "cafe"])
            #expect(try await Set(Self.find(database, [["רשות"]])) == ["arnona", "cafe"])
            #expect(try await Self.find(database, [["סטוד*"]]) == ["arnona"])
            #expect(try await Self.find(database, [["סטוד"]]).isEmpty)
            #expect(try await Self.find(database, [["MOV*"], ["переезд"], ["انتقال"]]) == ["move"])
            #expect(try await Self.find(database, [["2026"]]) == ["arnona"])
            #expect(try await Self.find(database, []).isEmpty)
            #expect(try await Self.find(database, [["רשות"], []]).isEmpty)
            #expect(try await Self.find(database, [["רשות"]], limit: 1).count == 1)
            #expect(try await Self.find(database, [["רשות"]], limit: 0).isEmpty)
        }
    }

    @Test(arguments: TestDatabases.engines) func weightsOrderTheAnswers(engine: TestEngine) async throws {
        try await Self.with(engine) { database in
            for number in 0..<20 { try await Self.put(database, "other\(number)", a: "filler", d: "words") }
            try await Self.put(database, "d", a: "w x y z", d: "permit")
            try await Self.put(database, "c", a: "w x y z", c: "permit")
            try await Self.put(database, "a", a: "permit x y z", d: "w")
            try await Self.put(database, "b", a: "w x y z", b: "permit")
            let found = try await database.read { try Self.index.search($0, allOf: [["permit"]], limit: 10) }
            #expect(found.map(\.id) == ["a", "b", "c", "d"])
            #expect(zip(found, found.dropFirst()).allSatisfy { $0.rank > $1.rank })
        }
    }

    @Test(arguments: TestDatabases.engines) func replacedAndRemoved(engine: TestEngine) async throws {
        try await Self.with(engine) { database in
            try await Self.put(database, "one", a: "first")
            try await Self.put(database, "one", a: "second")
            try await Self.put(database, "two", a: "second")
            #expect(try await Self.find(database, [["first"]]).isEmpty)
            #expect(try await Self.find(database, [["second"]]) == ["one", "two"])
            try await database.write { try Self.index.remove($0, id: "one") }
            try await database.write { try Self.index.remove($0, id: "never there") }
            #expect(try await Self.find(database, [["second"]]) == ["two"])
            try await Self.put(database, "empty")
            try await database.write { try Self.index.remove($0, id: "empty") }
        }
    }

    /// Whatever is typed finds itself as one whole word, and is never syntax.
    @Test(arguments: TestDatabases.engines) func noSignIsSyntax(engine: TestEngine) async throws {
        let signs = (0x21...0x7E).map { String(Unicode.Scalar(UInt8($0))) }.filter { $0 != "*" }
        let odd = [
            "רו״ח", "צה\"ל", "ג'ירפה", "c++", "a-b", "AND", "or", "NOT", "NEAR", "\"\"", "'':*", "\\", "\\'", "a:b", "(", "{a}:x",
            "^x", "!", "&", "|", "<->", "e\u{301}", "\"\u{301}", "\u{200F}א", "%", "x\u{0}y", "👩‍👩‍👧",
            String(repeating: "ארוך", count: 500),
        ]
        let words = signs + odd + signs.map { "x" + $0 + "y" }
        try await Self.with(engine) { database in
            try await database.write { connection in
                for (number, word) in words.enumerated() {
                    try Self.index.replace(connection, id: String(number), fields: [(.a, [word, "common"])])
                }
            }
            for (number, word) in words.enumerated() {
                let found = try await Self.find(database, [[word], ["common"]], limit: 1_000)
                let same = words.indices.filter { Lexeme.clean(words[$0]) == Lexeme.clean(word) }.map(String.init)
                #expect(Set(found) == Set(same), "\(number): \(word)")
            }
            for word in ["", " ", "*", "**", "\u{0}", "\n"] { _ = try await Self.find(database, [[word]]) }
            let everything = (0..<200).map { number in (0..<200).map { "\(words[(number + $0) % words.count])*" } }
            _ = try await Self.find(database, everything)
        }
    }

    @Test func lexemesAreCleaned() {
        #expect(Lexeme.clean("A b\tC\u{7F}É") == "abcÉ")
        #expect(Lexeme.clean(" \u{0}") == nil)
        #expect(Lexeme.wanted("ab*") == .init(text: "ab", isPrefix: true))
        #expect(Lexeme.wanted("*") == nil)
        #expect((Lexeme.clean(String(repeating: "א", count: 300))?.utf8.count ?? 0) == 250)
        #expect(Lexeme.vector([["x", "it's", "x"], ["x"], [], ["\\"]]) == #"'x':1A,3A,4B 'it''s':2A '\\':5D"#)
    }
}
