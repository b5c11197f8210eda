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
            guard let header = call.headers[.authorization], header.lowercased().hasPrefix("dpop ") else { return withNonce(OAuthError.unasked) }
            let (token, time) = (String(header.dropFirst(5)), clock.now())
            let proof = try proof(call, path: OpenID.userInfoPath, accessToken: token)
            let access = try await verify(accessToken: token, at: time)
            guard access.thumbprint == proof.thumbprint else { throw OAuthError(.invalidToken, "the token is bound to another key") }
            try use(proof)
            guard access.scopes.contains(.openid) else { throw OAuthError(.insufficientScope, "scope openid is needed") }
            var reply = Reply.json(try await claims(access, at: time))
            reply.headers[.cacheControl] = "no-store"
            return withNonce(reply)
        } catch let error as OAuthError { return withNonce(error.challenge) }
    }

    private func claims(_ access: AccessToken, at time: Instant) async throws -> JSON {
        let fields = Scope.allCases.filter(access.scopes.contains).flatMap(\.claims)
        // Who learns nothing but that it is the same person as before leaves no trace of a look.
        guard !fields.isEmpty else {
            guard try await database.read({ try standing(access.grantID, at: time, in: $0) }) != nil else { throw ended }
            return ["sub": .string(access.subject)]
        }
        let (clients, people, audit) = (clients, people, audit)
        let found = try await database.write { connection -> JSON? in
            guard let grant = try standing(access.grantID, at: time, in: connection), let client = try clients.find(grant.clientID, in: connection),
                let card = try people.card(of: grant.subjectID, in: connection)
            else { return nil }
            let scopes = access.scopes.filter { client.allows($0) }
            var claims = OpenID.claims(of: card, scopes)
            if scopes.contains(.nationalNumber) {
                claims["national_number"] = try people.nationalNumber(of: grant.subjectID, in: connection).map(JSON.string)
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
