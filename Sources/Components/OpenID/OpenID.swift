public import AsyncHTTPClient
public import Contracts
public import Database
public import Jobs
import Language
public import Logging
public import Trust
public import Values
public import Web

/// The OpenID Provider: lets the systems of ministries have people sign in here. It speaks one strict profile: the FAPI 2.0 security profile with
/// pushed requests (RFC 9126), `private_key_jwt`, PKCE by S256 (RFC 7636) and tokens bound to keys by DPoP (RFC 9449). A second profile, for
/// software that cannot, is given to one client at a time and ends by itself.
public struct OpenID: Sendable {
    static let pushPath = "/openid/par"
    static let tokenPath = "/openid/token"
    static let userInfoPath = "/openid/userinfo"
    /// By which clients may sign.
    static let algorithms = ["ES256", "EdDSA"]
    /// How long a code may wait.
    static let codeSeconds: Int64 = 60
    /// How long a client may act for a person who is away.
    static let offlineSeconds: Int64 = 30 * 86_400

    let database: any Database
    let vault: Vault
    let site: Site
    let bodies: any BodyDirectory
    let people: any People
    let signIns: any SignIns
    let audit: any AuditLog
    let postman: any Postman
    /// The body that runs the platform; its reviewers approve what bodies register.
    let authority: String
    /// Nil but at a simulator.
    let simulator: Simulator?
    /// Our address as clients know it, without a slash at the end.
    let issuer: String
    let clock: TimeSource
    let logger: Logger
    let http: HTTPClient
    let clients = ClientStore()
    let clientKeys: ClientKeys
    let requests: RequestStore
    let grants = GrantStore()
    let applications = ApplicationStore()
    let keys: ServerKeys
    let proofs = ProofWindow()
    let resting = RestingClients()
    let nonces: DPoPNonces

    public init(
        database: any Database, vault: Vault, site: Site, bodies: any BodyDirectory, people: any People, signIns: any SignIns, audit: any AuditLog,
        postman: any Postman, authority: String, simulator: Simulator? = nil, publicURL: String, http: HTTPClient, clock: TimeSource, logger: Logger
    ) {
        (self.database, self.vault, self.site, self.bodies) = (database, vault, site, bodies)
        (self.people, self.signIns, self.audit, issuer) = (people, signIns, audit, publicURL)
        (self.postman, self.authority, self.simulator) = (postman, authority, simulator)
        (self.http, self.clock, self.logger) = (http, clock, logger)
        clientKeys = ClientKeys(http: http)
        requests = RequestStore(vault: vault)
        keys = ServerKeys(database: database, vault: vault)
        // Of this process alone: what another one has seen is not known here.
        nonces = DPoPNonces(key: vault.key(for: "openid.dpop-nonce:\(RandomToken.make(bytes: 16))"), startedAt: clock.now())
    }

    public func register(in jobs: inout JobRegistry) {
        jobs.every(seconds: 300, "openid.housekeeping") {
            // So that the next key is published in time, also while nobody signs in.
            _ = try await keys.signing(at: clock.now())
            try await removeExpired()
        }
        jobs.on("identity.sessionEnded", subscriber: "openid") { event in
            try await database.write { try tellClients(of: event.key, session: event.payload["session"]?.string, at: event.at, in: $0) }
        }
        jobs.on("identity.sessionsEnded", subscriber: "openid") { event in
            let kept = event.payload["but"]?.string ?? ""
            try await database.write { connection in
                try revokeEnded(of: event.key, at: clock.now(), in: connection)
                try tellClients(of: event.key, session: nil, but: kept, at: event.at, in: connection)
            }
        }
        jobs.job(LogoutNotice.job, retry: LogoutNotice.retry) { try await deliver($0) }
    }

    /// She has signed out everywhere, or everywhere else: what came of sessions that are over is good no more, also while she is away.
    func revokeEnded(of subjectID: String, at time: Instant, in connection: any Connection) throws {
        for session in try grants.sessions(of: subjectID, in: connection) {
            guard try signIns.signIn(session: session, of: subjectID, at: time, in: connection) == nil else { continue }
            try grants.revokeAll(of: subjectID, session: session, at: time, in: connection)
        }
    }

    /// Forgets what nobody can use any more, in portions.
    func removeExpired() async throws {
        let (grants, applications, time) = (grants, applications, clock.now())
        try await database.write { try applications.forgetUntaken(before: time.adding(days: -30), in: $0) }
        for table in GrantStore.expiring {
            while try await database.write({ try grants.removeExpired(from: table, at: time, in: $0) }) >= GrantStore.portion {}
        }
    }

    /// The first of `ui_locales` (OpenID Connect Core section 3.1.2.1) that is a language of ours.
    static func language(_ locales: String?) -> Language? {
        (locales ?? "").split(separator: " ").lazy.compactMap { Language(rawValue: String($0.prefix { $0 != "-" }).lowercased()) }.first
    }

    /// Registers a client, or replaces what is known of one, by its metadata (RFC 7591).
    ///
    /// - Returns: its id.
    /// - Throws: `ClientError` naming the member that is wrong.
    public func save(client metadata: JSON) async throws -> String {
        let client = try Client(json: metadata)
        guard bodies.body(client.bodyID) != nil else { throw ClientError("zamin_body", "no such body") }
        let (clients, time) = (clients, clock.now())
        if case .legacy(let until, _) = client.profile {
            let today = IsraelTime.date(time)
            guard until >= today, until <= today.adding(days: 366 * ClientProfile.legacyYearsMax) else {
                throw ClientError("zamin_profile_until", "a day to come, within \(ClientProfile.legacyYearsMax) years")
            }
        }
        try await database.write { try clients.save(client.id, metadata, at: time, in: $0) }
        return client.id
    }
}
