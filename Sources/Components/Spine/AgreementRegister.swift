import Contracts
import Database
import Logging
import Synchronization
import Values

/// The register of agreements as it is shown to everybody: their signed texts, put together once and kept until one of them changes.
final class AgreementRegister: Sendable {
    private let database: any Database
    private let store = SpineStore()
    private let logger: Logger
    private let kept = Mutex<(edition: Int64, body: [UInt8])?>(nil)

    init(database: any Database, logger: Logger) { (self.database, self.logger) = (database, logger) }

    /// `{"agreements":[{"content":…,"status":"live"},…]}`
    func body() async throws -> [UInt8] {
        let (store, known) = (store, kept.withLock { $0 })
        let read = try await database.read { connection -> (Int64, [AgreementRow])? in
            let edition = try store.edition(in: connection)
            return edition == known?.edition ? nil : (edition, try store.agreements(in: connection))
        }
        guard let (edition, rows) = read else { return known?.body ?? [] }
        let items = whole(rows).map { row, _ in "{\"content\":\(row.content),\"status\":\(JSON.string(row.status.rawValue).text)}" }
        let body = Array("{\"agreements\":[\(items.joined(separator: ","))]}".utf8)
        kept.withLock { $0 = (edition, body) }
        return body
    }

    /// Rows that hold an agreement, with it. Another is skipped and told to operators: it is in force nowhere, and must not hide the rest.
    func whole(_ rows: [AgreementRow]) -> [(row: AgreementRow, agreement: Agreement)] {
        rows.compactMap { row in
            do { return (row, try Agreement(json: try JSON.parse(row.content))) } catch {
                logger.error("an agreement cannot be read", metadata: ["agreement": "\(row.id)", "version": "\(row.version)", "error": "\(error)"])
                return nil
            }
        }
    }
}
