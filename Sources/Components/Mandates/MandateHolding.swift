public import Contracts
public import Database
public import Jobs
import Language
public import Values
public import Web

/// Who acts for whom: a person lets another act for her, sees it, limits it and ends it; a parent acts for a child. The front door.
public struct MandateHolding: Sendable {
    let database: any Database
    let store: MandateStore
    let people: any People
    let wards: any Wards
    let exchange: any Exchange
    let services: any ServiceDirectory
    /// Services that people, not businesses, ask for here.
    let personalServices: [String]
    let postman: any Postman
    let audit: any AuditLog
    let site: Site
    /// The body in whose name people are written to, and registers are asked.
    let authority: String
    let clock: TimeSource

    public init(
        database: any Database, store: MandateStore, people: any People, wards: any Wards, exchange: any Exchange, services: any ServiceDirectory,
        personalServices: [String], postman: any Postman, audit: any AuditLog, site: Site, authority: String, clock: TimeSource
    ) {
        (self.database, self.store, self.people, self.wards, self.exchange) = (database, store, people, wards, exchange)
        (self.services, self.personalServices, self.postman, self.audit) = (services, personalServices, postman, audit)
        (self.site, self.authority, self.clock) = (site, authority, clock)
    }

    public var zoneSection: any ZoneSection { MandatesZone(holding: self) }

    public func register(in jobs: inout JobRegistry) { jobs.every(seconds: 300, "mandates.housekeeping") { try await keepHouse() } }

    /// Ends what is over, and tells people who have registered since a mandate was offered to them.
    func keepHouse() async throws {
        let time = clock.now()
        try await database.write { connection in
            for record in try store.overdue(at: time, on: IsraelTime.date(time), in: connection) {
                try end(record, as: .lapsed, by: .system("mandates"), at: time, in: connection)
            }
        }
        try await findNewcomers(at: time)
        try await recheckGuardians(at: time)
    }

    private static let page = 500

    /// Offers whose number has registered since: page by page, so that old ones never hide new ones.
    private func findNewcomers(at time: Instant) async throws {
        var last = ""
        while true {
            let after = last
            let page = try await database.write { connection in
                let page = try store.unfound(at: time, after: after, limit: MandateHolding.page, in: connection)
                for record in page {
                    guard let number = record.number, let subject = try people.subject(nationalNumber: number, in: connection) else { continue }
                    var found = record
                    (found.attorneyID, found.number) = (subject, nil)
                    guard try store.update(found, from: .offered, in: connection) else { continue }
                    try self.record("offered", found, for: [subject], by: .system("mandates"), at: time, in: connection)
                    try tellOfOffer(found, in: connection)
                }
                return page
            }
            guard page.count == MandateHolding.page, let next = page.last?.id else { return }
            last = next
        }
    }
}
