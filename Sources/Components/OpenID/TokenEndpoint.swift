import Contracts
import Database
import HTTPTypes
import Language
import Logging
import Trust
import Values
import Web

/// The token endpoint (RFC 6749 section 3.2): codes and refresh tokens for tokens.
extension OpenID {
    /// How long a refresh token that was exchanged may be exchanged again, for an answer that was lost on its way.
    static let graceSeconds: Int64 = 30

    func token(_ call: Call) async throws -> Reply {
        try await answering {
            let fields = try readFields(call)
            let caller = try await identify(call, fields)
            // Only a client of the legacy profile may do without.
            let proof = caller.client.profile != .strict && call.headers[values: .dpop].isEmpty ? nil : try proof(call, path: OpenID.tokenPath)
            if let proof { try use(proof) }
            switch fields["grant_type"] {
            case "authorization_code": return try await exchange(fields, caller, proof)
            case "refresh_token": return try await refresh(fields, caller, proof)
            default:
                try await take(caller)
                throw OAuthError(.unsupportedGrantType, "authorization_code and refresh_token are supported")
            }
        }.noncing(self)
    }

    private enum Outcome: Sendable {
        case refused(OAuthError)
        case granted(Grant, nonce: String?)
    }

    private func exchange(_ fields: Fields, _ caller: Identified, _ proof: DPoPProof?) async throws -> Reply {
        guard let code = fields["code"], code.utf8.count <= 200 else { throw OAuthError(.invalidRequest, "code is missing") }
        let verifier = fields["code_verifier"]
        guard verifier.map({ (43...128).contains($0.utf8.count) }) ?? (caller.client.profile != .strict) else {
            throw OAuthError(.invalidRequest, "code_verifier is missing (RFC 7636)")
        }
        let (client, grants, time, refresh) = (caller.client, grants, clock.now(), RandomToken.make())
        let challenge = verifier.map { Fingerprint.base64URL(of: Array($0.utf8)) }
        let outcome = try await database.write { connection -> Outcome in
            if let used = try take(caller, in: connection) { return .refused(used) }
            let hash = Fingerprint.hex(of: code)
            // What another client sends is not used up by that.
            guard let issued = try grants.code(hash, in: connection), issued.clientID == client.id else {
                return .refused(OAuthError(.invalidGrant, "the code is unknown"))
            }
            guard try grants.use(code: hash, at: time, in: connection) else {
                // Somebody has had the code before: what it gave is taken back (RFC 6749 section 4.1.2).
                try revoke(issued.grantID, of: issued.subjectID, client, at: time, in: connection)
                return .refused(OAuthError(.invalidGrant, "the code was used before"))
            }
            guard issued.expiresAt > time else { return .refused(OAuthError(.invalidGrant, "the code has expired")) }
            // A verifier without a challenge is refused too: somebody has taken the challenge away (RFC 9700 section 2.1.1).
            guard constantTimeEquals(issued.challenge ?? "", challenge ?? "") else { return .refused(OAuthError(.invalidGrant, "code_verifier does not fit")) }
            if let redirect = fields["redirect_uri"], redirect != issued.redirectURI {
                return .refused(OAuthError(.invalidGrant, "redirect_uri is not that of the request"))
            }
            if let bound = issued.keyThumbprint, bound != proof?.thumbprint {
                return .refused(OAuthError(.invalidGrant, "the proof is by another key than the request named"))
            }
            guard let grant = try standing(issued.grantID, at: time, in: connection) else {
                return .refused(OAuthError(.invalidGrant, "the sign-in was ended"))
            }
            if grant.fault == .codeExpired { return .refused(OAuthError(.invalidGrant, "the code has expired")) }
            if grant.scopes.contains(.offlineAccess) { try grants.insertRefresh(Fingerprint.hex(of: refresh), of: grant, in: connection) }
            return .granted(grant, nonce: issued.nonce)
        }
        guard case .granted(let grant, let nonce) = outcome else { return try refused(outcome) }
        return try await tokens(grant, client, grant.scopes, proof, refresh: grant.scopes.contains(.offlineAccess) ? refresh : nil, nonce: nonce, at: time)
    }

    private func refresh(_ fields: Fields, _ caller: Identified, _ proof: DPoPProof?) async throws -> Reply {
        guard let token = fields["refresh_token"], token.utf8.count <= 200 else { throw OAuthError(.invalidRequest, "refresh_token is missing") }
        let (client, grants, time, next) = (caller.client, grants, clock.now(), RandomToken.make())
        let outcome = try await database.write { connection -> Outcome in
            if let used = try take(caller, in: connection) { return .refused(used) }
            let hash = Fingerprint.hex(of: token)
            guard let issued = try grants.refresh(hash, in: connection), issued.clientID == client.id else {
                return .refused(OAuthError(.invalidGrant, "the refresh token is unknown"))
            }
            if let rotated = issued.rotatedAt, time > rotated.adding(seconds: OpenID.graceSeconds) {
                // Two have it: which of them is the thief cannot be told, so nobody goes on (RFC 9700 section 4.14.2).
                try revoke(issued.grantID, of: issued.subjectID, client, at: time, in: connection)
                return .refused(OAuthError(.invalidGrant, "the refresh token was used before"))
            }
            guard let grant = try standing(issued.grantID, at: time, in: connection) else {
                return .refused(OAuthError(.invalidGrant, "the sign-in was ended"))
            }
            if grant.fault == .refreshRevoked { return .refused(OAuthError(.invalidGrant, "the refresh token was revoked")) }
            // What is refused uses nothing up.
            guard Scope.read(fields["scope"] ?? "").isSubset(of: grant.scopes) else {
                return .refused(OAuthError(.invalidScope, "scope is more than was granted"))
            }
            try grants.rotate(refresh: hash, at: time, in: connection)
            try grants.insertRefresh(Fingerprint.hex(of: next), of: grant, in: connection)
            return .granted(grant, nonce: nil)
        }
        guard case .granted(let grant, _) = outcome else { return try refused(outcome) }
        let scopes = fields["scope"].map(Scope.read) ?? grant.scopes
        return try await tokens(grant, client, scopes, proof, refresh: next, nonce: nil, at: time)
    }

