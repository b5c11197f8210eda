internal import CLibPQ

/// One connection to the server, used by the one thread that owns it.
final class PostgresConnection: Connection {
    /// Compiled statements kept on the server. Past this (lists of parameters make many texts) all are dropped at once.
    static let statementsMax = 500

    private struct Compiled {
        let name: String
        let types: [Oid]
    }

    let dialect = Dialect.postgres
    private let pointer: OpaquePointer
    private var statements: [String: [Compiled]] = [:]
    private var statementCount = 0
    private var named = 0
    private var depth = 0
    private(set) var failure: PostgresFailure?

    /// Takes over a connection that is open.
    init(_ pointer: OpaquePointer) { self.pointer = pointer }
    deinit { PQfinish(pointer) }

    var isLost: Bool { PQstatus(pointer) != CONNECTION_OK }

    func query<Value>(_ sql: String, _ arguments: [SQLValue], _ read: (any Row) throws -> Value) throws -> [Value] {
        let result = try run(sql, arguments)
        return try (0..<result.rowCount).map { try read(result.row($0)) }
    }

    @discardableResult func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        try run(sql, arguments).rowsChanged
    }

    func savepoint<Value>(_ body: () throws -> Value) throws -> Value {
        if let failure { throw failure.error }
        let name = "s\(depth)"
        try plain("SAVEPOINT \(name)")
        depth += 1
        defer { depth -= 1 }
        do {
            let value = try body()
            if let failure { throw failure.error }
            try plain("RELEASE \(name)")
            return value
        } catch {
            // A transaction that must be run again, or whose line is lost, has nothing to return to.
            if let failure, failure.isLost || failure.isWorthRetrying { throw error }
            failure = nil
            try plain("ROLLBACK TO \(name); RELEASE \(name)")
            throw error
        }
    }

    private func run(_ sql: String, _ arguments: [SQLValue]) throws(DatabaseError) -> PostgresResult {
        if let failure { throw failure.error }
        let statement = try compiled(sql, arguments)
        return try answer(PostgresArguments(arguments).run(pointer, statement.name))
    }

    /// Runs text without parameters, as it is.
    @discardableResult func plain(_ sql: String) throws(DatabaseError) -> PostgresResult { try answer(PQexec(pointer, sql)) }

    private func compiled(_ sql: String, _ arguments: [SQLValue]) throws(DatabaseError) -> Compiled {
        if let known = statements[sql] {
            for statement in known where statement.types.count == arguments.count {
                if zip(arguments, statement.types).allSatisfy({ PostgresArguments.fits($0, $1) }) {
                    try refusing { () throws(DatabaseError) -> Void in try SQL.check(arguments, count: arguments.count, sql) }
                    return statement
                }
            }
        }
        try refusing { () throws(DatabaseError) -> Void in
            guard let count = SQL.parameterCount(sql) else { throw .statement("the parameters are not $1 … $n in order: \(sql)") }
            try SQL.check(arguments, count: count, sql)
        }
        named += 1
        let name = "z\(named)"
        var types = arguments.map(PostgresArguments.type)
        try answer(PQprepare(pointer, name, sql, Int32(types.count), types))
        if types.contains(0) { types = try answer(PQdescribePrepared(pointer, name)).parameterTypes }
        let statement = Compiled(name: name, types: types)
        statements[sql, default: []].append(statement)
        statementCount += 1
        return statement
    }

    /// A refusal of ours ends the transaction as one of the server's would.
    private func refusing(_ body: () throws(DatabaseError) -> Void) throws(DatabaseError) {
        do { try body() } catch {
            failure = PostgresFailure(refused: error)
            throw error
        }
    }

    @discardableResult private func answer(_ pointer: OpaquePointer?) throws(DatabaseError) -> PostgresResult {
        guard let pointer else { throw failed(PostgresFailure(lost: String(cString: PQerrorMessage(self.pointer)))) }
        let result = PostgresResult(pointer)
        if result.isError { throw failed(PostgresFailure(result, isLost: isLost)) }
        return result
    }

    private func failed(_ failure: PostgresFailure) -> DatabaseError {
        self.failure = failure
        return failure.error
    }

    /// Outside of a transaction only.
    private func forgetStatements() throws(DatabaseError) {
        statements = [:]
        statementCount = 0
        try plain("DEALLOCATE ALL")
    }
}

// The transaction around everything; only the worker begins and ends one.
extension PostgresConnection {
    func begin(_ mode: String) throws(DatabaseError) {
        let isOfStatements = failure?.isOfStatements ?? false
        failure = nil
        if isOfStatements || statementCount > Self.statementsMax { try forgetStatements() }
        try plain("BEGIN \(mode)")
    }

    /// PostgreSQL answers the commit of a failed transaction with `ROLLBACK` and no error.
    func commit() throws(DatabaseError) {
        if let failure { throw failure.error }
        let tag = try plain("COMMIT").tag
        if tag != "COMMIT" { throw .statement("the transaction was rolled back: \(tag)") }
    }

    /// Keeps `failure`: it says whether to try again.
    func rollback() {
        let cause = failure
        if !isLost { _ = try? plain("ROLLBACK") }
        if let cause { failure = cause }
    }
}
