import Database
import TestKit
import Testing
import Values

@Suite struct RoundTripTests {
    static let table = """
        CREATE TABLE thing (id BIGINT PRIMARY KEY, small INTEGER, number BIGINT, real DOUBLE PRECISION, text TEXT, blob BYTEA)
        """

    @Test(arguments: TestDatabases.engines) func everyTypeComesBackAsItWent(engine: TestEngine) async throws {
        let integers: [Int64] = [0, 1, -1, 127, 32_768, -2_147_483_649, .max, .min, 9_007_199_254_740_993]
        let reals: [Double] = [0, -0.0, 1.5, .pi, .leastNonzeroMagnitude, -1.7976931348623157e308, .infinity, 3]
        let texts = [
            "", "a", "שָׁלוֹם עוֹלָם", "مرحبا", "Привет", "👩‍👩‍👧",
            "e\u{301}", "'; DROP TABLE thing; --", "\u{1}\n\t\\", "\u{10FFFF}",
        ]
        let blobs: [[UInt8]] = [[], [0], [0, 255, 0], Array(0...255), [UInt8](repeating: 7, count: 100_000)]
        try await TestDatabases.with(engine) { database in
            try await database.run(Self.table)
            for row in 0..<integers.count {
                let (real, text, blob) = (reals[row % reals.count], texts[row % texts.count], blobs[row % blobs.count])
                try await database.run(
                    "INSERT INTO thing (id, number, real, text, blob) VALUES ($1, $2, $3, $4, $5)",
                    .integer(Int64(row)), .integer(integers[row]), .real(real), .text(text), .blob(blob))
                let isSame = try await database.read { connection in
                    try connection.first("SELECT number, real, text, blob FROM thing WHERE id = $1", [.integer(Int64(row))]) { found in
                        let sameReal = try found.real(1).bitPattern == real.bitPattern || real == 0
                        let sameText = try Array(found.text(2).utf8) == Array(text.utf8)
                        return try found.int(0) == integers[row] && sameReal && sameText && found.blob(3) == blob
                    }
                }
                #expect(isSame == true, "row \(row)")
            }
            for text in texts {
                try await database.run("UPDATE thing SET text = $1 WHERE id = 0", .text(text))
                #expect(try await database.texts("SELECT text FROM thing WHERE id = 0 AND text = $1", .text(text)) == [text])
            }
        }
    }

