import Database
import HTTPTypes
import Trust
import Values
import Web

/// A request on its way: pushed by a client, taken up by a person.
struct PendingRequest: Sendable {
    let hash: String
    let request: AuthorizationRequest
    let createdAt: Instant
    /// The session in which the person agreed.
    let agreedSession: String?
    /// At the simulator: the error that was asked for.
    let fault: SimulatedFault?
}

/// All SQL of pushed requests.
struct RequestStore: Sendable {
    static let scope = "openid.request"
    /// From the push until somebody comes with it (RFC 9126 section 2.2).
    static let pushedSeconds: Int64 = 90
    /// From then on, for signing in, or registering first.
    static let begunSeconds: Int64 = 30 * 60
    static let uriPrefix = "urn:ietf:params:oauth:request_uri:"

    let vault: Vault

    func insert(_ request: AuthorizationRequest, hash: String, at time: Instant, in connection: any Connection) throws {
        let sealed = try vault.seal(request.json.bytes, scope: RequestStore.scope, context: "openid_request.content:\(hash)")
        try connection.execute(
            "INSERT INTO openid_request (request_hash, client_id, content, is_begun, created_at, expires_at) VALUES ($1, $2, $3, 0, $4, $5)",
            [
                .text(hash), .text(request.clientID), .blob(sealed), .instant(time), .instant(time.adding(seconds: RequestStore.pushedSeconds)),
            ])
    }

    func find(_ uri: String, of clientID: String, at time: Instant, in connection: any Connection) throws -> PendingRequest? {
        guard uri.hasPrefix(RequestStore.uriPrefix), uri.utf8.count <= 200 else { return nil }
        let hash = Fingerprint.hex(of: uri)
        return try connection.first(
            "SELECT content, created_at, agreed_session, fault FROM openid_request WHERE request_hash = $1 AND client_id = $2 AND expires_at > $3",
            [.text(hash), .text(clientID), .instant(time)]
        ) { row in
            let bytes = try vault.open(try row.blob(0), scope: RequestStore.scope, context: "openid_request.content:\(hash)")
            return try AuthorizationRequest(json: try JSON.parse(bytes)).map { request in
                PendingRequest(hash: hash, request: request, createdAt: try row.instant(1), agreedSession: try row.optionalText(2),
                    fault: try row.optionalText(3).flatMap(SimulatedFault.init))
            }
        }.flatMap(\.self)
    }

    /// Somebody has come with it: she gets the time she needs.
    func begin(_ pending: PendingRequest, at time: Instant, in connection: any Connection) throws {
        try connection.execute(
            "UPDATE openid_request SET is_begun = 1, expires_at = $1 WHERE request_hash = $2 AND is_begun = 0",
            [.instant(time.adding(seconds: RequestStore.begunSeconds)), .text(pending.hash)])
    }

    func agree(_ pending: PendingRequest, session: String, in connection: any Connection) throws {
        try connection.execute("UPDATE openid_request SET agreed_session = $1 WHERE request_hash = $2", [.text(session), .text(pending.hash)])
    }

    /// False when another browser tab has used it up.
    func take(_ pending: PendingRequest, in connection: any Connection) throws -> Bool {
        try connection.changes("DELETE FROM openid_request WHERE request_hash = $1", [.text(pending.hash)]) == 1
    }
}

extension OpenID {
    /// Pushed authorization request (RFC 9126).
    func push(_ call: Call) async throws -> Reply {
        try await answering {
            let fields = try readFields(call)
            let identified = try await identify(call, fields)
            let client = identified.client
            guard client.profile == .strict else { throw OAuthError(.invalidRequest, "a client of the legacy profile pushes no requests") }
            let proof = call.headers[values: .dpop].isEmpty ? nil : try proof(call, path: OpenID.pushPath)
            try await take(identified)
            guard fields["request_uri"] == nil else { throw OAuthError(.invalidRequest, "request_uri cannot be pushed") }
            var asked = try fields["request"].map { object in try RequestObject.read(object, of: client, issuer: issuer, at: clock.now()) } ?? fields
            // A proof that comes along binds the code to its key (RFC 9449 section 10.1).
            if let proof {
                try use(proof)
                if let named = asked["dpop_jkt"], named != proof.thumbprint { throw OAuthError(.invalidDPoPProof, "dpop_jkt is another key than the proof's") }
                if asked["dpop_jkt"] == nil { asked.append("dpop_jkt", proof.thumbprint) }
            }
            let uri = try await keep(try await request(asked, of: client))
            return Reply.json(["request_uri": .string(uri), "expires_in": .int(RequestStore.pushedSeconds)], status: 201)
        }.noncing(self)
    }

