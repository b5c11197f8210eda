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
    private let pipeline: PostgresPipeline
    private var statements: [String: [Compiled]] = [:]
    private var statementCount = 0
    private var named = 0
    private var depth = 0
    private(set) var failure: PostgresFailure?
    /// Whether the server is known to have begun the transaction: until then, nothing of it can have happened.
    private(set) var hasBegun = false

    /// Takes over a connection that is open.
    init(_ pointer: OpaquePointer) { pipeline = PostgresPipeline(pointer) }

    var isLost: Bool { pipeline.isLost }

    func query<Value>(_ sql: String, _ arguments: [SQLValue], _ read: (any Row) throws -> Value) throws -> [Value] {
        try send(sql, arguments)
        let result = try settled()
        return try (0..<result.rowCount).map { try read(result.row($0)) }
    }

    func execute(_ sql: String, _ arguments: [SQLValue]) throws { try send(sql, arguments) }

    func changes(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        try send(sql, arguments)
        return try settled().rowsChanged
    }

    func savepoint<Value>(_ body: () throws -> Value) throws -> Value {
        if let failure { throw failure.error }
        // What fails from here on belongs to the savepoint, so what came before must be known to have gone well.
        if !pipeline.isSettled { _ = try settled() }
        let name = "s\(depth)"
        try queue("SAVEPOINT \(name)")
        depth += 1
        defer { depth -= 1 }
        do {
            let value = try body()
            if let failure { throw failure.error }
            try plain("RELEASE \(name)")
            return value
        } catch {
            let late = pipeline.discard()
            failure = failure ?? late
            // A transaction that must be run again, or whose line is lost, has nothing to return to.
            if isLost || failure?.isLost == true || failure?.isWorthRetrying == true { throw error }
            failure = nil
            try queue("ROLLBACK TO \(name)")
            try plain("RELEASE \(name)")
            throw error
        }
    }

    /// Puts a statement on its way.
    private func send(_ sql: String, _ arguments: [SQLValue]) throws(DatabaseError) {
        if let failure { throw failure.error }
        let statement = try compiled(sql, arguments)
        let values = PostgresArguments(arguments)
        try attempt { () throws(PostgresFailure) in try pipeline.send(statement.name, values) }
    }

    private func queue(_ sql: String) throws(DatabaseError) {
        try attempt { () throws(PostgresFailure) in try pipeline.send(sql: sql) }
    }

    /// Runs text without parameters, one statement, and waits for it and for all before it.
    @discardableResult func plain(_ sql: String) throws(DatabaseError) -> PostgresResult {
        try queue(sql)
        return try settled()
    }

    /// The answer to the last statement sent, once the server has carried out all of them.
    private func settled() throws(DatabaseError) -> PostgresResult {
        let result = try attempt { () throws(PostgresFailure) in try pipeline.settle() }
        hasBegun = true
        return result
    }

    private func attempt<Value>(_ body: () throws(PostgresFailure) -> Value) throws(DatabaseError) -> Value {
        do { return try body() } catch {
            failure = error
            throw error.error
        }
    }

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
        try attempt { () throws(PostgresFailure) in
            try pipeline.prepare(name, sql, types)
            _ = try pipeline.settle()
            if types.contains(0) { types = try pipeline.describe(name).parameterTypes }
        }
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

    /// Outside of a transaction only.
    private func forgetStatements() throws(DatabaseError) {
        statements = [:]
        statementCount = 0
        try plain("DEALLOCATE ALL")
    }
}

// The transaction around everything; only the worker begins and ends one.
extension PostgresConnection {
    /// Goes with the first statement: a line that was lost while idle shows then, with `hasBegun` still false.
    func begin(_ mode: String) throws(DatabaseError) {
        let isOfStatements = failure?.isOfStatements ?? false
        failure = nil
        hasBegun = false
        if isOfStatements || statementCount > Self.statementsMax { try forgetStatements() }
        hasBegun = false
        try send("BEGIN \(mode)", [])
    }

    /// PostgreSQL answers the commit of a failed transaction with `ROLLBACK` and no error.
    func commit() throws(DatabaseError) {
        if let failure { throw failure.error }
        // Once `COMMIT` is on its way, a lost line leaves open what became of it; so first be sure that there is a line.
        if !hasBegun { _ = try settled() }
        try send("COMMIT", [])
        let tag = try settled().tag
        if tag != "COMMIT" { throw .statement("the transaction was rolled back: \(tag)") }
    }

    /// Ends a transaction that only read: what was read is known, and nobody waits for its end. It is sent with the next statement, or by
    /// `flush`.
    func leave() throws(DatabaseError) {
        guard failure == nil, hasBegun, pipeline.isSettled else { return try commit() }
        try send("COMMIT", [])
    }

    /// Sends what has been kept back. A line that is lost shows when it is used next.
    func flush() { if !pipeline.isSettled { try? pipeline.sync() } }

    /// Keeps `failure`: it says whether to try again.
    func rollback() {
        // A statement nobody waited for may have lost against another transaction: then it is worth running all of it again.
        let late = pipeline.discard()
        let cause = failure ?? (late?.isWorthRetrying == true ? late : nil)
        if !isLost { _ = try? plain("ROLLBACK") }
        if let cause { failure = cause }
    }
}
