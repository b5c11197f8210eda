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
        public var mandates: any Mandates
        public var submissions: any SubmissionReader
        public var attachments: any AttachmentStore
        public var cashier: any Cashier
        public var postman: any Postman
        public var documents: any DocumentOffice
        public var audit: any AuditLog
        public var exchange: any Exchange
        public var events: any EventSource

        public init(
            bodies: any BodyDirectory, services: any ServiceDirectory, people: any People, mandates: any Mandates, submissions: any SubmissionReader,
            attachments: any AttachmentStore, cashier: any Cashier, postman: any Postman, documents: any DocumentOffice, audit: any AuditLog,
            exchange: any Exchange, events: any EventSource
        ) {
            (self.bodies, self.services, self.people, self.mandates, self.submissions) = (bodies, services, people, mandates, submissions)
            (self.attachments, self.cashier, self.postman, self.documents, self.audit) = (attachments, cashier, postman, documents, audit)
            (self.exchange, self.events) = (exchange, events)
        }
    }

    let database: any Database
    let store: CaseStore
    let site: Site
    let near: Neighbours
    let types: CaseTypes
    let clock: TimeSource
    /// Makes up a number, which may be taken already.
    var numbering: @Sendable (CalendarDate) -> String = { CaseNumber.make(on: $0) }

    public init(database: any Database, vault: Vault, site: Site, types: CaseTypes, neighbours: Neighbours, clock: TimeSource) {
        (self.database, self.site, self.near, self.types, self.clock) = (database, site, neighbours, types, clock)
        store = CaseStore(vault: vault)
    }

    public var intake: any CaseIntake { CaseOpening(delivery: self) }
    public var zoneSection: any ZoneSection { CaseZone(delivery: self) }
    public var standing: any CaseStanding { DeliveryStanding(store: store) }
    public var workingDays: any WorkingDays { types.calendar }
    public var routes: [Route] { personRoutes + deskRoutes }

    public func register(in jobs: inout JobRegistry) {
        jobs.on("payment.captured", subscriber: "delivery") { event in
            try await database.write { try paid(event.key, at: clock.now(), in: $0) }
        }
        jobs.on("payment.failed", subscriber: "delivery") { event in
            let (payment, state) = (event.payload["payment"]?.string ?? event.id, event.payload["state"]?.string)
            try await database.write { try paymentFailed(event.key, payment: payment, state: state, at: event.at, in: $0) }
        }
        jobs.on("payment.refunded", subscriber: "delivery") { event in
            let payment = event.payload["payment"]?.string ?? event.id
            try await database.write { try refunded(event.key, payment: payment, at: event.at, in: $0) }
        }
        jobs.on("case.decided", subscriber: "delivery") { event in
            try await database.write { try legDecided(event.key, in: $0) }
        }
        jobs.on("case.decided", subscriber: "delivery.follow") { event in try await follow(event.key, decided: event.at) }
        jobs.on("document.ready", subscriber: "delivery") { event in
            try await database.write { connection in
                guard let item = try store.find(event.key, in: connection), !item.isLeg else { return }
                try tell(item, "case.document-ready", key: "document:\(event.payload["document"]?.string ?? event.id)", in: connection)
            }
        }
        jobs.every(seconds: 3_600, "delivery.unpaid") { try await lookAfterUnpaid() }
        jobs.every(seconds: 3_600, "delivery.questions") { try await remindOfQuestions() }
        jobs.every(seconds: 60, "delivery.changes") { try await lookForChanges() }
    }
}

struct DeliveryStanding: CaseStanding {
    let store: CaseStore

    func hadCase(_ subjectID: String, with bodyID: String, at time: Instant, closedAfter end: Instant, in connection: any Connection) throws -> Bool {
        try store.existed(of: subjectID, with: bodyID, at: time, closedAfter: end, in: connection)
    }
}

extension WorkingCalendar: WorkingDays {}
