@testable import Database
import TestKit
import Testing

@Suite(.enabled(if: TestDatabases.postgresURL != nil, "ZAMIN_TEST_POSTGRES is not set")) struct PostgresTests {
    /// Skipped with the others when there is no server, so that a run on SQLite alone shows it.
    @Test func everyTestOfSQLRunsOnBothEngines() {
        #expect(TestDatabases.engines == TestEngine.allCases)
    }

    @Test func commitsWaitForTheDisk() async throws {
        try await TestDatabases.withURL(.postgres) { url in
            let database = try PostgresDatabase(url: url + "%20-csynchronous_commit%3Doff", connections: 1)
            #expect(try await database.texts("SELECT current_setting('synchronous_commit')") == ["on"])
            #expect(try await database.texts("SELECT current_setting('transaction_isolation')") == ["repeatable read"])
            #expect(try await database.texts("SELECT current_setting('transaction_read_only')") == ["on"])
            await database.close()
        }
    }

    @Test func aLostConnectionIsToldAndReplaced() async throws {
        try await TestDatabases.withURL(.postgres) { url in
            let database = try PostgresDatabase(url: url, connections: 1)
            let keeper = try PostgresDatabase(url: url, connections: 1)
            let pid = try await database.number("SELECT pg_backend_pid()") ?? 0
            // Idle: nobody notices.
            _ = try await keeper.number("SELECT pg_terminate_backend($1::int)", .integer(pid))
            let next = try await database.number("SELECT pg_backend_pid()") ?? 0
            #expect(next != pid)
            // In the middle of a transaction: that one fails, the next does not.
            let error = await failure {
                try await database.write { _ = try $0.query("SELECT pg_terminate_backend(pg_backend_pid())", []) { try $0.int(0) } }
            }
            guard case .unavailable? = error else { Issue.record("\(String(describing: error))"); return }
            #expect(try await database.number("SELECT 1") == 1)
            await database.close()
            await keeper.close()
        }
    }

    @Test func aServerThatIsNotThereIsUnavailable() throws {
        for url in ["postgres://nobody@127.0.0.1:1/none", "postgres://%zz", "postgres://127.0.0.1:99999999/"] {
            if case .unavailable? = refusal({ _ = try PostgresDatabase(url: url) }) { continue }
            Issue.record("\(url) was reached")
        }
    }

    @Test func statementsSurviveAChangedTable() async throws {
        try await TestDatabases.with(.postgres, connections: 1) { database in
            try await database.run("CREATE TABLE thing (id BIGINT)")
            try await database.run("INSERT INTO thing VALUES (1)")
            #expect(try await database.number("SELECT * FROM thing") == 1)
            try await database.run("ALTER TABLE thing ADD COLUMN name TEXT DEFAULT 'x'")
            #expect(try await database.number("SELECT * FROM thing") == 1)
            try await database.run("DEALLOCATE ALL")
            #expect(try await database.number("SELECT * FROM thing") == 1)
        }
    }

    @Test(arguments: [
        "0", "1", "-1", "0.5", "-0.05", "10000", "99999999", "100000000.00000001", "0.00010000", "123456789012345678901234567890.12",
        "3.1415", "-20000.10", "1e20", "1000000000000000000000000",
    ]) func numericIsReadAsTheServerWritesIt(text: String) async throws {
        try await TestDatabases.with(.postgres, connections: 1) { database in
            let read = try await database.texts("SELECT CAST($1 AS numeric)", .text(text))
            #expect(try await database.texts("SELECT CAST(CAST($1 AS numeric) AS text)", .text(text)) == read)
        }
    }

    @Test func numbersThatAreNone() async throws {
        try await TestDatabases.with(.postgres, connections: 1) { database in
            for text in ["'NaN'::numeric", "'Infinity'::numeric", "1.5", "99999999999999999999"] {
                let error = await failure { _ = try await database.number("SELECT \(text)") }
                #expect(error == .unexpectedValue(column: 0, expected: "an integer"), "\(text)")
            }
        }
    }

    @Test func argumentsTakeTheTypeOfTheColumn() async throws {
        try await TestDatabases.with(.postgres, connections: 1) { database in
            try await database.run("CREATE TABLE thing (small INTEGER, big BIGINT, code VARCHAR(10))")
            let insert = "INSERT INTO thing VALUES ($1, $2, $3)"
            try await database.run(insert, nil, nil, nil)
            try await database.run(insert, 1, 2, "x")
            try await database.run(insert, 3, nil, "y")
            #expect(try await database.number("SELECT small FROM thing WHERE small = $1 AND code = $2", 1, "x") == 1)
            #expect(try await database.number("SELECT COUNT(*) FROM thing WHERE small = $1 OR ($1 IS NULL AND small IS NULL)", nil) == 1)
            guard case .statement? = await failure({ try await database.run(insert, .integer(5_000_000_000), 1, "z") }) else {
                Issue.record("an INTEGER took five thousand million"); return
            }
        }
    }

    @Test func readCommittedSeesWhatOthersCommit() async throws {
        try await TestDatabases.withURL(.postgres) { url in
            let database = try PostgresDatabase(url: url, connections: 8, isolation: .readCommitted)
            try await database.run("CREATE TABLE counter (value BIGINT)")
            try await database.run("INSERT INTO counter VALUES (0)")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<100 { group.addTask { try await database.run("UPDATE counter SET value = value + 1") } }
                try await group.waitForAll()
            }
            #expect(try await database.number("SELECT value FROM counter") == 100)
            await database.close()
        }
    }
}
