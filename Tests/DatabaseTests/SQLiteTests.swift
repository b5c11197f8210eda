@testable import Database
import Foundation
import TestKit
import Testing

@Suite struct SQLiteTests {
    private static func withStore(_ body: @Sendable (SQLiteDatabase, String) async throws -> Void) async throws {
        try await TestDatabases.withFolder { folder in
            let path = folder + "/deep/er/store.sqlite"
            let database = try SQLiteDatabase(path: path)
            try await body(database, path)
            await database.close()
        }
    }

    @Test func settingsAreInForce() async throws {
        try await Self.withStore { database, path in
            let settings = try await database.write { connection in
                try ["journal_mode", "synchronous", "foreign_keys"].map { name in
                    try connection.query("SELECT CAST(\(name) AS TEXT) FROM pragma_\(name)()", []) { try $0.text(0) }.first ?? ""
                }
            }
            #expect(settings == ["wal", "2", "1"])
            let timeout = try await database.write { try $0.first("PRAGMA busy_timeout") { try $0.int(0) } }
            #expect(timeout == 10_000)
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
            let mode = try FileManager.default.attributesOfItem(atPath: folder)[.posixPermissions] as? Int
            let fileMode = try FileManager.default.attributesOfItem(atPath: path + "-wal")[.posixPermissions] as? Int
            #expect(mode == 0o700 && fileMode == 0o600)
        }
    }

    @Test func aFullDiskIsToldAndRecoveredFrom() async throws {
        try await Self.withStore { database, _ in
            try await database.run("CREATE TABLE entry (id BIGINT PRIMARY KEY, body BYTEA)")
            try await database.run("INSERT INTO entry VALUES (0, $1)", .blob([1]))
            _ = try await database.write { try $0.query("PRAGMA max_page_count = 40", []) { try $0.int(0) } }
            let outcomes = await withTaskGroup(of: (Int, DatabaseError?).self) { group in
                for number in 1...100 {
                    group.addTask {
                        let body = SQLValue.blob([UInt8](repeating: 1, count: 10_000))
                        return (number, await failure {
                            try await database.run("INSERT INTO entry VALUES ($1, $2)", .integer(Int64(number)), body)
                        })
                    }
                }
                return await group.reduce(into: [Int: DatabaseError?]()) { $0[$1.0] = $1.1 }
            }
            let acknowledged = Set(outcomes.filter { $0.value == nil }.keys.map(Int64.init)).union([0])
            let others = outcomes.values.filter { $0 != nil && $0 != .full }
            #expect(others.isEmpty && acknowledged.count < 101)
            let kept = try await database.read { try Set($0.query("SELECT id FROM entry", []) { try $0.int(0) }) }
            #expect(kept == acknowledged)
            _ = try await database.write { try $0.query("PRAGMA max_page_count = 100000", []) { try $0.int(0) } }
            try await database.run("INSERT INTO entry VALUES (1000, $1)", .blob([UInt8](repeating: 1, count: 100_000)))
            #expect(try await database.number("SELECT COUNT(*) FROM entry WHERE id = 1000") == 1)
        }
    }

    /// A deferred constraint breaks the commit of the whole group; only the one that broke it may be told so.
    @Test func aBrokenCommitBlamesTheRightOne() async throws {
        try await Self.withStore { database, _ in
            try await database.run("CREATE TABLE body (id BIGINT PRIMARY KEY)")
            let reference = "BIGINT REFERENCES body (id) DEFERRABLE INITIALLY DEFERRED"
            try await database.run("CREATE TABLE entry (id BIGINT PRIMARY KEY, body \(reference))")
            let refused = await withTaskGroup(of: Int?.self) { group in
                for number in 0..<60 {
                    group.addTask {
                        let error = await failure {
                            try await database.run(
                                "INSERT INTO entry VALUES ($1, $2)", .integer(Int64(number)), number % 20 == 7 ? 99 : nil)
                        }
                        return error?.isForeignKeyViolation == true ? number : nil
                    }
                }
                return await group.reduce(into: Set<Int>()) { if let number = $1 { $0.insert(number) } }
            }
            #expect(refused == [7, 27, 47])
            #expect(try await database.number("SELECT COUNT(*) FROM entry") == 57)
        }
    }

    @Test func onlyOneWritesAtATime() async throws {
        try await Self.withStore { database, path in
            try await database.run("CREATE TABLE entry (id BIGINT PRIMARY KEY)")
            let other = try SQLiteHandle.writer(path)
            try other.use { connection in
                try connection.beginWriting()
                try connection.execute("INSERT INTO entry VALUES (1)", [])
            }
            async let waiting = database.run("INSERT INTO entry VALUES (2)")
            #expect(try await database.number("SELECT COUNT(*) FROM entry") == 0)
            try other.use { try $0.commit() }
            #expect(try await waiting == 1)
            #expect(try await database.number("SELECT COUNT(*) FROM entry") == 2)
            other.close()
        }
    }

    @Test func whatCannotBeOpenedIsUnavailable() async throws {
        try await TestDatabases.withFolder { folder in
            let text = folder + "/text"
            try Data("this is not a database, but long enough to have a header of its own, or so it seems to me; read on".utf8)
                .write(to: URL(fileURLWithPath: text))
            for path in [text, text + "/below/a/file.sqlite", folder] {
                if case .unavailable? = refusal({ _ = try SQLiteDatabase(path: path) }) { continue }
                Issue.record("\(path) was opened")
            }
        }
    }

    @Test func addressesOfDatabases() throws {
        #expect(try DatabaseURL(nil, dataFolder: "/data") == .sqlite(path: "/data/zamin.sqlite"))
        #expect(try DatabaseURL("", dataFolder: "/data") == .sqlite(path: "/data/zamin.sqlite"))
        #expect(try DatabaseURL("sqlite:/x/y.db", dataFolder: "/data") == .sqlite(path: "/x/y.db"))
        #expect(try DatabaseURL("postgres://a@b/c", dataFolder: "/data") == .postgres("postgres://a@b/c"))
        for text in ["mysql://a", "sqlite:", "/tmp/file", "postgres:x"] {
            #expect(throws: DatabaseError.self) { try DatabaseURL(text, dataFolder: "/data") }
        }
    }
}
