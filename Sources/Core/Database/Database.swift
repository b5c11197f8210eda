/// A store that survives the process. Both functions run `body` synchronously in one transaction.
public protocol Database: Sendable {
    var dialect: Dialect { get }

    /// A consistent view for reading only. `body` may run more than once.
    func read<Value: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> Value) async throws -> Value

    /// All or nothing, and durable once it returns. `body` may run more than once (a serialization failure, a group commit that is
    /// retried), so it changes nothing but the database.
    func write<Value: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> Value) async throws -> Value

    /// Finishes what has been accepted and lets go of every connection.
    func close() async
}

public enum DatabaseError: Error, Equatable {
    /// A unique, foreign-key, not-null or check constraint refused the write.
    case constraint(String)
    /// The store cannot be reached, or the connection was lost; nothing was acknowledged.
    case unavailable(String)
    /// The disk is full; nothing was acknowledged.
    case full
    case unexpectedValue(column: Int, expected: String)
    case statement(String)
    case migration(String)
}
