@testable import Database
import TestKit
import Testing

@Suite struct SQLTests {
    @Test(arguments: [
        "SELECT 1", "SELECT $1", "UPDATE t SET a = $1, b = $2 WHERE a = $1 AND c = $3", "SELECT '$7', \"$8\", $1 -- $9",
        "SELECT /* $4 */ $1, $$ $5 $$, $x$ $6 $$ $x$, $2", "SELECT 'it''s $3', $1",
    ]) func inOrder(sql: String) { #expect(SQL.parametersInOrder(sql)) }

    @Test(arguments: [
        "SELECT $2, $1", "SELECT $2", "SELECT $1, $3", "SELECT $0", "SELECT $99999999999999999999 $1", "SELECT 'a' $2 'b'",
    ]) func outOfOrder(sql: String) { #expect(!SQL.parametersInOrder(sql) || sql.contains("9999")) }

    @Test func statementsOfAScript() {
        let script = """
            -- people; and more
            CREATE TABLE a (b TEXT DEFAULT 'x;''y');
            /* none; here */ ;;
            INSERT INTO a VALUES ('$$;'); SELECT $tag$ ; $$ ; $tag$, "odd;name"
            ;
            DELETE FROM a -- at the end; without a semicolon
            """
        #expect(SQL.statements(in: script) == [
            "CREATE TABLE a (b TEXT DEFAULT 'x;''y')", "INSERT INTO a VALUES ('$$;')", "SELECT $tag$ ; $$ ; $tag$, \"odd;name\"",
            "DELETE FROM a",
        ])
        #expect(SQL.statements(in: "").isEmpty && SQL.statements(in: " ; -- x\n;").isEmpty)
    }

    @Test(arguments: ["'", "\"", "/*", "--", "$$", "$", "$a", "$a$", "'';'", "/", "-"]) func unfinishedTextEnds(text: String) {
        #expect(SQL.statements(in: "SELECT 1; " + text).first == "SELECT 1")
        _ = SQL.parametersInOrder(text)
    }

    @Test func namesCannotBeBrokenOutOf() {
        #expect(SQL.quoted("plain") == "\"plain\"")
        #expect(SQL.quoted("a\"b\"\u{301}") == "\"a\"\"b\"\"\u{301}\"")
    }

    @Test(arguments: TestDatabases.engines) func storesRefuseAnotherOrderOrNumber(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            let cases: [(sql: String, arguments: [SQLValue])] = [
                ("SELECT $2 + $1", [1, 2]), ("SELECT $1 + $2", [1]), ("SELECT 1", [1]), ("SELECT ?", [1]),
            ]
            for each in cases {
                let error = await failure { _ = try await database.read { try $0.query(each.sql, each.arguments) { try $0.int(0) } } }
                if case .statement? = error { continue }
                Issue.record("accepted: \(each.sql)")
            }
            let number = try await database.number("SELECT $1 - $2 + $1", 5, 3)
            #expect(number == 7)
        }
    }
}
