internal import GRDB
internal import GRDBSQLite

/// One SQLite connection seen through our interface. GRDB opens it and compiles statements; running them and reading their columns
/// goes through SQLite's own calls, which is what makes a point read cheap.
final class SQLiteConnection: Connection {
    /// Statements kept compiled. Reached only by text made at run time (lists of parameters), and then all are dropped at once.
    static let statementsMax = 500

    let dialect = Dialect.sqlite
    private let database: GRDB.Database
    private let handle: OpaquePointer
    private var statements: [String: SQLiteStatement] = [:]
    private var depth = 0
    private var failure: DatabaseError?

    init(_ database: GRDB.Database) throws(DatabaseError) {
        guard let handle = database.sqliteConnection else { throw .unavailable("the connection is closed") }
        self.database = database
        self.handle = handle
    }

    func query<Value>(_ sql: String, _ arguments: [SQLValue], _ read: (any Row) throws -> Value) throws -> [Value] {
        try run(sql, arguments) { statement in
            let row = SQLiteRow(statement: statement.pointer)
            var values: [Value] = []
            while try step(statement) { values.append(try read(row)) }
            return values
        }
    }

    func execute(_ sql: String, _ arguments: [SQLValue]) throws {
        try run(sql, arguments) { statement in while try step(statement) {} }
    }

    func changes(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        try run(sql, arguments) { statement in
            // `sqlite3_changes` keeps its last value over statements that change nothing.
            let before = sqlite3_total_changes(handle)
            while try step(statement) {}
            return sqlite3_total_changes(handle) == before ? 0 : Int(sqlite3_changes(handle))
        }
    }

    func savepoint<Value>(_ body: () throws -> Value) throws -> Value {
        let name = "s\(depth)"
        try execute("SAVEPOINT \(name)", [])
        depth += 1
        defer { depth -= 1 }
        do {
            let value = try body()
            if let failure { throw failure }
            try execute("RELEASE \(name)", [])
            return value
        } catch {
            // After a full disk SQLite may have rolled everything back: then there is no savepoint, and the failure stays.
            guard isInTransaction else { throw error }
            failure = nil
            try execute("ROLLBACK TO \(name)", [])
            try execute("RELEASE \(name)", [])
            throw error
        }
    }

    func close() { statements.removeAll() }

    private func run<Value>(_ sql: String, _ arguments: [SQLValue], _ body: (SQLiteStatement) throws -> Value) throws -> Value {
        if let failure { throw failure }
        let statement = try prepare(sql)
        do { try SQL.check(arguments, count: statement.parameterCount, sql) } catch {
            failure = error
            throw error
        }
        statement.isBusy = true
        defer {
            sqlite3_reset(statement.pointer)
            if !arguments.isEmpty { sqlite3_clear_bindings(statement.pointer) }
            statement.isBusy = false
        }
        for (index, argument) in arguments.enumerated() {
            let code = statement.bind(argument, at: Int32(index + 1))
            if code != SQLITE_OK { throw failed(code) }
        }
        return try body(statement)
    }

    private func step(_ statement: SQLiteStatement) throws(DatabaseError) -> Bool {
        let code = sqlite3_step(statement.pointer)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw failed(code)
        }
    }

    /// A statement that is running (a query inside the reading of the same query's rows) is not used twice: it is compiled anew.
    private func prepare(_ sql: String) throws(DatabaseError) -> SQLiteStatement {
        if let known = statements[sql], !known.isBusy { return known }
        do {
            let statement = try SQLiteStatement(database.makeStatement(sql: sql), sql)
            if statements.count >= Self.statementsMax { statements = statements.filter(\.value.isBusy) }
            if statements[sql] == nil { statements[sql] = statement }
            return statement
        } catch let error as GRDB.DatabaseError {
            let mapped = DatabaseError.sqlite(error.extendedResultCode.rawValue, error.message ?? "", systemError: 0)
            failure = mapped
            throw mapped
        } catch {
            let mapped = error as? DatabaseError ?? .statement("\(error)")
            failure = mapped
            throw mapped
        }
    }

    private func failed(_ code: Int32) -> DatabaseError {
        let message = String(cString: sqlite3_errmsg(handle))
        let error = DatabaseError.sqlite(sqlite3_extended_errcode(handle), message, systemError: sqlite3_system_errno(handle))
        failure = error
        return error
    }
}

// The transaction around everything; only the stores themselves begin and end one.
extension SQLiteConnection {
    /// False once SQLite has rolled back by itself, as it may when the disk is full.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Waits for another process to finish writing, up to the busy timeout.
    func beginWriting() throws { try start("BEGIN IMMEDIATE") }
    func commit() throws { try execute("COMMIT", []) }

    /// Afterwards no transaction is open, whatever happened before.
    func rollback() {
        failure = nil
        if isInTransaction { _ = try? execute("ROLLBACK", []) }
        failure = nil
    }

    /// One consistent view: what is committed while `body` reads is not seen.
    func reading<Value>(_ body: () throws -> Value) throws -> Value {
        try start("BEGIN")
        do {
            let value = try body()
            if let failure { throw failure }
            try commit()
            return value
        } catch {
            rollback()
            throw error
        }
    }

    private func start(_ sql: String) throws {
        failure = nil
        do { try execute(sql, []) } catch {
            rollback()
            throw error
        }
    }
}
