internal import Authenticators
public import Contracts
public import Database
public import Jobs
public import Language
public import Logging
public import Trust
public import Values
public import Web

/// Who somebody is: registration with proof against registers, sign-in with two factors, sessions, and the capacity people act in.
/// The front door of the module.
public struct Identity: Sendable {
    /// How long a registration that was begun can be gone on with.
    static let registrationSeconds: Int64 = 24 * 3_600
    static let signInSeconds: Int64 = 30 * 60
    /// The body in whose name identities are proved and people are written to.
    static let ownerID = "digital-authority"

    let database: any Database
    let store: IdentityStore
    let hasher: PasswordHasher
    let passwordRules: PasswordRules
    let exchange: any Exchange
    let postman: any Postman
    let auditLog: any AuditLog
    let signatories: CapacityRegister<SignedBusiness>
    let professions: CapacityRegister<Licence>
    let mandates: any Mandates
    let bodies: any BodyDirectory
    let localities: LocalityFinder
    let organisations: OrganisationNames
    let site: Site
    /// Where passkeys are made and used; nil where browsers offer none.
    let party: RelyingParty?
    let publicURL: String
    let recoveryHours: RecoveryHours
    /// Nil where no smart cards are read.
    let cards: CardDesk?
    let clock: TimeSource
    let logger: Logger

    /// - Parameters:
    ///   - breachedPasswords: nil where there is no list.
    ///   - organisations: also given to the site's frame, which shows the name of the body or business acted for.
    ///   - publicURL: where people see the site.
    public init(
        database: any Database, vault: Vault, hasher: PasswordHasher, commonPasswords: CommonPasswords, breachedPasswords: BreachedPasswords? = nil,
        exchange: any Exchange, mandates: any Mandates = NoMandates(), postman: any Postman, auditLog: any AuditLog, bodies: any BodyDirectory,
        organisations: OrganisationNames, site: Site,
        publicURL: String, recoveryHours: RecoveryHours = .init(), cards: CardDesk? = nil, clock: TimeSource, logger: Logger = Logger(label: "zamin.identity")
    ) {
        (self.database, store, self.hasher, self.logger) = (database, IdentityStore(vault: vault), hasher, logger)
        passwordRules = PasswordRules(common: commonPasswords, breached: breachedPasswords)
        (party, self.recoveryHours) = (RelyingParty(publicURL: publicURL), recoveryHours)
        (self.publicURL, self.cards) = (publicURL, cards)
        (self.exchange, self.postman, self.auditLog, self.bodies) = (exchange, postman, auditLog, bodies)
        (self.organisations, self.site, self.clock) = (organisations, site, clock)
        (self.mandates, localities) = (mandates, LocalityFinder(bodies.localities))
        signatories = CapacityRegister(database, store, exchange, clock)
        professions = CapacityRegister(database, store, exchange, clock)
    }

    /// The table of contents of the module.
    public var routes: [Route] {
        registrationRoutes + signInRoutes + sessionRoutes + passwordRoutes + capacityRoutes + authenticatorRoutes + recoveryRoutes
            + visitRoutes + residentRoutes + cardStartRoutes
    }

    public var authenticator: SessionAuthenticator {
        SessionAuthenticator(
            database: database, store: store, signatories: signatories, professions: professions, mandates: mandates, organisations: organisations,
            auditLog: auditLog, clock: clock, logger: logger)
    }

    public var people: any People { IdentityPeople(store: store, clock: clock) }
    public var signIns: any SignIns { ownSignIns }
    public var wards: any Wards { IdentityWards(store: store) }
    public var offices: any Offices { IdentityOffices(store: store) }
    /// - Parameter numbers: national numbers of people who are made up.
    public func personas(_ numbers: [String]) -> any Personas { IdentityPersonas(identity: self, numbers: numbers) }
    var ownSignIns: IdentitySignIns { IdentitySignIns(store: store, auditLog: auditLog, mandates: mandates) }
    public var zoneSection: any ZoneSection { IdentityZone(identity: self) }

    public func register(in jobs: inout JobRegistry) {
        jobs.every(seconds: 300, "identity.housekeeping") { try await removeExpired() }
        jobs.every(seconds: 60, "identity.recoveries") { try await completeRecoveries() }
    }

    /// Removes sessions, registrations, codes, counts of attempts, replaced passwords and browsers that nobody can use any more.
    func removeExpired() async throws {
        let (store, time) = (store, clock.now())
        try await database.write { try store.removeExpired(at: time, limit: 500, in: $0) }
    }
}

/// Names of what people act for, as the frame of each page shows them. Businesses become known here as sessions that act for them are
/// read.
public final class OrganisationNames: Sendable {
    private let bodies: any BodyDirectory
    private let businesses = NameCache(limit: 20_000)

    public init(bodies: any BodyDirectory) { self.bodies = bodies }

    /// The name of a body or business; its id when it is not known.
    public func name(of id: String, in language: Language) -> String {
        bodies.body(id)?.name.text(in: language) ?? businesses.name(of: id) ?? id
    }

    func learn(_ name: String, of id: String) { businesses.learn(name, of: id) }
}
