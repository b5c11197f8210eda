/// A piece of work for a thread that owns a connection.
struct Work: Sendable {
    let readOnly: Bool
    /// Runs the body; what it answers is called once the work is durable.
    let run: @Sendable (any Connection) throws -> @Sendable () -> Void
    let fail: @Sendable (any Error) -> Void

    /// Hands `body` to `queue` and waits for its end.
    static func perform<Value: Sendable>(
        on queue: WorkQueue, readOnly: Bool, _ body: @escaping @Sendable (any Connection) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Value, any Error>) in
            let work = Work(readOnly: readOnly) { connection in
                let value = try body(connection)
                return { continuation.resume(returning: value) }
            } fail: { continuation.resume(throwing: $0) }
            if let refusal = queue.push(work) { work.fail(refusal) }
        }
    }
}
