public import Values

/// The schema of all modules: numbered files in a folder each (`Schema/0001-people.sql`, or `0002-search.sqlite.sql` and
/// `0002-search.postgres.sql`, or one of the two alone), beside a file `head` that holds the last one's name, so that two branches that
/// both add a migration conflict in git. They only go forward. What has been applied is in the table `database_migration`.
public struct Migrations: Sendable {
    private let files: [MigrationFile]
    private let modules: [String]

    /// Reads and checks the files. They are applied module after module, in the order given here.
    ///
    /// - Throws: `DatabaseError.migration` for a missing folder, a gap in the numbers, or a `head` that is not the last file's name.
    public init(_ folders: [(module: String, folder: String)]) throws {
        modules = folders.map(\.module)
        guard Set(modules).count == modules.count else { throw DatabaseError.migration("a module is given twice") }
        files = try folders.flatMap { try MigrationFile.read($0.module, $0.folder) }
    }

    /// Applies what is missing, each file in a transaction of its own; several processes may do so at once.
    ///
    /// - Returns: what was applied, as `module/name`.
    /// - Throws: `DatabaseError.migration` when the database is ahead or altered (see `pending`), or a statement fails; what was
    ///   applied before it stays.
    @discardableResult public func apply(to database: any Database, at time: Instant = .wallClock()) async throws -> [String] {
        try await Self.createTable(in: database)
        var done: [String] = []
        for file in files where file.dialect == nil || file.dialect == database.dialect {
            let isNew = try await database.write { connection in
                // One at a time. On PostgreSQL this must come first: a transaction's view of the data begins with its first query.
                if connection.dialect == .postgres { try connection.execute("LOCK TABLE database_migration IN EXCLUSIVE MODE", []) }
                guard try pending(connection).contains(where: { $0.module == file.module && $0.name == file.name }) else { return false }
                try Self.run(file, connection, time)
                return true
            }
            if isNew { done.append("\(file.module)/\(file.name)") }
        }
        _ = try await pending(in: database)
        return done
    }

    /// What has not been applied yet, as `module/name`. A program whose answer is not empty should not start.
    ///
    /// - Throws: `DatabaseError.migration` when the database holds a migration that is unknown here (a newer version has been at it),
    ///   one whose text was another then, or one that comes after one that is missing.
    public func pending(in database: any Database) async throws -> [String] {
        try await Self.createTable(in: database)
        return try await database.read { connection in try pending(connection).map { "\($0.module)/\($0.name)" } }
    }

    private func pending(_ connection: any Connection) throws -> [MigrationFile] {
        let applied = try connection.query("SELECT module, name, checksum FROM database_migration ORDER BY module, name", []) { row in
            (module: try row.text(0), name: try row.text(1), checksum: try row.text(2))
        }
        let known = files.filter { $0.dialect == nil || $0.dialect == connection.dialect }
        for step in applied {
            guard let file = known.first(where: { $0.module == step.module && $0.name == step.name }) else {
                throw DatabaseError.migration(
                    "the database is ahead: \(step.module)/\(step.name) was applied by a newer version of the program")
            }
            guard file.checksum == step.checksum else {
                throw DatabaseError.migration("\(step.module)/\(step.name) was altered after it had been applied to this database")
            }
        }
        let missing = known.filter { file in !applied.contains { $0.module == file.module && $0.name == file.name } }
        for file in missing {
            if let later = applied.first(where: { $0.module == file.module && $0.name > file.name }) {
                throw DatabaseError.migration("\(file.module)/\(file.name) is missing although \(later.name) was applied")
            }
        }
        return missing
    }

    private static func run(_ file: MigrationFile, _ connection: any Connection, _ time: Instant) throws {
        for statement in SQL.statements(in: file.text) {
            do { _ = try connection.changes(statement, []) } catch let error as DatabaseError {
                if case .statement(let reason) = error { throw DatabaseError.migration("\(file.module)/\(file.name): \(reason)") }
                throw error
            }
        }
        try connection.execute(
            "INSERT INTO database_migration (module, name, checksum, applied_at) VALUES ($1, $2, $3, $4)",
            [.text(file.module), .text(file.name), .text(file.checksum), .instant(time)])
    }

    /// Two at once may both find no table; PostgreSQL then refuses one of them, for which there is a table the second time.
    private static func createTable(in database: any Database) async throws {
        let find = database.dialect == .sqlite
            ? "SELECT 1 FROM sqlite_master WHERE name = 'database_migration'"
            : "SELECT 1 WHERE to_regclass('database_migration') IS NOT NULL"
        for attempt in 0..<3 {
            if try await database.read({ try $0.first(find) { try $0.int(0) } }) != nil { return }
            do {
                try await database.write { connection in
                    try connection.execute(
                        """
                        CREATE TABLE IF NOT EXISTS database_migration (
                            module TEXT NOT NULL, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL,
                            PRIMARY KEY (module, name))
                        """, [])
                }
            } catch let error as DatabaseError where attempt < 2 {
                switch error {
                case .constraint, .statement: continue
                default: throw error
                }
            }
        }
    }
}
