public import Contracts
public import Database
public import Jobs
import Language
public import Trust
public import Values
public import Web

/// A request from start to finish: the case, its stages, its legs at other bodies, and the officers' desk. The front door.
public struct Delivery: Sendable {
    /// What Delivery needs of its neighbours.
    public struct Neighbours: Sendable {
        public var bodies: any BodyDirectory
        public var services: any ServiceDirectory
        public var people: any People
        public var submissions: any SubmissionReader
        public var attachments: any AttachmentStore
        public var cashier: any Cashier
        public var postman: any Postman
        public var documents: any DocumentOffice
        public var audit: any AuditLog

        public init(
            bodies: any BodyDirectory, services: any ServiceDirectory, people: any People, submissions: any SubmissionReader,
            attachments: any AttachmentStore, cashier: any Cashier, postman: any Postman, documents: any DocumentOffice, audit: any AuditLog
        ) {
            (self.bodies, self.services, self.people, self.submissions) = (bodies, services, people, submissions)
            (self.attachments, self.cashier, self.postman, self.documents, self.audit) = (attachments, cashier, postman, documents, audit)
        }
    }

    let database: any Database
    let store: CaseStore
    let site: Site
    let near: Neighbours
    let types: CaseTypes
    let clock: TimeSource

    /// - Parameter types: from `CaseTypes(dataFolder:)`.
    public init(database: any Database, vault: Vault, site: Site, types: CaseTypes, neighbours: Neighbours, clock: TimeSource) {
        (self.database, self.site, self.near, self.types, self.clock) = (database, site, neighbours, types, clock)
        store = CaseStore(vault: vault)
    }

    public var intake: any CaseIntake { CaseOpening(delivery: self) }
    public var zoneSection: any ZoneSection { CaseZone(delivery: self) }
    public var routes: [Route] { personRoutes + deskRoutes }

    public func register(in jobs: inout JobRegistry) {
        jobs.on("payment.captured", subscriber: "delivery") { event in
            try await database.write { connection in
                guard let item = try store.find(event.key, in: connection) else { return }
                try paid(item, at: clock.now(), in: connection)
            }
        }
        jobs.on("case.decided", subscriber: "delivery") { event in
            try await database.write { connection in
                guard let leg = try store.find(event.key, in: connection), let parentID = leg.parentID else { return }
                try legDecided(leg, parentID: parentID, in: connection)
            }
        }
        jobs.on("document.ready", subscriber: "delivery") { event in
            try await database.write { connection in
                guard let item = try store.find(event.key, in: connection), !item.isLeg else { return }
                try tell(item, "case.document-ready", key: "document:\(event.payload["document"]?.string ?? event.id)", in: connection)
            }
        }
    }
}

/// All case types and the licensing rules, read at start.
public struct CaseTypes: Sendable {
    private let byForm: [String: CaseType]
    private let byID: [String: CaseType]
    let licensing: LicensingRules

    /// Reads `case-types.json` and `business-licensing-rules.json`. Throws with the name of what is malformed.
    public init(caseTypes: JSON, licensingRules: JSON) throws {
        let types = try (caseTypes.array ?? []).map(CaseType.read)
        byForm = Dictionary(types.map { ($0.formID, $0) }, uniquingKeysWith: { first, _ in first })
        byID = Dictionary(types.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        licensing = try LicensingRules(json: licensingRules)
    }

    func type(form: String) throws(DeliveryError) -> CaseType {
        guard let type = byForm[form] else { throw .unknownForm(form) }
        return type
    }

    func type(of item: Case) throws(DeliveryError) -> CaseType {
        guard let type = byID[item.typeID] else { throw .malformedCaseType(item.typeID) }
        return type
    }
}