    /// Somebody used what was used before: the grant ends, and the person sees it.
    private func revoke(_ grantID: String, of subjectID: String, _ client: Client, at time: Instant, in connection: any Connection) throws {
        guard try grants.find(grantID, at: time, in: connection) != nil else { return }
        try grants.revoke(grantID, at: time, in: connection)
        var entry = AuditEntry(
            subjectID: subjectID, actor: .system("openid"), action: .credential, what: "openid.reuse", basis: .request(grantID), at: time)
        (entry.bodyID, entry.actorName) = (client.bodyID, site.catalogue.text("web.name", in: .standard))
        try audit.record(entry, in: connection)
        logger.warning("a code or refresh token came twice, its grant was ended", metadata: ["client": "\(client.id)", "grant": "\(grantID)"])
    }

    private func refused(_ outcome: Outcome) throws -> Reply {
        guard case .refused(let error) = outcome else { throw OAuthError(.invalidGrant, "refused") }
        throw error
    }

    private func tokens(
        _ grant: Grant, _ client: Client, _ scopes: Set<Scope>, _ proof: DPoPProof?, refresh: String?, nonce: String?, at time: Instant
    ) async throws -> Reply {
        if grant.fault == .tokenUnavailable { throw Problem.unavailable }
        return .json(
            .members([
                "access_token": .string(try await accessToken(grant, client, scopes: scopes, boundTo: proof?.thumbprint, at: time)),
                "token_type": proof == nil ? "Bearer" : "DPoP", "expires_in": .int(AccessToken.lifeSeconds), "scope": .string(Scope.text(scopes)),
                "id_token": .string(try await idToken(grant, client, nonce: nonce, at: time)), "refresh_token": refresh.map(JSON.string),
            ]))
    }

    /// What became of a token, for the client it was given to (RFC 7662).
    func introspect(_ call: Call) async throws -> Reply {
        try await answering {
            let fields = try readFields(call)
            let client = try await client(call, fields)
            guard let token = fields["token"] else { throw OAuthError(.invalidRequest, "token is missing") }
            let (grants, time) = (grants, clock.now())
            if let access = try? await verify(accessToken: token, at: time), access.clientID == client.id {
                guard let grant = try await database.read({ try standing(access.grantID, at: time, in: $0) }) else { return .json(["active": false]) }
                return .json(
                    .members([
                        "active": true, "token_type": access.thumbprint == nil ? "Bearer" : "DPoP", "client_id": .string(client.id),
                        "scope": .string(Scope.text(access.scopes)), "sub": .string(access.subject), "iss": .string(issuer), "aud": .string(issuer),
                        "iat": .int(access.issuedAt), "exp": .int(access.expiresAt), "acr": .string(grant.level.name),
                        "auth_time": .int(grant.authenticatedAt.seconds), "cnf": access.thumbprint.map { ["jkt": .string($0)] },
                    ]))
            }
            let found = try await database.read { connection -> Grant? in
                guard let issued = try grants.refresh(Fingerprint.hex(of: token), in: connection), issued.clientID == client.id, issued.rotatedAt == nil
                else { return nil }
                return try standing(issued.grantID, at: time, in: connection)
            }
            guard let grant = found else { return .json(["active": false]) }
            return .json([
                "active": true, "client_id": .string(client.id), "scope": .string(Scope.text(grant.scopes)), "iss": .string(issuer),
                "sub": .string(pairwise(grant.subjectID, sector: client.sector)), "exp": .int(grant.expiresAt.seconds),
            ])
        }
    }

    /// Ends a token and all that came of the same sign-in (RFC 7009). That a token is unknown is no error.
    func revoke(_ call: Call) async throws -> Reply {
        try await answering {
            let fields = try readFields(call)
            let client = try await client(call, fields)
            guard let token = fields["token"] else { throw OAuthError(.invalidRequest, "token is missing") }
            let (grants, time) = (grants, clock.now())
            let access = try? await verify(accessToken: token, at: time)
            try await database.write { connection in
                if let access, access.clientID == client.id { return try grants.revoke(access.grantID, at: time, in: connection) }
                if let issued = try grants.refresh(Fingerprint.hex(of: token), in: connection), issued.clientID == client.id {
                    try grants.revoke(issued.grantID, at: time, in: connection)
                }
            }
            return Reply(status: 200)
        }
    }
}
