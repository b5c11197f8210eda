public import Contracts
public import Database
public import Jobs
import Language
public import Logging
public import Trust
public import Values
public import Web

/// Official papers: ordered with the decision, rendered and signed by a job, kept, downloaded, and checked by anybody. The front door.
public struct Documents: DocumentOffice {
    let database: any Database
    let store: DocumentStore
    let site: Site
    let bodies: any BodyDirectory
    let audit: any AuditLog
    let press: any PaperPress
    let publicURL: String
    let clock: TimeSource
    let logger: Logger

    /// - Parameters:
    ///   - press: a `PythonPress`.
    ///   - publicURL: the address people use, without a slash at the end; the place to check a paper stands on it.
    public init(
        database: any Database, vault: Vault, site: Site, bodies: any BodyDirectory, audit: any AuditLog, press: any PaperPress,
        publicURL: String, clock: TimeSource, logger: Logger = Logger(label: "zamin.documents")
    ) {
        (self.database, store, self.site, self.bodies) = (database, DocumentStore(vault: vault), site, bodies)
        (self.audit, self.press, self.publicURL, self.clock, self.logger) = (audit, press, publicURL, clock, logger)
    }

    public func order(_ order: DocumentOrder, in connection: any Connection) throws -> String {
        guard let kind = PaperKind(rawValue: order.template) else { throw DocumentsError.unknownTemplate(order.template) }
        _ = try PaperContent(order.content)
        let time = clock.now()
        let document = OfficialDocument(
            subjectID: order.subjectID, id: UUIDv7.next(at: time), caseID: order.caseID, caseNumber: order.caseNumber, bodyID: order.bodyID,
            kind: kind, language: order.language, title: order.title, code: .random(), orderedAt: time, readyAt: nil)
        guard try store.insert(document, content: order.content, idempotencyKey: order.idempotencyKey, in: connection) else {
            return try store.id(idempotencyKey: order.idempotencyKey, subjectID: order.subjectID, in: connection) ?? document.id
        }
        try JobQueue.enqueue(
            Rendering.job, ["subject": .string(document.subjectID), "document": .string(document.id)], runAt: time,
            uniqueKey: "\(Rendering.job):\(document.id)", in: connection)
        var entry = AuditEntry(
            subjectID: document.subjectID, actor: .system("documents"), action: .write, what: "document.issue", caseID: document.caseID,
            basis: .request(document.caseID), fields: ["decision"], at: time)
        entry.bodyID = document.bodyID
        entry.actorName = site.catalogue.text("web.name", in: .standard)
        try audit.record(entry, in: connection)
        return document.id
    }

    public func documents(caseID: String, in connection: any Connection) throws -> [DocumentCard] {
        try store.list(caseID: caseID, in: connection).map(\.card)
    }

    public func content(of id: String, caseID: String, in connection: any Connection) throws -> [UInt8]? {
        guard let document = try store.list(caseID: caseID, in: connection).first(where: { $0.id == id }) else { return nil }
        return try store.pdf(of: document, in: connection)
    }

    public func register(in jobs: inout JobRegistry) {
        let rendering = Rendering(documents: self)
        jobs.job(Rendering.job, retry: Rendering.retry) { try await rendering.render($0) }
    }

    public var routes: [Route] { ownRoutes + verifyRoutes }
    public var zoneSection: any ZoneSection { DocumentsZone(documents: self) }
}
