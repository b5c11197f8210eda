internal import GRDB
internal import GRDBSQLite

/// A compiled statement, kept for its next use.
final class SQLiteStatement {
    let pointer: OpaquePointer
    let parameterCount: Int
    var isBusy = false
    /// GRDB finalizes the statement with this.
    private let owner: GRDB.Statement

    init(_ owner: GRDB.Statement, _ sql: String) throws(DatabaseError) {
        guard let count = SQL.parameterCount(sql) else { throw .statement("the parameters are not $1 … $n in order: \(sql)") }
        pointer = owner.sqliteStatement
        parameterCount = Int(sqlite3_bind_parameter_count(pointer))
        guard parameterCount == count else { throw .statement("parameters are written $1 … $n: \(sql)") }
        self.owner = owner
    }

    /// Answers SQLite's result code. Texts and blobs are copied by SQLite.
    func bind(_ value: SQLValue, at index: Int32) -> Int32 {
        switch value {
        case .null: return sqlite3_bind_null(pointer, index)
        case .integer(let number): return sqlite3_bind_int64(pointer, index, number)
        case .real(let number): return sqlite3_bind_double(pointer, index, number)
        case .text(var text):
            return text.withUTF8 { bytes in
                // A nil pointer would bind NULL.
                guard let start = bytes.baseAddress else { return sqlite3_bind_text(pointer, index, "", 0, Self.copied) }
                return start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                    sqlite3_bind_text64(pointer, index, $0, UInt64(bytes.count), Self.copied, UInt8(SQLITE_UTF8))
                }
            }
        case .blob(let bytes):
            if bytes.isEmpty { return sqlite3_bind_zeroblob(pointer, index, 0) }
            return bytes.withUnsafeBytes { sqlite3_bind_blob64(pointer, index, $0.baseAddress, UInt64($0.count), Self.copied) }
        }
    }

    /// `SQLITE_TRANSIENT`, a macro that Swift does not see.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}

/// The row a statement stands on.
struct SQLiteRow: Row {
    let statement: OpaquePointer

    func text(_ index: Int) throws -> String {
        let column = try column(index, SQLITE_TEXT, "text")
        guard let start = sqlite3_column_text(statement, column) else { throw DatabaseError.unavailable("out of memory") }
        let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
        return String(decoding: bytes, as: UTF8.self)
    }

    func int(_ index: Int) throws -> Int64 { sqlite3_column_int64(statement, try column(index, SQLITE_INTEGER, "an integer")) }

    func real(_ index: Int) throws -> Double {
        if index >= 0, index < sqlite3_data_count(statement), sqlite3_column_type(statement, Int32(index)) == SQLITE_INTEGER {
            return Double(sqlite3_column_int64(statement, Int32(index)))
        }
        return sqlite3_column_double(statement, try column(index, SQLITE_FLOAT, "a real"))
    }

    func blob(_ index: Int) throws -> [UInt8] {
        let column = try column(index, SQLITE_BLOB, "a blob")
        let start = sqlite3_column_blob(statement, column)
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column))))
    }

    func isNull(_ index: Int) throws -> Bool {
        guard index >= 0, index < sqlite3_data_count(statement) else { throw missing(index) }
        return sqlite3_column_type(statement, Int32(index)) == SQLITE_NULL
    }

    private func column(_ index: Int, _ type: Int32, _ name: String) throws(DatabaseError) -> Int32 {
        guard index >= 0, index < sqlite3_data_count(statement) else { throw missing(index) }
        guard sqlite3_column_type(statement, Int32(index)) == type else { throw .unexpectedValue(column: index, expected: name) }
        return Int32(index)
    }

    private func missing(_ index: Int) -> DatabaseError { .unexpectedValue(column: index, expected: "a column") }
}

extension DatabaseError {
    /// From SQLite's extended result code and message (https://www.sqlite.org/rescode.html).
    static func sqlite(_ code: Int32, _ message: String, systemError: Int32) -> DatabaseError {
        switch code & 0xFF {
        case SQLITE_FULL: .full
        // The shared-memory file and the journal meet a full disk as an I/O error.
        case SQLITE_IOERR where systemError == 28 /* ENOSPC */: .full
        case SQLITE_CONSTRAINT: sqliteConstraint(code, message)
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_NOMEM, SQLITE_PROTOCOL,
            SQLITE_PERM, SQLITE_AUTH, SQLITE_INTERRUPT:
            .unavailable("\(message) (SQLite \(code))")
        case SQLITE_READONLY where code != SQLITE_READONLY: .unavailable("\(message) (SQLite \(code))")
        default: .statement("\(message) (SQLite \(code))")
        }
    }

    /// `UNIQUE constraint failed: person.email` and its like: what follows the colon is the name.
    private static func sqliteConstraint(_ code: Int32, _ message: String) -> DatabaseError {
        let name = message.split(separator: ": ", maxSplits: 1).dropFirst().first.map(String.init) ?? ""
        return switch code >> 8 {
        case 6, 8, 10: .constraint(.unique, name)  // PRIMARYKEY, UNIQUE, ROWID
        case 3: .constraint(.foreignKey, name)
        case 5: .constraint(.notNull, name)
        case 1: .constraint(.check, name)
        default: .constraint(.other, message)
        }
    }
}
