import Database

extension Database {
    /// One statement in a transaction of its own.
    @discardableResult func run(_ sql: String, _ arguments: SQLValue...) async throws -> Int {
        try await write { try $0.execute(sql, arguments) }
    }

    func number(_ sql: String, _ arguments: SQLValue...) async throws -> Int64? {
        try await read { try $0.first(sql, arguments) { try $0.int(0) } }
    }

    func texts(_ sql: String, _ arguments: SQLValue...) async throws -> [String] {
        try await read { try $0.query(sql, arguments) { try $0.text(0) } }
    }
}

/// The error of a body, for comparing.
func failure(_ body: () async throws -> Void) async -> DatabaseError? {
    do { try await body() } catch { return error as? DatabaseError }
    return nil
}
