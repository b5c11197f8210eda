import HTTPTypes
@testable import OpenID
import Testing
import Trust
import Values
import Web

/// Old software of a ministry.
struct OldClient: Sendable {
    let id = "old-portal"
    let secret: String
    let party: RelyingParty

    /// What it puts into the address.
    func authorize(_ change: [String: String?] = [:], session: String? = "session-1", method: HTTPRequest.Method = .get) async -> Reply {
        var fields: [String: String] = [
            "response_type": "code", "client_id": id, "redirect_uri": RelyingParty.redirect, "scope": "openid profile", "state": "s", "nonce": "n",
            "code_challenge": Fingerprint.base64URL(of: Array(RelyingParty.verifier.utf8)), "code_challenge_method": "S256",
        ]
        for (name, value) in change { fields[name] = value }
        let text = fields.map { "\($0.key)=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
        var headers: HTTPFields = [.accept: "text/html"]
        if let session { headers[.cookie] = "\(Dispatcher.sessionCookie)=\(session)" }
        if method == .get { return await party.provider.dispatcher.answer(Incoming(.get, "/openid/authorize?\(text)", headers: headers)) }
        headers[.contentType] = "application/x-www-form-urlencoded"
        return await party.provider.dispatcher.answer(Incoming(.post, "/openid/authorize", headers: headers, body: Array(text.utf8)))
    }

    /// Through the pages to the code.
    func code(_ change: [String: String?] = [:]) async throws -> String {
        let place = try #require(await authorize(change).headers[.location])
        let uri = try #require(RelyingParty.query(place)["request_uri"])
        let back = try await party.visit(uri, session: "session-1").location
        return try #require(RelyingParty.query(back)["code"])
    }

    func post(_ path: String, _ fields: [(String, String)], basic: (String, String)? = nil) async -> RelyingParty.Answer {
        var headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        let (name, password) = basic ?? (id, secret)
        headers[.authorization] = "Basic " + Base64.encode(Array("\(PercentEncoding.encode(name)):\(PercentEncoding.encode(password))".utf8))
        let body = fields.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
        return await party.send(Incoming(.post, path, headers: headers, body: Array(body.utf8)))
    }

    func exchange(_ code: String, verifier: String? = RelyingParty.verifier, basic: (String, String)? = nil) async -> RelyingParty.Answer {
        let fields = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", RelyingParty.redirect)]
        return await post("/openid/token", fields + (verifier.map { [("code_verifier", $0)] } ?? []), basic: basic)
    }

    func userInfo(_ token: String) async -> RelyingParty.Answer {
        await party.send(Incoming(.get, "/openid/userinfo", headers: [.authorization: "Bearer \(token)"]))
    }
}

extension Provider {
    /// Registered with the legacy profile, and told its secret.
    func oldClient(until: String = "2027-12-31", more: [String: JSON] = [:]) async throws -> OldClient {
        let party = RelyingParty(id: "old-portal", provider: self)
        var metadata = party.metadata()
        metadata["jwks"] = nil
        metadata["zamin_profile"] = "legacy"
        metadata["zamin_profile_until"] = .string(until)
        for (name, value) in more { metadata[name] = value }
        _ = try await openID.save(client: metadata)
        let secret = try #require(try await openID.makeSecret(of: "old-portal", isFirst: true))
        return OldClient(secret: secret, party: party)
    }
}
