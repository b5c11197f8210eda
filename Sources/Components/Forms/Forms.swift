public import Contracts
public import Database
public import Jobs
public import Language
public import Logging
public import Trust
public import Values
public import Web

/// Forms as documents: the front door. A person begins a draft, fills it in page by page, on any device and over many days, and sends it;
/// the sending opens a case.
public struct Forms: Sendable {
    let database: any Database
    let library: FormLibrary
    let drafts: DraftStore
    let submissions: SubmissionStore
    let room: AttachmentRoom
    let broker: any EvidenceBroker
    let intake: any CaseIntake
    let audit: any AuditLog
    let bodies: any BodyDirectory
    let people: (any People)?
    let places: PlaceIndex
    let site: Site
    let clock: TimeSource
    let logger: Logger

    /// `archive` and `attachments` are made first, because the module that opens cases needs them too. `people` tells the national number
    /// of who fills in a form when the register cannot; without it she is asked.
    public init(
        database: any Database, archive: SubmissionArchive, attachments: AttachmentRoom, broker: any EvidenceBroker, intake: any CaseIntake,
        audit: any AuditLog, bodies: any BodyDirectory, people: (any People)? = nil, site: Site, clock: TimeSource, logger: Logger
    ) {
        (self.database, library, submissions, places) = (database, archive.library, archive.store, archive.places)
        drafts = DraftStore(vault: archive.store.vault)
        room = attachments
        (self.broker, self.intake, self.audit, self.bodies, self.people) = (broker, intake, audit, bodies, people)
        (self.site, self.clock, self.logger) = (site, clock, logger)
    }

    /// Keeps the versions in force and brings back those that drafts were begun on. Before the first request, after the migrations.
    public func prepare() async throws {
        let (library, time) = (library, clock.now())
        try await database.write { try library.publish(in: $0, at: time) }
    }

    public func register(in jobs: inout JobRegistry) {
        jobs.every(seconds: 3_600, "forms.expireDrafts") { try await expireDrafts() }
    }

    /// Forgets drafts that nobody touched for 90 days, with their files.
    func expireDrafts() async throws {
        let (drafts, room, time) = (drafts, room, clock.now())
        try await database.write { connection in
            for id in try drafts.expire(at: time, in: connection) { try room.removeAll(holderID: id, in: connection) }
        }
    }

    public var zoneSection: any ZoneSection { DraftsZone(forms: self) }

    /// What rules may know beside the answers.
    func context(at time: Instant) -> Journey.Context {
        let bodies = bodies
        return Journey.Context(today: IsraelTime.date(time)) { bodies.municipality(of: $0)?.id }
    }

    /// The way through a form. A rule that cannot be evaluated is a defect of the form: the person cannot go on, and operators are told.
    func replay(_ document: FormDocument, _ answers: Answers, _ context: Journey.Context) -> Journey {
        let journey = Journey.replay(document, answers, context)
        if let broken = journey.broken {
            logger.error(
                "a rule of a form could not be evaluated",
                metadata: ["form": "\(document.id)", "version": "\(document.version)", "rule": "\(broken.ruleID)", "error": "\(broken.error)"])
        }
        return journey
    }

    func document(of draft: Draft) throws -> FormDocument {
        guard let document = library.document(draft.formID, version: draft.formVersion) else { throw FormsError.noDraft }
        return document
    }
}

/// Drafts, on the first page of the personal zone.
struct DraftsZone: ZoneSection {
    let forms: Forms
    var titleKey: String { "forms.zone.title" }
    var emptyKey: String { "forms.zone.empty" }
    var href: String { "/me/drafts" }
    var isOpenToMandates: Bool { true }

    func items(for actor: Actor, language: Language, limit: Int, in connection: any Connection) throws -> [ZoneItem] {
        try forms.list(of: actor, at: forms.clock.now(), in: connection).prefix(limit).map { draft in
            let until = Formats.date(IsraelTime.date(draft.expiresAt), in: language)
            return ZoneItem(
                title: forms.library.document(draft.formID, version: draft.formVersion)?.title.text(in: language) ?? draft.formID,
                detail: forms.site.catalogue.text("forms.draft.until", in: language, ["date": until]), href: "/drafts/\(draft.id)",
                status: forms.site.catalogue.text("forms.draft.tag", in: language))
        }
    }
}
