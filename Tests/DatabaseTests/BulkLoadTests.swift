@testable import Database
import TestKit
import Testing

@Suite struct BulkLoadTests {
    @Test(arguments: TestDatabases.engines) func everyRowArrives(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            try await database.run("CREATE TABLE thing (id BIGINT PRIMARY KEY, \"order\" TEXT, size INTEGER, raw BYTEA)")
            let rows = (0..<1_339).map(Self.row)
            let columns = ["id", "order", "size", "raw"]
            let added = try await database.write { try $0.insertMany("thing", columns, rows) }
            #expect(added == 1_339)
            #expect(try await database.number("SELECT COUNT(*) FROM thing WHERE \"order\" IS NULL") == 447)
            #expect(try await database.texts("SELECT \"order\" FROM thing WHERE id = 1337") == ["ש1337"])
            let again = rows.suffix(10) + [[.integer(5_000), "new", nil, nil]]
            let new = try await database.write { try $0.insertMany("thing", columns, again, conflict: "ON CONFLICT DO NOTHING") }
            let none = try await database.write { try $0.insertMany("thing", columns, [[SQLValue]]()) }
            #expect(new == 1 && none == 0)
            let error = await failure { _ = try await database.write { try $0.insertMany("thing", columns, rows.suffix(10)) } }
            let short = await failure { _ = try await database.write { try $0.insertMany("thing", columns, [[1]]) } }
            #expect(error?.isUniqueViolation == true)
            #expect(short == .statement("4 columns and 1 values"))
        }
    }

    private static func row(_ number: Int) -> [SQLValue] {
        let name = number % 3 == 0 ? SQLValue.null : .text("ש\(number)")
        let size = number % 2 == 0 ? SQLValue.null : .integer(5)
        let raw = number % 7 == 0 ? SQLValue.null : .blob([1])
        return [.integer(Int64(number)), name, size, raw]
    }

    @Test func fewTextsOfStatements() {
        #expect([1, 2, 3, 255, 256, 257].map(BulkLoad.powerOfTwo) == [1, 2, 2, 128, 256, 256])
        #expect([1, 8, 100, 2_000].map(BulkLoad.rowsMost) == [256, 128, 16, 1])
    }
}
