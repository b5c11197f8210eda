public import Contracts
public import Database
public import Jobs
import Language
public import Trust
public import Values
public import Web

/// Consents of people to exchanges that no law orders: a body asks, the person agrees or not, takes it back whenever she likes, and has a
/// signed receipt of each. The front door.
public struct Consents: Sendable {
    let database: any Database
    let store: ConsentStore
    let seal: ConsentSeal
    let desk: any AgreementDesk
    let exchange: any Exchange
    let references: any ReferenceDirectory
    let people: any People
    let bodies: any BodyDirectory
    let postman: any Postman
    let audit: any AuditLog
    let site: Site
    let clock: TimeSource

    /// - Parameter key: signs receipts; its public part is at `/consents/keys`.
    public init(
        database: any Database, vault: Vault, key: SigningKey, desk: any AgreementDesk, exchange: any Exchange,
        references: any ReferenceDirectory, people: any People, bodies: any BodyDirectory, postman: any Postman, audit: any AuditLog,
        site: Site, publicURL: String, clock: TimeSource
    ) {
        (self.database, store, seal) = (database, ConsentStore(vault: vault), ConsentSeal(key: key, publicURL: publicURL))
        (self.desk, self.exchange, self.references, self.people, self.bodies) = (desk, exchange, references, people, bodies)
        (self.postman, self.audit, self.site, self.clock) = (postman, audit, site, clock)
    }

    public var routes: [Route] { personRoutes + deskRoutes }

    public var zoneSection: any ZoneSection { ConsentsZone(consents: self) }

    public func register(in jobs: inout JobRegistry) {
        jobs.every(seconds: 300, "consents.lapse") {
            let (store, time) = (store, clock.now())
            try await database.write { try store.lapse(at: time, in: $0) }
        }
    }
}

/// Consents as a gateway reads them: from the table itself, each time.
public struct ConsentRecords: ConsentRegister {
    private let database: any Database
    private let store: ConsentStore

    public init(database: any Database, vault: Vault) { (self.database, store) = (database, ConsentStore(vault: vault)) }

    public func consent(_ id: String) async throws -> ConsentGrant? {
        let store = store
        return try await database.read { try store.consent(id, in: $0)?.grant }
    }
}