    @Test(arguments: TestDatabases.engines) func nullIsNothingElse(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            try await database.run(Self.table)
            try await database.run("INSERT INTO thing VALUES ($1, $2, $3, $4, $5, $6)", 1, nil, nil, nil, nil, nil)
            // The same text with a value where there was a NULL, and again without.
            try await database.run("INSERT INTO thing VALUES ($1, $2, $3, $4, $5, $6)", 2, 5, nil, .real(1), "x", .blob([]))
            try await database.run("INSERT INTO thing VALUES ($1, $2, $3, $4, $5, $6)", 3, nil, 6, nil, nil, .blob([1]))
            _ = try await database.read { try $0.query("SELECT * FROM thing WHERE id = 1", [], Self.expectNulls) }
            #expect(try await database.number("SELECT COUNT(*) FROM thing WHERE small IS NULL") == 2)
            #expect(try await database.number("SELECT small FROM thing WHERE id = 2") == 5)
        }
    }

    @Test(arguments: TestDatabases.engines) func aColumnIsNotReadAsAnotherType(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            try await database.run(Self.table)
            try await database.run("INSERT INTO thing VALUES ($1, $2, $3, $4, $5, $6)", 1, 2, 3, .real(0.5), "5", .blob([53]))
            _ = try await database.read { try $0.query("SELECT * FROM thing", [], Self.expectRefusals) }
        }
    }

    @Test(arguments: TestDatabases.engines) func whatTheEnginesCallDifferentlyReadsAlike(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            try await database.run(Self.table)
            try await database.run("INSERT INTO thing (id, number) VALUES (1, 40), (2, 2)")
            #expect(try await database.number("SELECT SUM(number) FROM thing") == 42)
            #expect(try await database.number("SELECT EXISTS (SELECT 1 FROM thing WHERE number = $1)", 40) == 1)
            #expect(try await database.number("SELECT number > 10 FROM thing WHERE id = 2") == 0)
            #expect(try await database.number("SELECT $1 + 1", .integer(5_000_000_000)) == 5_000_000_001)
            let average = try await database.read { try $0.first("SELECT AVG(number) FROM thing") { try $0.real(0) } }
            #expect(average == 21)
        }
    }

    @Test(arguments: TestDatabases.engines) func datesTimesAndJSON(engine: TestEngine) async throws {
        let (instant, date) = (Instant(microseconds: 1_795_446_837_123_456), try #require(CalendarDate("2026-02-28")))
        let json = try JSON.parse(#"{"שם":["א",1,null,true]}"#)
        try await TestDatabases.with(engine) { database in
            try await database.run("CREATE TABLE moment (at BIGINT, day TEXT, body TEXT, flag INTEGER)")
            try await database.run("INSERT INTO moment VALUES ($1, $2, $3, $4)", .instant(instant), .date(date), .json(json), .bool(true))
            let row = try await database.read { connection in
                try connection.first("SELECT at, day, body, flag FROM moment") { row in
                    (try row.instant(0), try row.date(1), try row.json(2).text, try row.bool(3))
                }
            }
            #expect(row?.0 == instant && row?.1 == date && row?.2 == json.text && row?.3 == true)
            try await database.run("UPDATE moment SET day = 'yesterday', body = '{'")
            let noDate = await failure { _ = try await database.read { try $0.first("SELECT day FROM moment") { try $0.date(0) } } }
            let noJSON = await failure { _ = try await database.read { try $0.first("SELECT body FROM moment") { try $0.json(0) } } }
            #expect(noDate == .unexpectedValue(column: 0, expected: "a date"))
            #expect(noJSON == .unexpectedValue(column: 0, expected: "JSON"))
        }
    }

    @Test(arguments: TestDatabases.engines) func whatCannotBeKeptOnBothIsRefusedOnBoth(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            try await database.run(Self.table)
            let nul = await failure { try await database.run("INSERT INTO thing (id, text) VALUES (1, $1)", "a\u{0}b") }
            #expect(nul == .nulInText)
            let nan = await failure { try await database.run("INSERT INTO thing (id, real) VALUES (1, $1)", .real(.nan)) }
            guard case .statement? = nan else { Issue.record("\(String(describing: nan))"); return }
            let count = try await database.number("SELECT COUNT(*) FROM thing")
            #expect(count == 0)
        }
    }

    private static func expectNulls(_ row: any Row) throws {
        for column in 1...5 { #expect(try row.isNull(column)) }
        #expect(try row.optionalText(4) == nil && row.optionalInt(2) == nil && row.optionalBlob(5) == nil)
        #expect(throws: DatabaseError.unexpectedValue(column: 4, expected: "text")) { try row.text(4) }
        #expect(throws: DatabaseError.unexpectedValue(column: 2, expected: "an integer")) { try row.int(2) }
        #expect(throws: DatabaseError.unexpectedValue(column: 3, expected: "a real")) { try row.real(3) }
        #expect(throws: DatabaseError.unexpectedValue(column: 5, expected: "a blob")) { try row.blob(5) }
        #expect(throws: DatabaseError.unexpectedValue(column: 6, expected: "a column")) { try row.isNull(6) }
        #expect(throws: DatabaseError.self) { try row.int(-1) }
    }

    private static func expectRefusals(_ row: any Row) throws {
        #expect(throws: DatabaseError.self) { try row.text(2) }
        #expect(throws: DatabaseError.self) { try row.int(3) }
        #expect(throws: DatabaseError.self) { try row.int(4) }
        #expect(throws: DatabaseError.self) { try row.text(5) }
        #expect(throws: DatabaseError.self) { try row.blob(4) }
        #expect(try row.real(2) == 3)
    }
}
