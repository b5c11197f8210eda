import Contracts
import Database
import Logging

/// Writes the rows of messages, and the person's audit entry with them in one transaction, and counts what it wrote.
struct MessageLog: Sendable {
    private let database: any Database
    private let audit: any AuditLog
    private let logger: Logger
    let metrics = GatewayMetrics()
    private let store = SpineStore()

    init(database: any Database, audit: any AuditLog, logger: Logger) {
        (self.database, self.audit, self.logger) = (database, audit, logger)
    }

    /// - Parameter effect: what else is written in the same transaction.
    func keep(_ record: MessageRecord, _ entries: [AuditEntry] = [], effect: (@Sendable (any Connection) throws -> Void)? = nil) async throws {
        let (store, audit) = (store, audit)
        try await database.write { connection in
            try store.insert(record, in: connection)
            for entry in entries { try audit.record(entry, in: connection) }
            try effect?(connection)
        }
        metrics.count(record)
    }

    /// For messages that passed nothing on: when even this cannot be written, the program's own log tells it.
    func note(_ record: MessageRecord) async {
        do { try await keep(record) } catch {
            metrics.countUnlogged()
            logger.error(
                "a refused message could not be logged",
                metadata: [
                    "message": "\(record.id)", "operation": "\(record.operation)", "decision": "\(record.decision)", "error": "\(error)",
                ])
        }
    }
}
