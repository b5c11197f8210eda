internal import CLibPQ

/// The line to the server in libpq's pipeline mode (https://www.postgresql.org/docs/15/libpq-pipeline-mode.html): statements are sent one
/// after another, and only who needs an answer waits for it. A transaction of twenty statements so waits a few times, not twenty.
///
/// After an error the server carries out nothing more up to the next synchronisation point, so what was sent behind a statement that failed
/// did not happen.
final class PostgresPipeline {
    private enum Expected { case statement, sync }

    private let pointer: OpaquePointer
    /// What the server has yet to answer, in order.
    private var expected: [Expected] = []

    /// Takes over a connection that is open and idle.
    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
        PQenterPipelineMode(pointer)
    }

    deinit { PQfinish(pointer) }

    var isLost: Bool { PQstatus(pointer) != CONNECTION_OK }
    /// Whether every statement sent has been answered.
    var isSettled: Bool { expected.isEmpty }

    func send(_ statement: String, _ arguments: PostgresArguments) throws(PostgresFailure) {
        try sent(arguments.send(pointer, statement))
    }

    /// One statement without parameters.
    func send(sql: String) throws(PostgresFailure) {
        try sent(PQsendQueryParams(pointer, sql, 0, nil, nil, nil, nil, 1))
    }

    func prepare(_ name: String, _ sql: String, _ types: [Oid]) throws(PostgresFailure) {
        try sent(PQsendPrepare(pointer, name, sql, Int32(types.count), types))
    }

    func describe(_ name: String) throws(PostgresFailure) -> PostgresResult {
        try sent(PQsendDescribePrepared(pointer, name))
        return try settle()
    }

    /// Tells the server that what was sent is complete, without waiting for the answers.
    func sync() throws(PostgresFailure) {
        guard PQpipelineSync(pointer) == 1 else { throw lost() }
        expected.append(.sync)
    }

    /// Waits until everything sent is carried out. Answers what the last statement answered.
    ///
    /// - Throws: the first failure.
    func settle() throws(PostgresFailure) -> PostgresResult {
        try sync()
        var last: PostgresResult?
        var failure: PostgresFailure?
        for kind in expected {
            switch kind {
            case .sync: PQclear(PQgetResult(pointer))
            case .statement:
                let result = nextResult()
                if failure == nil {
                    if let result, result.isError { failure = PostgresFailure(result, isLost: isLost) } else if result == nil { failure = lost() }
                }
                last = result
            }
        }
        expected.removeAll(keepingCapacity: true)
        if let failure { throw failure }
        guard let last else { throw lost() }
        return last
    }

    /// Waits likewise; the failure is not thrown but answered.
    func discard() -> PostgresFailure? {
        guard !expected.isEmpty else { return nil }
        do { _ = try settle() } catch { return error }
        return nil
    }

    /// The answer to one statement: libpq ends each with a null pointer.
    private func nextResult() -> PostgresResult? {
        var result: PostgresResult?
        while let pointer = PQgetResult(pointer) {
            let next = PostgresResult(pointer)
            if result?.isError != true { result = next }
        }
        return result
    }

    private func sent(_ answer: Int32) throws(PostgresFailure) {
        guard answer == 1 else { throw lost() }
        expected.append(.statement)
    }

    private func lost() -> PostgresFailure { PostgresFailure(lost: String(cString: PQerrorMessage(pointer))) }
}