    /// What a client asks for, with whom it says the person is.
    func request(_ fields: Fields, of client: Client) async throws -> AuthorizationRequest {
        var hinted = fields["login_hint"].flatMap { Base64.decodeURL($0)?.count == 32 ? $0 : nil }
        if let hint = fields["id_token_hint"] {
            let published = try await keys.published(at: clock.now())
            // One that has expired still names whom it was about (OpenID Connect Core section 3.1.2.1).
            let claims = (try? JWS.verify(hint, type: "JWT") { $0.flatMap(published.key) }).flatMap { try? JSON.parse($0.payload) }
            guard let claims, claims["aud"]?.string == client.id, let subject = claims["sub"]?.string else {
                throw OAuthError(.invalidRequest, "id_token_hint is no ID token of this client")
            }
            hinted = subject
        }
        return try AuthorizationRequest(fields, of: client, hintedSubject: hinted)
    }

    /// Keeps a request until somebody comes with it. Its address.
    func keep(_ request: AuthorizationRequest) async throws -> String {
        let (uri, requests, time) = (RequestStore.uriPrefix + RandomToken.make(), requests, clock.now())
        try await database.write { try requests.insert(request, hash: Fingerprint.hex(of: uri), at: time, in: $0) }
        return uri
    }

    /// The form of an endpoint; what cannot be read is an error in the words of OAuth too.
    func readFields(_ call: Call) throws(OAuthError) -> Fields {
        let fields: Fields
        do { fields = try call.form() } catch { throw OAuthError(.invalidRequest, "the body is no form: application/x-www-form-urlencoded is expected") }
        guard Set(fields.pairs.map(\.name)).count == fields.pairs.count else { throw OAuthError(.invalidRequest, "a parameter is there twice") }
        return fields
    }
}

extension Reply {
    /// With a nonce for the caller's next proof.
    func noncing(_ server: OpenID) -> Reply { server.withNonce(self) }
}

/// A signed request (RFC 9101): its claims stand in the place of the parameters.
enum RequestObject {
    static func read(_ token: String, of client: Client, issuer: String, at time: Instant) throws(OAuthError) -> Fields {
        let jws: JWS
        do { jws = try JWS.verify(token) { client.keys.key(for: $0) } } catch {
            throw OAuthError(.invalidRequestObject, "request is not signed by a key of the client")
        }
        guard let claims = try? JSON.parse(jws.payload), let members = claims.object else { throw OAuthError(.invalidRequestObject, "request has no claims") }
        guard claims["iss"]?.string == client.id, claims["aud"]?.string == issuer || claims["aud"]?.array?.contains(.string(issuer)) == true else {
            throw OAuthError(.invalidRequestObject, "iss must be the client and aud the issuer")
        }
        guard let expiry = claims["exp"]?.int, let start = claims["nbf"]?.int, expiry > time.seconds,
            start <= time.seconds + ClientAssertion.skewSeconds, start >= time.seconds - 3_600, expiry <= start + 3_600
        else { throw OAuthError(.invalidRequestObject, "exp and nbf must span now, an hour at most") }
        guard claims["client_id"]?.string == client.id, claims["request"] == nil, claims["request_uri"] == nil else {
            throw OAuthError(.invalidRequestObject, "client_id must be in request, and no further request")
        }
        let pairs = members.filter { !["iss", "aud", "exp", "nbf", "iat", "jti"].contains($0.key) }.map { name, value in (name, value.string ?? value.text) }
        return Fields(pairs)
    }
}
