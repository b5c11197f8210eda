import Database

extension Database {
    /// One statement in a transaction of its own.
    @discardableResult func run(_ sql: String, _ arguments: SQLValue...) async throws -> Int {
        try await write { try $0.changes(sql, arguments) }
    }

    func number(_ sql: String, _ arguments: SQLValue...) async throws -> Int64? {
        try await read { try $0.first(sql, arguments) { try $0.int(0) } }
    }

    func texts(_ sql: String, _ arguments: SQLValue...) async throws -> [String] {
        try await read { try $0.query(sql, arguments) { try $0.text(0) } }
    }
}

/// The error of a body, for comparing. Called before `#expect`, never inside it: Swift 6.3.1 takes a closure in a macro's argument and
/// one beside it in the same closure for one and the same, and runs the first twice.
func failure(_ body: () async throws -> Void) async -> DatabaseError? {
    do { try await body() } catch { return error as? DatabaseError }
    return nil
}

/// The same without waiting.
func refusal(_ body: () throws -> Void) -> DatabaseError? {
    do { try body() } catch { return error as? DatabaseError }
    return nil
}
