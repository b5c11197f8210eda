public import Contracts
public import Database
public import Jobs
import Language
public import Trust
public import Values
public import Web

/// Administration of officers: who works for which body in which role, who made it so, and two pairs of eyes where a role is powerful.
public struct Officers: Sendable {
    let database: any Database
    let store: OfficerStore
    let offices: any Offices
    let people: any People
    let bodies: any BodyDirectory
    let postman: any Postman
    let audit: any AuditLog
    let site: Site
    /// The body that runs the platform: its administrators manage all bodies.
    let authority: String
    let clock: TimeSource

    public init(
        database: any Database, vault: Vault, offices: any Offices, people: any People, bodies: any BodyDirectory, postman: any Postman,
        audit: any AuditLog, site: Site, authority: String, clock: TimeSource
    ) {
        (self.database, store, self.offices, self.people) = (database, OfficerStore(vault: vault), offices, people)
        (self.bodies, self.postman, self.audit, self.site) = (bodies, postman, audit, site)
        (self.authority, self.clock) = (authority, clock)
    }

    public var zoneSection: any ZoneSection { OfficersZone(officers: self) }
    public var routes: [Route] { deskRoutes + unitRoutes + personRoutes }

    public func register(in jobs: inout JobRegistry) { jobs.every(seconds: 300, "officers.housekeeping") { try await keepHouse() } }

    /// Ends what nobody answered, and tells people who have registered since they were invited.
    func keepHouse() async throws {
        let (store, people, time) = (store, people, clock.now())
        try await database.write { connection in
            try store.expire(at: time, in: connection)
            for (appointment, number) in try store.unfound(at: time, in: connection) {
                guard let subject = try people.subject(nationalNumber: number, in: connection) else { continue }
                try store.found(appointment, subject, in: connection)
                try invite(subject, appointment, in: connection)
            }
        }
    }

    /// Makes somebody the first administrator of an installation.
    ///
    /// - Returns: false when there is one already, or nobody with the number is registered.
    public func appointFirst(nationalNumber: String) async throws -> Bool {
        let (store, offices, people, audit, authority, time) = (store, offices, people, audit, authority, clock.now())
        let today = IsraelTime.date(time)
        return try await database.write { connection in
            let held = try offices.holdings(of: authority, from: today, in: connection)
            guard !held.contains(where: { $0.role == OfficerRole.administrator }),
                let subject = try people.subject(nationalNumber: nationalNumber, in: connection)
            else { return false }
            try offices.set(
                OfficeHolding(subjectID: subject, bodyID: authority, role: OfficerRole.administrator, from: today, to: nil), in: connection)
            try store.setPlace(authority, subject, OfficerRole.administrator, unitID: nil, confirmedOn: today, in: connection)
            try store.record(
                .init(what: "first", role: OfficerRole.administrator, subjectID: subject, actorID: "system:operator", at: time), of: authority, in: connection)
            var entry = AuditEntry(
                subjectID: subject, actor: .system("operator"), action: .credential, what: "officers.accepted", basis: .request(authority),
                fields: [OfficerRole.administrator], at: time)
            entry.bodyID = authority
            try audit.record(entry, in: connection)
            return true
        }
    }
}
