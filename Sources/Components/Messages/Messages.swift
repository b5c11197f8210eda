public import Contracts
public import Database
public import Jobs
import Language
public import Trust
public import Values
public import Web

/// What bodies tell people: a mailbox in the personal zone, and e-mail beside it. The front door.
///
/// To accept is to store, in the caller's transaction; nothing is sent before that commits, and a mail server that is down loses nothing.
public struct Messages: Postman {
    let database: any Database
    let store: MessageStore
    let vault: Vault
    let site: Site
    let bodies: any BodyDirectory
    let audit: any AuditLog
    let templates: MessageTemplates
    let carrier: any MailCarrier
    let writer: LetterWriter
    let clock: TimeSource

    /// - Parameters:
    ///   - carrier: an `SMTPCarrier`.
    ///   - from: the address all mail comes from, such as `no-reply@zamin.example`.
    ///   - publicURL: the address people use, without a slash at the end.
    /// - Throws: `MessagesError` for a template without its subject or body, or an address that is none.
    public init(
        database: any Database, vault: Vault, site: Site, bodies: any BodyDirectory, audit: any AuditLog, carrier: any MailCarrier,
        from: String, publicURL: String, clock: TimeSource
    ) throws {
        guard let sender = MailAddress(from) else { throw MessagesError.malformedSender(from) }
        (self.database, store, self.vault, self.site) = (database, MessageStore(vault: vault), vault, site)
        (self.bodies, self.audit, self.carrier, self.clock) = (bodies, audit, carrier, clock)
        templates = try MessageTemplates(site.catalogue)
        writer = LetterWriter(site: site, sender: sender, publicURL: publicURL)
    }

    public func send(_ notice: Notice, in connection: any Connection) throws {
        let (template, time) = (try templates.newest(notice.template), clock.now())
        if let missing = template.required.subtracting(notice.values.keys).min() {
            throw MessagesError.missingField(missing, template: notice.template)
        }
        if let link = notice.link, !Messages.isLocal(link) { throw MessagesError.malformedLink(link) }
        let message = Message(
            subjectID: notice.recipientID, id: UUIDv7.next(at: time), bodyID: notice.bodyID, caseID: notice.caseID, template: template.name,
            version: template.version, values: notice.values, link: notice.link, language: nil, state: .accepted, acceptedAt: time,
            readAt: nil)
        guard try store.insert(message, idempotencyKey: notice.idempotencyKey, in: connection) else { return }
        try JobQueue.enqueue(
            MessageDelivery.noticeJob, ["subject": .string(message.subjectID), "message": .string(message.id)], runAt: time,
            uniqueKey: "\(MessageDelivery.noticeJob):\(message.id)", in: connection)
        var entry = AuditEntry(
            subjectID: message.subjectID, actor: .system("messages"), action: .send, what: "message.send", caseID: notice.caseID,
            basis: .request(notice.caseID ?? message.id), fields: ["contact"], at: time)
        entry.bodyID = notice.bodyID
        entry.actorName = site.catalogue.text("web.name", in: .standard)
        try audit.record(entry, in: connection)
    }

    public func sendCode(_ code: String, to email: String, language: String, minutesValid: Int, in connection: any Connection) throws {
        let time = clock.now()
        let content = CodeContent(
            code: code, email: email, language: Language(rawValue: language) ?? .standard, minutesValid: minutesValid,
            expiresAt: time.adding(seconds: Int64(minutesValid) * 60))
        let id = UUIDv7.next(at: time)
        try JobQueue.enqueue(
            MessageDelivery.codeJob, ["code": .string(id), "sealed": .string(Base64.encodeURL(try content.sealed(as: id, by: vault)))],
            runAt: time, uniqueKey: "\(MessageDelivery.codeJob):\(id)", in: connection)
    }

    /// How many messages a person has not opened, for the frame of each page.
    public func unreadCount(of subjectID: String, in connection: any Connection) throws -> Int {
        try store.unreadCount(of: subjectID, in: connection)
    }

    /// - Parameter people: whose addresses are looked up when an e-mail is sent. Accepting needs none, so that who keeps people may
    ///   itself send messages.
    public func register(in jobs: inout JobRegistry, people: any People) {
        let delivery = MessageDelivery(messages: self, people: people)
        jobs.job(MessageDelivery.noticeJob, retry: MessageDelivery.noticeRetry) { try await delivery.deliver($0) }
        jobs.job(MessageDelivery.codeJob, retry: MessageDelivery.codeRetry) { try await delivery.deliverCode($0) }
    }

    public var zoneSection: any ZoneSection { MessagesZone(messages: self) }

    /// A path of our own and nothing that could lead elsewhere or break out of a line.
    static func isLocal(_ link: String) -> Bool {
        link.hasPrefix("/") && !link.hasPrefix("//") && link.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x5C && $0 != 0x22 }
    }
}
