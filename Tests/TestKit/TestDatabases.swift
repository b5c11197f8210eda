public import Database
internal import Foundation
internal import Synchronization
public import Testing
internal import Values

/// The engines a test about SQL runs on: `@Test(arguments: TestDatabases.engines) func …(engine: TestEngine)`.
public enum TestEngine: String, Sendable, CaseIterable, CustomTestStringConvertible {
    case sqlite, postgres

    public var testDescription: String { rawValue }
}

/// Fresh, empty databases. SQLite needs nothing; PostgreSQL is used when the environment variable `ZAMIN_TEST_POSTGRES` holds the URL
/// of a server (`Tests/postgres start DIR PORT` prints one). Otherwise there are no cases of it, the run says so once on standard
/// error, and tests of PostgreSQL alone are reported as skipped.
public enum TestDatabases {
    public static let engines: [TestEngine] = {
        if postgresURL != nil { return TestEngine.allCases }
        FileHandle.standardError.write(Data("ZAMIN_TEST_POSTGRES is not set: the tests run on SQLite alone\n".utf8))
        return [.sqlite]
    }()

    /// The server for tests, if there is one; for `.enabled(if: TestDatabases.postgresURL != nil)` on a test of PostgreSQL alone.
    public static let postgresURL = ProcessInfo.processInfo.environment["ZAMIN_TEST_POSTGRES"].flatMap { $0.isEmpty ? nil : $0 }

    /// Runs `body` on an empty database of its own, gone afterwards.
    public static func with<Value: Sendable>(
        _ engine: TestEngine, connections: Int = 4, _ body: @Sendable (any Database) async throws -> Value
    ) async throws -> Value {
        try await withURL(engine) { url in
            let database: any Database = switch engine {
            case .sqlite: try openDatabase(url: url, dataFolder: "")
            case .postgres: try PostgresDatabase(url: url, connections: connections)
            }
            return try await ending({ await database.close() }) { try await body(database) }
        }
    }

    /// The same for a test that opens the database itself, perhaps more than once: gives what `openDatabase(url:)` takes.
    public static func withURL<Value: Sendable>(
        _ engine: TestEngine, _ body: @Sendable (String) async throws -> Value
    ) async throws -> Value {
        switch engine {
        case .sqlite:
            try await withFolder { try await body("sqlite:\($0)/test.sqlite") }
        case .postgres:
            try await withSchema(body)
        }
    }

    /// A folder of its own, gone afterwards.
    public static func withFolder<Value: Sendable>(_ body: @Sendable (String) async throws -> Value) async throws -> Value {
        let folder = FileManager.default.temporaryDirectory.path + "/zamin-test-" + UUIDv7.next()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return try await ending({ try? FileManager.default.removeItem(atPath: folder) }) { try await body(folder) }
    }

    private static func withSchema<Value: Sendable>(_ body: @Sendable (String) async throws -> Value) async throws -> Value {
        guard let server = postgresURL else { try Test.cancel("ZAMIN_TEST_POSTGRES is not set") }
        let schema = "test_" + UUIDv7.next().filter { $0 != "-" }
        let keeper = try keeper(server)
        _ = try await keeper.write { try $0.execute("CREATE SCHEMA \(schema)", []) }
        let url = server + (server.contains("?") ? "&" : "?") + "options=-csearch_path%3D\(schema)"
        return try await ending({ _ = try? await keeper.write { try $0.execute("DROP SCHEMA \(schema) CASCADE", []) } }) {
            try await body(url)
        }
    }

    /// Makes and drops the schemas of all tests.
    private static func keeper(_ server: String) throws -> PostgresDatabase {
        try kept.withLock { kept in
            if let kept { return kept }
            let keeper = try PostgresDatabase(url: server, connections: 2, isolation: .readCommitted)
            kept = keeper
            return keeper
        }
    }

    private static let kept = Mutex<PostgresDatabase?>(nil)

    /// `defer` cannot wait.
    private static func ending<Value: Sendable>(
        _ end: @Sendable () async -> Void, _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        do {
            let value = try await body()
            await end()
            return value
        } catch {
            await end()
            throw error
        }
    }
}
