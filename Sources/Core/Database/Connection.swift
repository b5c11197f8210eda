public import Values

/// What a statement takes: the types both stores have.
public enum SQLValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

extension SQLValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByNilLiteral {
    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(nilLiteral: ()) { self = .null }

    public static func optional(_ value: String?) -> SQLValue { value.map(SQLValue.text) ?? .null }
    public static func optional(_ value: Int64?) -> SQLValue { value.map(SQLValue.integer) ?? .null }
    public static func optional(_ value: Instant?) -> SQLValue { value.map(SQLValue.instant) ?? .null }
    /// Microseconds UTC in a `BIGINT`.
    public static func instant(_ value: Instant) -> SQLValue { .integer(value.microseconds) }
    /// `YYYY-MM-DD` in a `TEXT`.
    public static func date(_ value: CalendarDate) -> SQLValue { .text(value.description) }
    public static func json(_ value: JSON) -> SQLValue { .text(value.text) }
    /// 0 or 1 in an `INTEGER`: SQLite has no other boolean.
    public static func bool(_ value: Bool) -> SQLValue { .integer(value ? 1 : 0) }
}

/// The engine behind a connection, for the few named places where SQL differs.
public enum Dialect: Sendable, Hashable, CaseIterable { case sqlite, postgres }

/// A transaction in progress. Everything on it is synchronous, so that none can be held open across an `await`.
///
/// SQL is plain text in the subset both engines share. Parameters are `$1 … $n` in order of first appearance.
/// Column types that mean the same to both: `BIGINT`, `INTEGER` (32 bits), `DOUBLE PRECISION`, `TEXT`, `BYTEA`.
/// After a statement has failed, every further one fails too, up to the end of the innermost `savepoint`: PostgreSQL is so, and
/// SQLite is held to it, so that code tried on one runs on the other. Text holds no U+0000 and a real is never NaN.
public protocol Connection {
    var dialect: Dialect { get }

    /// Runs a query and reads every row. A statement with `RETURNING` is a query too.
    func query<Value>(_ sql: String, _ arguments: [SQLValue], _ read: (any Row) throws -> Value) throws -> [Value]

    /// Runs a statement whose answer nobody needs. PostgreSQL may carry it out while the next one is being made: its failure shows at the
    /// latest at the next `query` or `changes`, or at the end of the `savepoint` or transaction around it.
    func execute(_ sql: String, _ arguments: [SQLValue]) throws

    /// Runs a statement; answers the number of rows changed.
    func changes(_ sql: String, _ arguments: [SQLValue]) throws -> Int

    /// Undoes what `body` did when it throws, and only that; the transaction around it goes on.
    func savepoint<Value>(_ body: () throws -> Value) throws -> Value
}

extension Connection {
    public func first<Value>(_ sql: String, _ arguments: [SQLValue] = [], _ read: (any Row) throws -> Value) throws -> Value? {
        try query(sql, arguments, read).first
    }
}

/// One row of an answer, read by position (from 0) and only inside the closure it was given to. Reading NULL where a value was asked
/// for, or another type, throws `DatabaseError.unexpectedValue`.
public protocol Row {
    func text(_ index: Int) throws -> String
    func int(_ index: Int) throws -> Int64
    func real(_ index: Int) throws -> Double
    func blob(_ index: Int) throws -> [UInt8]
    func isNull(_ index: Int) throws -> Bool
}

extension Row {
    public func bool(_ index: Int) throws -> Bool { try int(index) != 0 }
    public func instant(_ index: Int) throws -> Instant { Instant(microseconds: try int(index)) }
    public func optionalText(_ index: Int) throws -> String? { try isNull(index) ? nil : text(index) }
    public func optionalInt(_ index: Int) throws -> Int64? { try isNull(index) ? nil : int(index) }
    public func optionalBlob(_ index: Int) throws -> [UInt8]? { try isNull(index) ? nil : blob(index) }
    public func optionalInstant(_ index: Int) throws -> Instant? { try isNull(index) ? nil : instant(index) }

    public func date(_ index: Int) throws -> CalendarDate {
        let text = try text(index)
        guard let date = CalendarDate(text) else { throw DatabaseError.unexpectedValue(column: index, expected: "a date") }
        return date
    }

    public func json(_ index: Int) throws -> JSON {
        do { return try JSON.parse(text(index)) } catch is JSONSyntaxError {
            throw DatabaseError.unexpectedValue(column: index, expected: "JSON")
        }
    }
}
