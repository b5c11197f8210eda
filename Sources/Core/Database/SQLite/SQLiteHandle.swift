internal import Foundation
internal import GRDB

/// An open SQLite connection, for one thread at a time. `@unchecked`: `connection` is touched only inside GRDB's queue.
final class SQLiteHandle: @unchecked Sendable {
    /// How long a writer waits for another process that holds the write lock.
    static let busyTimeoutSeconds = 10.0

    private let queue: DatabaseQueue
    private var connection: SQLiteConnection?

    private init(_ path: String, _ configuration: Configuration, pragmas: [String]) throws {
        queue = try DatabaseQueue(path: path, configuration: configuration)
        connection = try queue.inDatabase { database in
            for pragma in pragmas { try database.execute(sql: "PRAGMA \(pragma)") }
            return try SQLiteConnection(database)
        }
    }

    /// WAL, so that readers never wait for the writer; `synchronous=FULL`, so that a commit is on the disk when it returns.
    static func writer(_ path: String) throws(DatabaseError) -> SQLiteHandle {
        try open {
            var configuration = Self.configuration
            configuration.journalMode = .wal
            // Pages that many transactions touch are copied from the journal into the file once every 8,000 pages (32 MB), not once a second.
            let pragmas = [
                "synchronous = FULL", "temp_store = MEMORY", "cache_size = -32000", "journal_size_limit = 67108864", "wal_autocheckpoint = 8000",
            ]
            return try SQLiteHandle(path, configuration, pragmas: pragmas)
        }
    }

    static func reader(_ path: String) throws(DatabaseError) -> SQLiteHandle {
        try open {
            var configuration = Self.configuration
            configuration.readonly = true
            return try SQLiteHandle(path, configuration, pragmas: ["temp_store = MEMORY", "cache_size = -4000"])
        }
    }

    /// Runs inline, on the caller's thread.
    func use<Value>(_ body: (SQLiteConnection) throws -> Value) throws -> Value {
        try queue.inDatabase { _ in
            guard let connection else { throw DatabaseError.unavailable("the database is closed") }
            return try body(connection)
        }
    }

    func close() {
        queue.inDatabase { _ in
            connection?.close()
            connection = nil
        }
        try? queue.close()
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        // We begin and end transactions ourselves; GRDB would stop the process over one left open.
        configuration.allowsUnsafeTransactions = true
        configuration.busyMode = .timeout(busyTimeoutSeconds)
        return configuration
    }

    /// The change to WAL is the one moment when SQLite answers "busy" without waiting, when several processes open a new file at
    /// once; so opening is tried again for as long as a writer would wait.
    private static func open(_ make: () throws -> SQLiteHandle) throws(DatabaseError) -> SQLiteHandle {
        var tries = 0
        while true {
            do { return try make() } catch let error as GRDB.DatabaseError {
                tries += 1
                if error.resultCode == .SQLITE_BUSY, Double(tries) < busyTimeoutSeconds * 20 {
                    Thread.sleep(forTimeInterval: 0.05)
                    continue
                }
                throw .sqlite(error.extendedResultCode.rawValue, error.message ?? "cannot open", systemError: 0)
            } catch let error as DatabaseError { throw error } catch { throw .unavailable("\(error)") }
        }
    }
}
