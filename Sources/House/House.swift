import AskOnce
import AsyncHTTPClient
import Audit
import Authenticators
package import Catalogue
import Consents
package import Contracts
import Corrections
import Database
import Delivery
import Documents
import Forms
import Identity
package import Jobs
import Logging
import Mandates
import Messages
import Meters
package import Officers
package import OpenID
import Payments
import PersonalZone
import Portal
import Spine
import Transfers
import Transparency
package import Trust
import Values
package import Web

/// The house put together, once, in one place: who gets what from whom. This is the only file that knows all modules.
package struct House: Sendable {
    package let base: Foundations
    package let catalogue: Catalogue
    package let hasher: PasswordHasher
    private let spineClient: SpineClient
    private let web: HTTPClient
    private let identity: Identity
    private let messages: Messages
    package let openID: OpenID
    package let officers: Officers
    private let mandates: MandateHolding
    private let transfers: Transfers
    private let consents: Consents
    private let corrections: Corrections
    private let payments: Payments
    private let portal: Portal
    private let zone: PersonalZone
    private let meters: Meters
    private let privacyDesk: PrivacyDesk
    private let spine: Spine
    private let centre: Centre
    private let forms: Forms
    private let documents: Documents
    private let delivery: Delivery

    /// - Parameter exchange: how registers are asked; nil for the gateway that the settings name.
    package init(_ base: Foundations, exchange other: (any Exchange)? = nil) async throws {
        self.base = base
        let (settings, database, site, clock, logger) = (base.settings, base.database, base.site, base.clock, base.logger)
        catalogue = Catalogue(database: database, clock: clock)
        try await catalogue.load()
        hasher = PasswordHasher(cost: .init(memoryKiB: settings.passwordMemoryMiB * 1024, passes: settings.passwordPasses))
        spineClient = SpineClient(gatewayURL: "http://127.0.0.1:\(settings.consumerGatewayPort)", token: try base.keys.shared("gateway"))
        let exchange = other ?? spineClient
        messages = try Messages(
            database: database, vault: base.vault, site: site, bodies: base.bodies, audit: base.audit, carrier: try SMTPCarrier(url: settings.smtpURL),
            from: settings.mailFrom, publicURL: settings.publicURL, clock: clock)
        let held = MandateStore(vault: base.vault, key: try base.keys.signing("mandates"))
        identity = try House.identity(base, hasher, exchange, messages, held)
        // Before there is a client that must be shut down.
        let simulator = try await House.simulator(base, identity, orClose: spineClient)
        web = HostedAcquirer.makeClient()
        openID = House.openID(base, identity, messages, web, simulator)
        officers = House.officers(base, identity, messages)
        payments = try House.payments(base, web)
        portal = Portal(catalogue: catalogue, bodies: base.bodies, site: site, settings: .init(publicURL: settings.publicURL))
        spine = Spine(database: database, clock: clock)
        transfers = try House.transfers(base, spine, identity, messages)
        consents = try House.consents(base, spine, identity, messages, exchange)
        corrections = try House.corrections(base, spine, messages)
        centre = try House.centre(base, identity)
        documents = Documents(
            database: database, vault: base.vault, site: site, bodies: base.bodies, audit: base.audit,
            press: PythonPress(python: settings.python, toolsFolder: settings.toolsFolder, keyFolder: "\(base.keys.folder)/papers"),
            publicURL: settings.publicURL, clock: clock)
        let content = settings.contentFolder
        let broker = Broker(
            concepts: try ConceptList(json: Resources.json("\(content)/concepts.json")), exchange: exchange, people: identity.people,
            database: database, logger: logger)
        let library = try FormLibrary(folder: "\(content)/forms", knowsConcept: broker.knows)
        let archive = SubmissionArchive(library: library, vault: base.vault, catalogue: site.catalogue, bodies: base.bodies)
        mandates = House.mandates(base, held, identity, messages, exchange, catalogue, library.personalServices)
        let attachments = try AttachmentRoom(database: database, vault: base.vault, clamd: settings.clamdAddress, clock: clock)
        delivery = Delivery(
            database: database, vault: base.vault, site: site,
            types: try CaseTypes(
                caseTypes: Resources.json("\(content)/case-types.json"),
                licensingRules: Resources.json("\(content)/business-licensing-rules.json"),
                workingCalendar: Resources.json("\(content)/working-calendar.json")),
            neighbours: .init(
                bodies: base.bodies, services: catalogue, people: identity.people, mandates: held, submissions: archive, attachments: attachments,
                cashier: payments, postman: messages, documents: documents, audit: base.audit, exchange: exchange, events: spineClient), clock: clock)
        forms = Forms(
            database: database, archive: archive, attachments: attachments, broker: broker, intake: delivery.intake,
            audit: base.audit, bodies: base.bodies, people: identity.people, site: site, clock: clock, logger: logger)
        privacyDesk = PrivacyDesk(audit: base.audit, offices: identity.offices, cases: delivery.standing, days: delivery.workingDays)
        try await forms.prepare()
        meters = Meters(database: database, forms: forms, exchanges: spine, desk: try House.desk(base, spine), bodies: base.bodies, site: site)
        zone = PersonalZone(
            database: database, site: site,
            sections: [
                delivery.zoneSection, forms.zoneSection, messages.zoneSection, documents.zoneSection, payments.zoneSection, base.audit.zoneSection,
                mandates.zoneSection, consents.zoneSection, corrections.zoneSection, officers.zoneSection, openID.zoneSection, identity.zoneSection,
            ], audit: base.audit)
    }

    /// The body that runs the platform.
    private static let authority = "digital-authority"

    private static func identity(
        _ base: Foundations, _ hasher: PasswordHasher, _ exchange: any Exchange, _ messages: Messages, _ mandates: any Mandates
    ) throws -> Identity {
        let (settings, hours) = (base.settings, base.settings.recoveryHours)
        return Identity(
            database: base.database, vault: base.vault, hasher: hasher,
            commonPasswords: try CommonPasswords(path: "\(settings.contentFolder)/common-passwords.txt"),
            breachedPasswords: try settings.breachedPasswords.map(BreachedPasswords.init(path:)), exchange: exchange, mandates: mandates, postman: messages,
            auditLog: base.audit, bodies: base.bodies, organisations: base.organisations, site: base.site, publicURL: settings.publicURL,
            recoveryHours: .init(sameAddress: Int64(hours.sameAddress), newAddress: Int64(hours.newAddress)),
            cards: settings.cardFolder.map { folder in
                CardDesk(
                    authorities: CardAuthorities(authoritiesPath: "\(folder)/authorities.pem", revocationsPath: "\(folder)/revocations.pem"),
                    url: settings.cardURL, issuerID: settings.cardIssuer)
            }, clock: base.clock, logger: base.logger)
    }

    /// At a simulator, and only over people who are made up.
    private static func simulator(_ base: Foundations, _ identity: Identity, orClose client: SpineClient) async throws -> Simulator? {
        do {
            guard base.settings.isSimulator else {
                try await Simulator.checkNone(in: base.database)
                return nil
            }
            let list = try Resources.json("\(base.settings.contentFolder)/registers/personas.json")["personas"]?.array ?? []
            return try await Simulator(
                personas: identity.personas(list.compactMap { $0["nationalNumber"]?.string }), database: base.database, clock: base.clock)
        } catch {
            await client.close()
            throw error
        }
    }

    private static func openID(_ base: Foundations, _ identity: Identity, _ messages: Messages, _ web: HTTPClient, _ simulator: Simulator?) -> OpenID {
        OpenID(
            database: base.database, vault: base.vault, site: base.site, bodies: base.bodies, people: identity.people, signIns: identity.signIns,
            audit: base.audit, postman: messages, authority: authority, simulator: simulator,
            publicURL: base.settings.publicURL, http: web, clock: base.clock, logger: base.logger)
    }

    private static func payments(_ base: Foundations, _ web: HTTPClient) throws -> Payments {
        Payments(
            database: base.database, site: base.site,
            graph: try PaymentGraph(json: Resources.json("\(base.settings.contentFolder)/payment-states.json")),
            acquirer: HostedAcquirer(try acquirer(base), client: web), bodies: base.bodies, audit: base.audit, publicURL: base.settings.publicURL,
            clock: base.clock, logger: base.logger)
    }

    private static func officers(_ base: Foundations, _ identity: Identity, _ messages: Messages) -> Officers {
        Officers(
            database: base.database, vault: base.vault, offices: identity.offices, people: identity.people, bodies: base.bodies, postman: messages,
            audit: base.audit, site: base.site, authority: authority, clock: base.clock)
    }

    private static func mandates(
        _ base: Foundations, _ held: MandateStore, _ identity: Identity, _ messages: Messages, _ exchange: any Exchange, _ services: any ServiceDirectory,
        _ personal: [String]
    ) -> MandateHolding {
        MandateHolding(
            database: base.database, store: held, people: identity.people, wards: identity.wards, exchange: exchange, services: services,
            personalServices: personal, postman: messages, audit: base.audit, site: base.site, authority: authority, clock: base.clock)
    }

    private static func consents(
        _ base: Foundations, _ spine: Spine, _ identity: Identity, _ messages: Messages, _ exchange: any Exchange
    ) throws -> Consents {
        Consents(
            database: base.database, vault: base.vault, key: try base.keys.signing("consents"), desk: try desk(base, spine), exchange: exchange,
            references: Spine.references(vault: base.vault), people: identity.people, bodies: base.bodies, postman: messages, audit: base.audit,
            site: base.site, publicURL: base.settings.publicURL, clock: base.clock)
    }

    private static func corrections(_ base: Foundations, _ spine: Spine, _ messages: Messages) throws -> Corrections {
        Corrections(
            database: base.database, vault: base.vault, desk: try desk(base, spine), looks: base.audit, bodies: base.bodies, postman: messages,
            audit: base.audit, site: base.site, clock: base.clock)
    }

    private static func centre(_ base: Foundations, _ identity: Identity) throws -> Centre {
        try Centre(
            database: base.database, key: try base.keys.signing("centre"), baseURL: base.settings.publicURL,
            services: try RegisterDirectory(json: Resources.json("\(base.settings.contentFolder)/agreements.json")),
            consents: ConsentRecords(database: base.database, vault: base.vault), audit: base.audit, people: identity.people, clock: base.clock)
    }

    /// Signs with the keys of bodies that lie here.
    private static func desk(_ base: Foundations, _ spine: Spine) throws -> any AgreementDesk {
        let keyFolder = "\(base.keys.folder)/bodies"
        return spine.desk { try SigningKey.open(folder: keyFolder, name: $0) }
    }

    private static func transfers(_ base: Foundations, _ spine: Spine, _ identity: Identity, _ messages: Messages) throws -> Transfers {
        Transfers(
            database: base.database, desk: try desk(base, spine), monitor: spine, people: identity.people, bodies: base.bodies,
            postman: messages, site: base.site, laws: try laws(base.settings), clock: base.clock)
    }

    /// The provisions on which agreements rest, those of single fields too.
    private static func laws(_ settings: Settings) throws -> [String] {
        let agreements = try Resources.json("\(settings.contentFolder)/agreements.json")["agreements"]?.array ?? []
        let fields = agreements.flatMap { $0["fields"]?.array ?? [] }
        return Set((agreements + fields).compactMap { $0["law"]?.string }).sorted()
    }

    private static func acquirer(_ base: Foundations) throws -> HostedAcquirer.Settings {
        let settings = base.settings
        return HostedAcquirer.Settings(
            baseURL: settings.acquirerURL, origin: settings.acquirerURL, apiKey: try base.keys.shared("acquirer"),
            key: try base.keys.signing("acquirer").verifyingKey, notificationURL: "http://127.0.0.1:\(settings.port)/api/v1/payments/notifications")
    }

    /// The table of contents of the site.
    package var routes: [Route] {
        portal.routes + identity.routes + openID.routes + officers.routes + mandates.routes + transfers.routes + consents.routes
            + corrections.routes + meters.routes + zone.routes + forms.routes + delivery.routes + payments.routes + messages.routes + documents.routes
            + base.audit.routes + spine.routes + centre.routes + privacyDesk.routes
    }

    /// Who is registered.
    package var people: any People { identity.people }

    /// - Parameters:
    ///   - authenticator: who finds out who sent a request; nil for the sessions of Identity.
    ///   - contentVersion: nil for that of the catalogue.
    package func dispatcher(authenticator: (any Authenticator)? = nil, contentVersion: (@Sendable () -> Int64)? = nil) throws -> Dispatcher {
        let (settings, catalogue) = (base.settings, catalogue)
        return try Dispatcher(
            routes: routes + (try Operations(database: base.database, site: base.site).routes(describing: routes)), site: base.site,
            authenticator: authenticator ?? identity.authenticator,
            settings: .init(
                rates: settings.limitsRates ? RateSettings() : .unlimited, clock: base.clock, formKey: base.vault.key(for: "forms"),
                explain: explain, contentVersion: contentVersion ?? { catalogue.contentVersion }, formTargets: payments.formTargets), logger: base.logger)
    }

    /// The listener that reads smart cards: one route, and nobody is signed in there.
    package func cardDispatcher() throws -> Dispatcher {
        // Its error pages lead nowhere: the portal's links are not there.
        let site = try Site(folders: base.resources.pages, frame: .init(isPortal: false))
        return try Dispatcher(
            routes: identity.cardRoutes, site: site, authenticator: NobodySignsIn(),
            settings: .init(
                rates: base.settings.limitsRates ? RateSettings() : .unlimited, clock: base.clock, formKey: base.vault.key(for: "forms"), explain: explain),
            logger: base.logger)
    }

    package func worker() -> Worker {
        var jobs = JobRegistry()
        base.audit.register(in: &jobs)
        jobs.every(seconds: 10, "spine.sequence") { [log = base.messageLog] in while try await log.advance() > 0 {} }
        jobs.every(seconds: base.messageLog.secondsBetweenStamps, "spine.stamp") { [log = base.messageLog] in _ = try await log.stamp() }
        identity.register(in: &jobs)
        openID.register(in: &jobs)
        officers.register(in: &jobs)
        mandates.register(in: &jobs)
        transfers.register(in: &jobs)
        consents.register(in: &jobs)
        privacyDesk.register(in: &jobs)
        messages.register(in: &jobs, people: identity.people)
        payments.register(in: &jobs)
        documents.register(in: &jobs)
        forms.register(in: &jobs)
        delivery.register(in: &jobs)
        return Worker(database: base.database, registry: jobs, clock: base.clock, logger: base.logger)
    }

    package func importContent() async throws {
        _ = try await catalogue.importContent(.read(dataFolder: base.settings.contentFolder, bodies: base.bodies), bodies: base.bodies)
    }

    package func close() async {
        await spineClient.close()
        try? await web.shutdown()
        await base.database.close()
    }
}
