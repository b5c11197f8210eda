import Database
import HTTPTypes
import Trust
import Values
import Web

/// How a client proves who it is: `private_key_jwt` (OpenID Connect Core section 9, RFC 7523 section 2.2) under the rules of the FAPI 2.0
/// security profile: the audience is our issuer identifier alone, and each assertion is good once.
struct ClientAssertion: Sendable {
    static let type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    static let ageMaxSeconds: Int64 = 3_600
    /// Clocks may differ this much (FAPI 2.0 section 5.3.2.1).
    static let skewSeconds: Int64 = 10

    let clientID: String
    let token: String

    /// What the form says; nothing of it is believed yet.
    init(_ fields: Fields) throws(OAuthError) {
        guard fields["client_assertion_type"] == ClientAssertion.type, let token = fields["client_assertion"] else {
            throw OAuthError(.invalidClient, "client_assertion of the type jwt-bearer is required")
        }
        guard let payload = ClientAssertion.peek(token), let subject = payload["sub"]?.string, ClientAssertion.isPlain(subject) else {
            throw OAuthError(.invalidClient, "client_assertion is no JWT")
        }
        if let named = fields["client_id"], named != subject { throw OAuthError(.invalidClient, "client_id is not the subject of client_assertion") }
        (clientID, self.token) = (subject, token)
    }

    /// What may go to the store.
    private static func isPlain(_ text: String) -> Bool {
        (1...256).contains(text.utf8.count) && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    /// The key it names, unverified.
    var keyID: String? {
        token.split(separator: ".", maxSplits: 1).first.flatMap { Base64.decodeURL(String($0)) }.flatMap { try? JSON.parse($0) }?["kid"]?.string
    }

    /// The claims as they stand, unverified: only for finding whose keys to verify with.
    private static func peek(_ token: String) -> JSON? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard token.utf8.count <= JWS.byteLimit, parts.count == 3 else { return nil }
        return Base64.decodeURL(String(parts[1])).flatMap { try? JSON.parse($0) }
    }

    /// The id of the assertion and until when it must be remembered.
    func verify(by client: Client, issuer: String, at time: Instant) throws(OAuthError) -> (jti: String, until: Instant) {
        let jws: JWS
        do { jws = try JWS.verify(token) { client.keys.key(for: $0) } } catch {
            throw OAuthError(.invalidClient, "client_assertion is not signed by a key of the client")
        }
        guard let claims = try? JSON.parse(jws.payload), claims["iss"]?.string == client.id, claims["sub"]?.string == client.id else {
            throw OAuthError(.invalidClient, "iss and sub must be the client_id")
        }
        guard claims["aud"]?.string == issuer else { throw OAuthError(.invalidClient, "aud must be the issuer, as one text") }
        let now = time.seconds
        guard let expiry = claims["exp"]?.int, expiry > now - ClientAssertion.skewSeconds, expiry <= now + ClientAssertion.ageMaxSeconds else {
            throw OAuthError(.invalidClient, "exp is missing, past or more than an hour away")
        }
        for name in ["nbf", "iat"] {
            if let at = claims[name] {
                guard let at = at.int, at <= now + ClientAssertion.skewSeconds else { throw OAuthError(.invalidClient, "\(name) lies in the future") }
            }
        }
        guard let jti = claims["jti"]?.string, ClientAssertion.isPlain(jti) else {
            throw OAuthError(.invalidClient, "jti is missing, or more than 256 visible ASCII characters")
        }
        return (jti, Instant(seconds: expiry + 2 * ClientAssertion.skewSeconds))
    }
}

extension JWKSet {
    /// The key a token names; the only one when it names none.
    func key(for keyID: String?) -> VerifyingKey? {
        guard let keyID else { return keys.count == 1 ? keys[0] : nil }
        return key(keyID)
    }
}

extension OpenID {
    /// A client that has proved who it is, by an assertion that has yet to be taken, or by its secret.
    struct Identified: Sendable {
        let client: Client
        let assertion: (jti: String, until: Instant)?
    }

    /// Who calls. A caller that is asked for a nonce first may come again with the same assertion, so it is taken only afterwards.
    func identify(_ call: Call, _ fields: Fields) async throws -> Identified {
        let secret = try ClientSecret(call.headers[.authorization], fields)
        let assertion = secret == nil ? try ClientAssertion(fields) : nil
        let (clients, time, id) = (clients, clock.now(), secret?.clientID ?? assertion?.clientID ?? "")
        guard let client = try await database.read({ try clients.find(id, in: $0) }) else { throw OAuthError(.invalidClient, "no such client") }
        if case .legacy(let until, _) = client.profile, !client.isInForce(at: time) {
            throw OAuthError(.invalidClient, "the legacy profile of this client ended on \(until): register it for the strict one")
        }
        if let secret {
            guard client.profile != .strict else { throw OAuthError(.invalidClient, "client_secret is not accepted, use private_key_jwt") }
            guard secret.isSecret(of: client) else { throw OAuthError(.invalidClient, "the secret is not that of the client") }
            return Identified(client: client, assertion: nil)
        }
        guard let assertion, client.profile == .strict else { throw OAuthError(.invalidClient, "this client proves itself by its secret") }
        let equipped = try await withKeys(client, for: assertion.keyID, at: time)
        return Identified(client: equipped, assertion: try assertion.verify(by: equipped, issuer: issuer, at: time))
    }

    private func withKeys(_ client: Client, for keyID: String?, at time: Instant) async throws -> Client {
        guard let address = client.keysURI else { return client }
        guard let keys = await clientKeys.keys(at: address, for: keyID, at: time) else {
            throw OAuthError(.invalidClient, "the keys of the client cannot be fetched from its jwks_uri")
        }
        var client = client
        client.keys = keys
        return client
    }

    /// Uses the assertion up. An error when it was used before.
    func take(_ identified: Identified, in connection: any Connection) throws -> OAuthError? {
        guard let assertion = identified.assertion else { return nil }
        let isNew = try clients.take(assertion: assertion.jti, of: identified.client.id, until: assertion.until, in: connection)
        return isNew ? nil : OAuthError(.invalidClient, "client_assertion was used before")
    }

    /// The same, in a transaction of its own.
    func take(_ identified: Identified) async throws {
        guard identified.assertion != nil else { return }
        if let error = try await database.write({ try take(identified, in: $0) }) { throw error }
    }

    /// Who calls an endpoint for clients. The assertion is used up by this.
    func client(_ call: Call, _ fields: Fields) async throws -> Client {
        let identified = try await identify(call, fields)
        try await take(identified)
        return identified.client
    }

    /// An answer for clients; errors in the words of OAuth.
    func answering(_ body: () async throws -> Reply) async throws -> Reply {
        do {
            var reply = try await body()
            reply.headers[.cacheControl] = "no-store"
            return reply
        } catch let error as OAuthError { return error.reply }
    }
}
