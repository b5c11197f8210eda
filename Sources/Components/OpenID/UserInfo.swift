import Contracts
import Database
import HTTPTypes
import Language
import Values
import Web

/// What a client may know of the person who signed in (OpenID Connect Core section 5.3). Each answer is a look at her data, and she sees it.
extension OpenID {
    func userInfo(_ call: Call) async throws -> Reply {
        do {
            // A bearer token may also stand in the form (RFC 6750 section 2.2).
            let posted = call.method == .post && call.headers[.authorization] == nil ? (try? call.form())?["access_token"].map { "Bearer \($0)" } : nil
            guard let header = call.headers[.authorization] ?? posted, let scheme = ["dpop ", "bearer "].first(where: header.lowercased().hasPrefix) else {
                return withNonce(OAuthError.unasked)
            }
            let (token, time) = (String(header.dropFirst(scheme.count)), clock.now())
            let proof = scheme == "dpop " ? try proof(call, path: OpenID.userInfoPath, accessToken: token) : nil
            let access = try await verify(accessToken: token, at: time)
            // A token that is bound to a key is worth nothing without it (RFC 9449 section 7.2).
            guard access.thumbprint == proof?.thumbprint else { throw OAuthError(.invalidToken, "the token is bound to another key") }
            if let proof { try use(proof) }
            guard access.scopes.contains(.openid) else { throw OAuthError(.insufficientScope, "scope openid is needed") }
            var reply = Reply.json(try await claims(access, at: time))
            reply.headers[.cacheControl] = "no-store"
            return withNonce(reply)
        } catch let error as OAuthError { return withNonce(error.challenge) }
    }

    private func claims(_ access: AccessToken, at time: Instant) async throws -> JSON {
        let fields = Scope.allCases.filter(access.scopes.contains).flatMap(\.claims)
        // Who learns nothing but that it is the same person as before leaves no trace of a look.
        let (people, audit) = (people, audit)
        guard !fields.isEmpty else {
            let isGood = try await database.read { connection in
                try standing(access.grantID, at: time, in: connection).map { try client(of: $0, access, at: time, in: connection) != nil } ?? false
            }
            guard isGood else { throw ended }
            return ["sub": .string(access.subject)]
        }
        let found = try await database.write { connection -> JSON? in
            guard let grant = try standing(access.grantID, at: time, in: connection), let client = try client(of: grant, access, at: time, in: connection),
                let card = try people.card(of: grant.subjectID, in: connection)
            else { return nil }
            if grant.fault == .userInfoUnavailable { throw Problem.unavailable }
            if grant.fault == .userInfoRefused { return nil }
            let scopes = access.scopes.filter { client.allows($0) }
            var claims = OpenID.claims(of: card, scopes)
            if scopes.contains(.nationalNumber) {
                claims["national_number"] = try people.nationalNumber(of: grant.subjectID, in: connection).map(JSON.string)
            }
            if scopes.contains(.capacity) {
                let signIn = try signIns.signIn(session: grant.sessionID, of: grant.subjectID, at: time, in: connection)
                claims["capacity"] = signIn.map { capacity($0, client) }
                if case .attorney(let mandate) = signIn?.capacity {
                    // It tells of whom she acts for, too.
                    var entry = look(client, grant, .capacity, at: time)
                    entry.subjectID = mandate.principalID
                    try audit.record(entry, in: connection)
                }
            }
            for scope in Scope.allCases where scopes.contains(scope) && !scope.claims.isEmpty {
                try audit.record(look(client, grant, scope, at: time), in: connection)
            }
            claims["sub"] = .string(access.subject)
            return .object(claims)
        }
        guard let found else { throw ended }
        return found
    }

    /// Nil when the legacy profile of the client has ended, and for a token without a key of a client that must have one.
    private func client(of grant: Grant, _ access: AccessToken, at time: Instant, in connection: any Connection) throws -> Client? {
        try clients.find(grant.clientID, in: connection).flatMap { client in
            client.isInForce(at: time) && (access.thumbprint != nil || client.profile != .strict) ? client : nil
        }
    }

    private var ended: OAuthError { OAuthError(.invalidToken, "the sign-in was ended") }

    /// Who looked: the client, in the name of its body, on the basis its scope rests on.
    private func look(_ client: Client, _ grant: Grant, _ scope: Scope, at time: Instant) -> AuditEntry {
        let actor = Actor(kind: .client, id: "client:\(client.id)", name: client.name.text(in: .standard))
        var entry = AuditEntry(
            subjectID: grant.subjectID, actor: actor, action: .read, what: "openid.claims", basis: client.bases[scope]?.basis ?? .consent(grant.id),
            fields: scope.claims, at: time)
        entry.bodyID = client.bodyID
        return entry
    }

    /// In what capacity she acts now, and when the register or the list of officers last said that it is hers.
    private func capacity(_ signIn: SignIn, _ client: Client) -> JSON {
        let checked = signIn.capacityCheckedAt.map { JSON.int($0.seconds) }
        switch signIn.capacity {
        case .own: return ["kind": "own"]
        case .office(let body, let role):
            return .members(["kind": "office", "organisation": .string(body), "role": .string(role), "checked_at": checked])
        case .representative(let business): return .members(["kind": "representative", "organisation": .string(business), "checked_at": checked])
        case .professional(let profession, let licence):
            return .members(["kind": "professional", "profession": .string(profession), "licence": .string(licence), "checked_at": checked])
        case .attorney(let mandate):
            let principal = pairwise(mandate.principalID, sector: client.sector)
            // Of the mandate, too, every sector gets a name of its own.
            let id = pairwise(mandate.id, sector: "mandate:\(client.sector)")
            return .members(["kind": "attorney", "mandate": .string(id), "principal": .string(principal), "checked_at": checked])
        }
    }

    static func claims(of card: PersonCard, _ scopes: Set<Scope>) -> [String: JSON] {
        var claims: [String: JSON] = [:]
        if scopes.contains(.profile) {
            claims["name"] = .string(card.fullName)
            claims["given_name"] = .string(card.givenName)
            claims["family_name"] = .string(card.familyName)
            claims["birthdate"] = .string(card.birthDate.description)
            claims["locale"] = .string(card.language.rawValue)
        }
        if scopes.contains(.email) {
            claims["email"] = .string(card.email)
            // A code was sent to it when she registered.
            claims["email_verified"] = true
        }
        if scopes.contains(.phone) { claims["phone_number"] = card.phone.map(JSON.string) }
        return claims
    }
}
