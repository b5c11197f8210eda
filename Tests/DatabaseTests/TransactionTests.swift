import Database
import TestKit
import Testing

private struct Change: Error {}

@Suite struct TransactionTests {
    private static func names(_ database: any Database) async throws -> [String] {
        try await database.texts("SELECT name FROM person ORDER BY name")
    }

    private static func insert(_ connection: any Connection, _ name: String) throws {
        try connection.execute("INSERT INTO person (name) VALUES ($1)", [.text(name)])
    }

    private static func insertAndThrow(_ connection: any Connection, _ name: String, then next: String) throws {
        try insert(connection, name)
        try connection.savepoint { try insert(connection, next) }
        throw Change()
    }

    @Test(arguments: TestDatabases.engines) func allOrNothing(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            try await database.run("CREATE TABLE person (name TEXT PRIMARY KEY)")
            do {
                try await database.write { connection in
                    try Self.insert(connection, "a")
                    throw Change()
                }
                Issue.record("the error was lost")
            } catch is Change {}
            try await database.write { try Self.insert($0, "b") }
            #expect(try await Self.names(database) == ["b"])
        }
    }

    @Test(arguments: TestDatabases.engines) func savepointsNest(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            try await database.run("CREATE TABLE person (name TEXT PRIMARY KEY)")
            try await database.write { connection in
                try Self.insert(connection, "a")
                try connection.savepoint {
                    try Self.insert(connection, "b")
                    do { try connection.savepoint { try Self.insertAndThrow(connection, "c", then: "d") } } catch is Change {}
                    let error = refusal { try connection.savepoint { try Self.insert(connection, "a") } }
                    #expect(error?.isUniqueViolation == true)
                    try Self.insert(connection, "e")
                }
                do { try connection.savepoint { try Self.insertAndThrow(connection, "f", then: "g") } } catch is Change {}
            }
            #expect(try await Self.names(database) == ["a", "b", "e"])
        }
    }

    @Test(arguments: TestDatabases.engines) func aFailedStatementEndsTheTransaction(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            try await database.run("CREATE TABLE person (name TEXT PRIMARY KEY)")
            let error = await failure {
                try await database.write { connection in
                    try Self.insert(connection, "a")
                    let first = refusal { _ = try connection.changes("INSERT INTO person (name) VALUES ($1)", ["a"]) }
                    let second = refusal { try Self.insert(connection, "b") }
                    #expect(first?.isUniqueViolation == true && second == first)
                }
            }
            #expect(error?.isUniqueViolation == true)
            // Swallowed inside a savepoint: the savepoint throws, the transaction lives.
            try await database.write { connection in
                try Self.insert(connection, "c")
                let error = refusal { try connection.savepoint { _ = try? Self.insert(connection, "c") } }
                #expect(error?.isUniqueViolation == true)
                try Self.insert(connection, "d")
            }
            #expect(try await Self.names(database) == ["c", "d"])
        }
    }

    @Test(arguments: TestDatabases.engines) func constraintsAreNamed(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            try await database.run("CREATE TABLE body (id TEXT PRIMARY KEY)")
            try await database.run("""
                CREATE TABLE person (id BIGINT PRIMARY KEY, mail TEXT UNIQUE, name TEXT NOT NULL, body_id TEXT REFERENCES body (id),
                    age INTEGER CONSTRAINT person_age CHECK (age >= 0))
                """)
            let insert = "INSERT INTO person (id, mail, name, body_id, age) VALUES ($1, $2, $3, $4, $5)"
            try await database.run("INSERT INTO body VALUES ('b')")
            try await database.run(insert, 1, "m", "n", "b", 3)
            let unique = await failure { try await database.run(insert, 2, "m", "n", "b", 3) }
            let key = await failure { try await database.run(insert, 1, nil, "n", "b", 3) }
            let foreign = await failure { try await database.run(insert, 3, nil, "n", "other", 3) }
            let pointed = await failure { try await database.run("DELETE FROM body") }
            let missing = await failure { try await database.run(insert, 4, nil, nil, "b", 3) }
            let check = await failure { try await database.run(insert, 5, nil, "n", "b", .integer(-1)) }
            let isPostgres = engine == .postgres
            #expect(unique == .constraint(isPostgres ? "unique person_mail_key" : "unique person.mail"))
            #expect(key == .constraint(isPostgres ? "unique person_pkey" : "unique person.id"))
            #expect(unique?.isUniqueViolation == true && unique?.isForeignKeyViolation == false)
            #expect(foreign?.isForeignKeyViolation == true && pointed?.isForeignKeyViolation == true)
            #expect(missing == .constraint("not_null person.name"))
            #expect(check == .constraint("check person_age"))
            #expect(try await database.number("SELECT COUNT(*) FROM person") == 1)
        }
    }

    @Test(arguments: TestDatabases.engines) func rowsChangedAndReturned(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            #expect(try await database.run("CREATE TABLE person (name TEXT PRIMARY KEY, age BIGINT)") == 0)
            #expect(try await database.run("INSERT INTO person VALUES ('a', 1), ('b', 2), ('c', 3)") == 3)
            #expect(try await database.run("UPDATE person SET age = age + 1 WHERE age > $1", 1) == 2)
            #expect(try await database.run("DELETE FROM person WHERE age > $1", 100) == 0)
            #expect(try await database.run("INSERT INTO person VALUES ('a', 9) ON CONFLICT (name) DO NOTHING") == 0)
            #expect(try await database.run("CREATE INDEX person_age ON person (age)") == 0)
            #expect(try await database.run("SELECT name FROM person") == 0)
            let returned = try await database.write { connection in
                try connection.query("UPDATE person SET age = 0 WHERE age >= $1 RETURNING name", [3]) { try $0.text(0) }.sorted()
            }
            #expect(returned == ["b", "c"])
        }
    }

    @Test(arguments: TestDatabases.engines) func aReaderOnlyReads(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            try await database.run("CREATE TABLE person (name TEXT)")
            let error = await failure { _ = try await database.read { try $0.execute("INSERT INTO person VALUES ('a')", []) } }
            guard case .statement? = error else { Issue.record("a read wrote"); return }
            #expect(try await database.number("SELECT COUNT(*) FROM person") == 0)
        }
    }

    @Test(arguments: TestDatabases.engines) func aQueryInsideTheSameQuery(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            let sql = "SELECT v FROM (SELECT 1 AS v UNION ALL SELECT 2) AS two WHERE v >= $1 ORDER BY v"
            let pairs = try await database.read { connection in
                try connection.query(sql, [1]) { outer in
                    let inner = try connection.query(sql, [.integer(try outer.int(0))]) { try $0.int(0) }
                    return "\(try outer.int(0)):\(inner)"
                }
            }
            #expect(pairs == ["1:[1, 2]", "2:[2]"])
        }
    }

    @Test(arguments: TestDatabases.engines) func badSQLIsAnError(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            for sql in ["SELEC 1", "SELECT * FROM nowhere", "SELECT 1; SELECT 2", "SELECT 'open"] {
                let error = await failure { _ = try await database.read { try $0.query(sql, []) { try $0.int(0) } } }
                if case .statement? = error { continue }
                Issue.record("accepted: \(sql)")
            }
            let number = try await database.number("SELECT 1")
            #expect(number == 1)
        }
    }

    @Test(arguments: TestDatabases.engines) func closedIsClosed(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            await database.close()
            guard case .unavailable? = await failure({ try await database.run("CREATE TABLE person (name TEXT)") }) else {
                Issue.record("wrote after closing"); return
            }
            guard case .unavailable? = await failure({ _ = try await database.number("SELECT 1") }) else {
                Issue.record("read after closing"); return
            }
        }
    }

    @Test(arguments: TestDatabases.engines) func manyTextsOfStatements(engine: TestEngine) async throws {
        try await TestDatabases.with(engine, connections: 1) { database in
            let sum = try await database.read { connection in
                try (0..<1_200).map { try connection.first("SELECT $1 + \($0)", [1]) { try $0.int(0) } ?? 0 }.reduce(0, +)
            }
            #expect(sum == 1_200 * 1_201 / 2)
            #expect(try await database.number("SELECT $1 + 3", 1) == 4)
        }
    }
}
