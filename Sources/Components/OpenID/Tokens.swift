import Contracts
import Database
import Trust
import Values

/// An access token that was verified (RFC 9068).
struct AccessToken: Sendable {
    static let lifeSeconds: Int64 = 600
    let grantID: String
    let clientID: String
    let scopes: Set<Scope>
    let subject: String
    /// Of the key it is bound to; nil for one of the legacy profile.
    let thumbprint: String?
    let issuedAt: Int64
    let expiresAt: Int64
}

extension OpenID {
    /// The name by which the clients of a sector know a person (OpenID Connect Core section 8.1): a keyed hash, so that neither they nor
    /// others find the person behind it or match it between sectors.
    func pairwise(_ subjectID: String, sector: String) -> String {
        Base64.encodeURL(vault.key(for: "openid.sector:\(sector)").code(for: Array(subjectID.utf8)))
    }

    /// `sid`: the name of a session at one client.
    func sessionName(_ sessionID: String, at client: Client) -> String { pairwise(sessionID, sector: "session:\(client.id)") }

    /// A grant that stands: not revoked, and when it is not for her absence, with the session it came of.
    func standing(_ id: String, at time: Instant, in connection: any Connection) throws -> Grant? {
        guard let grant = try grants.find(id, at: time, in: connection) else { return nil }
        if grant.scopes.contains(.offlineAccess) { return grant }
        return try signIns.signIn(session: grant.sessionID, of: grant.subjectID, at: time, in: connection) == nil ? nil : grant
    }

    func accessToken(_ grant: Grant, _ client: Client, scopes: Set<Scope>, boundTo thumbprint: String?, at time: Instant) async throws -> String {
        let claims = JSON.members([
            "iss": .string(issuer), "sub": .string(pairwise(grant.subjectID, sector: client.sector)), "aud": .string(issuer),
            "client_id": .string(client.id), "scope": .string(Scope.text(scopes)), "iat": .int(time.seconds),
            "exp": .int(time.seconds + AccessToken.lifeSeconds), "jti": .string(RandomToken.make(bytes: 16)), "auth_time": .int(grant.authenticatedAt.seconds),
            "acr": .string(grant.level.name), "cnf": thumbprint.map { ["jkt": .string($0)] }, "grant": .string(grant.id),
        ])
        return try JWS.sign(claims.bytes, by: try await keys.signing(at: time), type: "at+jwt")
    }

    /// OpenID Connect Core section 2.
    func idToken(_ grant: Grant, _ client: Client, nonce: String?, at time: Instant) async throws -> String {
        let claims = JSON.members([
            "iss": .string(issuer), "sub": .string(pairwise(grant.subjectID, sector: client.sector)), "aud": .string(client.id),
            "iat": .int(time.seconds), "exp": .int(time.seconds + AccessToken.lifeSeconds), "auth_time": .int(grant.authenticatedAt.seconds),
            "acr": .string(grant.level.name), "amr": .strings(grant.level.methods), "nonce": nonce.map(JSON.string),
            "sid": .string(sessionName(grant.sessionID, at: client)), "azp": .string(client.id),
        ])
        return try await spoiled(claims, grant.fault, at: time)
    }

    /// Whether it is one of ours and its time has not run out; that its grant stands is for the caller to see.
    func verify(accessToken token: String, at time: Instant) async throws -> AccessToken {
        let published = try await keys.published(at: time)
        guard let jws = try? JWS.verify(token, type: "at+jwt", key: { $0.flatMap(published.key) }), let claims = try? JSON.parse(jws.payload),
            claims["iss"]?.string == issuer, claims["aud"]?.string == issuer, let expiry = claims["exp"]?.int, expiry > time.seconds,
            let grant = claims["grant"]?.string, let client = claims["client_id"]?.string, let subject = claims["sub"]?.string
        else { throw OAuthError(.invalidToken, "the access token is not good any more, or never was") }
        return AccessToken(
            grantID: grant, clientID: client, scopes: Scope.read(claims["scope"]?.string ?? ""), subject: subject, thumbprint: claims["cnf"]?["jkt"]?.string,
            issuedAt: claims["iat"]?.int ?? 0, expiresAt: expiry)
    }
}
