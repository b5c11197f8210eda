import Database
import Foundation
import TestKit
import Testing
import Values

@Suite struct MigrationTests {
    private static let people = """
        CREATE TABLE people_person (id TEXT PRIMARY KEY, name TEXT DEFAULT 'a;b'); -- one; two
        CREATE INDEX people_name ON people_person (name);
        """

    /// A module's folder with these files in it.
    private static func write(
        _ folder: String, _ module: String, head: String?, _ files: [String: String]
    ) throws -> (module: String, folder: String) {
        let path = folder + "/" + module
        try? FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name)) }
        if let head { try Data((head + "\n").utf8).write(to: URL(fileURLWithPath: path + "/head")) }
        return (module, path)
    }

    private static func reason(_ body: () async throws -> Void) async -> String? {
        if case .migration(let reason)? = await failure(body) { reason } else { nil }
    }

    @Test(arguments: TestDatabases.engines) func appliedOnceInOrder(engine: TestEngine) async throws {
        try await TestDatabases.withFolder { folder in
            try await TestDatabases.with(engine) { database in
                let a = try Self.write(folder, "people", head: "0002-search", [
                    "0001-people.sql": Self.people, "notes.txt": "no migration",
                    "0002-search.sqlite.sql": "CREATE TABLE people_engine AS SELECT 'sqlite' AS name",
                    "0002-search.postgres.sql": "CREATE TABLE people_engine AS SELECT 'postgres' AS name",
                ])
                let b = try Self.write(folder, "bodies", head: "0001-bodies.sql", [
                    "0001-bodies.sql": "CREATE TABLE bodies_body (person TEXT REFERENCES people_person (id))",
                ])
                let migrations = try Migrations([a, b])
                let all = ["people/0001-people", "people/0002-search", "bodies/0001-bodies"]
                #expect(try await migrations.pending(in: database) == all)
                #expect(try await migrations.apply(to: database, at: Instant(seconds: 7)) == all)
                #expect(try await migrations.apply(to: database).isEmpty)
                #expect(try await migrations.pending(in: database).isEmpty)
                #expect(try await database.texts("SELECT name FROM people_engine") == [engine.rawValue])
                #expect(try await database.number("SELECT COUNT(*) FROM database_migration WHERE applied_at = $1", 7_000_000) == 3)
            }
        }
    }

    @Test(arguments: TestDatabases.engines) func aheadAlteredAndMissingAreRefused(engine: TestEngine) async throws {
        try await TestDatabases.withFolder { folder in
            try await TestDatabases.with(engine) { database in
                let second = "CREATE TABLE people_two (id TEXT)"
                let files = ["0001-people.sql": Self.people, "0002-two.sql": second]
                let full = try Migrations([Self.write(folder, "people", head: "0002-two", files)])
                try await full.apply(to: database)
                let older = try Migrations([Self.write(folder, "people", head: "0001-people", ["0001-people.sql": Self.people])])
                let ahead = await Self.reason { _ = try await older.pending(in: database) }
                let aheadToo = await Self.reason { try await older.apply(to: database) }
                #expect(ahead?.contains("ahead: people/0002-two") == true && ahead == aheadToo)
                let altered = try Migrations([
                    Self.write(folder, "people", head: "0002-two", ["0001-people.sql": Self.people + " ", "0002-two.sql": second]),
                ])
                let changed = await Self.reason { try await altered.apply(to: database) }
                #expect(changed?.contains("people/0001-people was altered") == true)
                try await database.run("DELETE FROM database_migration WHERE name = '0001-people'")
                let missing = await Self.reason { try await full.apply(to: database) }
                #expect(missing?.contains("0001-people is missing although") == true)
            }
        }
    }

    @Test(arguments: TestDatabases.engines) func aFailingFileLeavesNothing(engine: TestEngine) async throws {
        try await TestDatabases.withFolder { folder in
            try await TestDatabases.with(engine) { database in
                let bad = try Migrations([Self.write(folder, "people", head: "0002-bad", [
                    "0001-people.sql": Self.people, "0002-bad.sql": "CREATE TABLE people_half (id TEXT); SELECT nonsense FROM nowhere;",
                ])])
                let reason = await Self.reason { try await bad.apply(to: database) }
                #expect(reason?.hasPrefix("people/0002-bad: ") == true)
                #expect(try await bad.pending(in: database) == ["people/0002-bad"])
                let mended = try Migrations([Self.write(folder, "people", head: "0002-bad", [
                    "0001-people.sql": Self.people, "0002-bad.sql": "CREATE TABLE people_half (id TEXT)",
                ])])
                #expect(try await mended.apply(to: database) == ["people/0002-bad"])
            }
        }
    }

    @Test(arguments: TestDatabases.engines) func severalAtOnceApplyEachOnce(engine: TestEngine) async throws {
        try await TestDatabases.withFolder { folder in
            try await TestDatabases.withURL(engine) { url in
                let files = Dictionary(uniqueKeysWithValues: (1...5).map { ("000\($0)-step.sql", "CREATE TABLE people_\($0) (id TEXT)") })
                let migrations = try Migrations([Self.write(folder, "people", head: "0005-step", files)])
                let applied = try await withThrowingTaskGroup(of: [String].self) { group in
                    for _ in 0..<4 {
                        group.addTask {
                            let database = try openDatabase(url: url, dataFolder: "")
                            let applied = try await migrations.apply(to: database)
                            await database.close()
                            return applied
                        }
                    }
                    return try await group.reduce(into: []) { $0 += $1 }
                }
                let expected = (1...5).map { "people/000\($0)-step" }
                #expect(applied.sorted() == expected)
            }
        }
    }

    @Test func foldersAreChecked() async throws {
        try await TestDatabases.withFolder { folder in
            let cases: [(head: String?, files: [String: String], reason: String)] = [
                (nil, ["0001-a.sql": ""], "head says nothing"), ("0001-b", ["0001-a.sql": ""], "head says 0001-b"),
                ("0003-c", ["0001-a.sql": "", "0003-c.sql": ""], "should have the number 2"),
                ("0001-b", ["0001-a.sql": "", "0001-b.sql": ""], "should have the number 2"),
                ("0002-a", ["0002-a.sql": ""], "should have the number 1"), ("1-a", ["1-a.sql": ""], "not named like"),
                ("0001-a", ["0001-a.sql": "", "0001-a.sqlite.sql": ""], "twice for sqlite"),
            ]
            for each in cases {
                let reason = await Self.reason { _ = try Migrations([Self.write(folder, "people", head: each.head, each.files)]) }
                #expect(reason?.contains(each.reason) == true, "\(each.reason): \(reason ?? "accepted")")
            }
            let nowhere = refusal { _ = try Migrations([("people", folder + "/nowhere")]) }
            let one = try Self.write(folder, "people", head: "0001-a", ["0001-a.sql": ""])
            let twice = refusal { _ = try Migrations([one, one]) }
            #expect(nowhere == .migration("people: there is no folder \(folder)/nowhere"))
            #expect(twice == .migration("a module is given twice"))
            _ = try Migrations([Self.write(folder, "empty", head: "", [:])])
        }
    }
}
