import Contracts
import Database
import HTTPTypes
@testable import OpenID
import TestKit
import Testing
import Trust
import Values
import Web

/// Clients of the legacy profile: a secret, requests in the address, tokens without a key, and a last day.
@Suite struct LegacyTests {
    @Test(arguments: TestDatabases.engines)
    func theWholeWay(engine: TestEngine) async throws {
        try await Provider.with(engine) { provider in
            let old = try await provider.oldClient()
            provider.signIn()
            let tokens = await old.exchange(try await old.code(["scope": "openid profile offline_access"]))
            #expect(tokens.status == 200 && tokens.json["token_type"] == "Bearer")
            let access = try #require(tokens.json["access_token"]?.string)
            let claims = try await old.party.claims(access)
            #expect(claims["cnf"] == nil && claims["client_id"] == "old-portal")
            #expect(await old.userInfo(access).json["family_name"] == "לוי")
            #expect(provider.audit.entries.last?.what == "openid.claims")
            let known = await old.post("/openid/introspect", [("token", access)])
            #expect(known.json["active"] == true && known.json["token_type"] == "Bearer" && known.json["cnf"] == nil)
            let refresh = try #require(tokens.json["refresh_token"]?.string)
            let next = await old.post("/openid/token", [("grant_type", "refresh_token"), ("refresh_token", refresh)])
            #expect(next.status == 200 && next.json["token_type"] == "Bearer")
            #expect(await old.post("/openid/revoke", [("token", access)]).status == 200)
            #expect(await old.userInfo(access).error == "invalid_token")
        }
    }

    @Test func thePostOfARequestIsTheSame() async throws {
        try await Provider.with { provider in
            let old = try await provider.oldClient()
            #expect(await old.authorize(method: .post).headers[.location]?.contains("/openid/continue?client_id=old-portal&request_uri=") == true)
        }
    }

    @Test func aSecretIsNeededAndTheRightOne() async throws {
        try await Provider.with { provider in
            let old = try await provider.oldClient()
            provider.signIn()
            let code = try await old.code()
            #expect(await old.exchange(code, basic: (old.id, "guess")).error == "invalid_client")
            #expect(await old.exchange(code, basic: ("nobody", old.secret)).error == "invalid_client")
            #expect(await old.post("/openid/token", [("client_secret", old.secret), ("client_id", old.id)]).error == "invalid_request")
            let form = [("client_id", old.id), ("client_secret", old.secret), ("grant_type", "authorization_code"), ("code", code)]
            let tokens = try await old.party.post("/openid/token", form + [("code_verifier", RelyingParty.verifier)], authenticated: false)
            #expect(tokens.status == 200, "in the form as well")
            // Another secret makes the first one worthless.
            let other = try #require(try await provider.openID.makeSecret(of: old.id))
            #expect(await old.exchange(try await old.code()).error == "invalid_client")
            #expect(await old.exchange(try await old.code(), basic: (old.id, other)).status == 200)
            #expect(try await provider.openID.makeSecret(of: old.id, isFirst: true) == nil)
        }
    }

    @Test func aStrictClientCannotFallBack() async throws {
        try await Provider.with { provider in
            let party = try await provider.client()
            provider.signIn()
            #expect(try await provider.openID.makeSecret(of: party.id) == nil)
            let plain = "/openid/authorize?client_id=haifa-parking&response_type=code&scope=openid&redirect_uri=\(PercentEncoding.encode(RelyingParty.redirect))"
            #expect(await provider.dispatcher.answer(Incoming(.get, plain)).status == 400)
            let code = try await party.code()
            // Without a proof no token, and a token of a key is no bearer token.
            let fields = [("grant_type", "authorization_code"), ("code", code), ("code_verifier", RelyingParty.verifier)]
            #expect(try await party.post("/openid/token", fields).error == "invalid_dpop_proof")
            let access = try #require(try await party.exchange(code).json["access_token"]?.string)
            let bearer = await party.send(Incoming(.get, "/openid/userinfo", headers: [.authorization: "Bearer \(access)"]))
            #expect(bearer.status == 401 && bearer.error == "invalid_token")
        }
    }

    @Test func withoutAChallengeOnlyWhoIsMarkedSo() async throws {
        try await Provider.with { provider in
            let old = try await provider.oldClient()
            provider.signIn()
            let refused = await old.authorize(["code_challenge": nil, "code_challenge_method": nil]).headers[.location] ?? ""
            #expect(RelyingParty.query(refused)["error"] == "invalid_request" && RelyingParty.query(refused)["state"] == "s")
            let unable = try await oldClient(provider, more: ["zamin_pkce": false, "client_id": "old-portal"], keeping: old.secret)
            let code = try await unable.code(["code_challenge": nil, "code_challenge_method": nil])
            // A verifier without a challenge: somebody took the challenge away.
            #expect(await unable.exchange(code).error == "invalid_grant")
            let another = try await unable.code(["code_challenge": nil, "code_challenge_method": nil])
            #expect(await unable.exchange(another, verifier: nil).status == 200)
            let challenged = try await unable.code()
            #expect(await unable.exchange(challenged, verifier: nil).error == "invalid_grant")
        }
    }

    private func oldClient(_ provider: Provider, more: [String: JSON], keeping secret: String) async throws -> OldClient {
        let party = RelyingParty(id: "old-portal", provider: provider)
        var metadata = party.metadata()
        metadata["jwks"] = nil
        for (name, value) in more.merging(["zamin_profile": "legacy", "zamin_profile_until": "2027-12-31"], uniquingKeysWith: { own, _ in own }) {
            metadata[name] = value
        }
        _ = try await provider.openID.save(client: metadata)
        return OldClient(secret: secret, party: party)
    }

    @Test func itEndsOnItsDay() async throws {
        try await Provider.with { provider in
            // The clock of the test stands on 15 January 2027.
            let old = try await provider.oldClient(until: "2027-01-16")
            provider.signIn()
            let tokens = await old.exchange(try await old.code(["scope": "openid profile offline_access"]))
            let (access, refresh) = (try #require(tokens.json["access_token"]?.string), try #require(tokens.json["refresh_token"]?.string))
            provider.clock.advance(seconds: 2 * 86_400)
            let ended = await old.post("/openid/token", [("grant_type", "refresh_token"), ("refresh_token", refresh)])
            #expect(ended.error == "invalid_client" && ended.json["error_description"]?.string?.contains("ended on 2027-01-16") == true)
            #expect(await old.userInfo(access).status == 401)
            let page = await old.authorize()
            #expect(page.status == 400 && String(decoding: page.body, as: UTF8.self).contains("client-ended"))
        }
    }

    @Test(arguments: ["2029-03-01", "2026-12-31", "soon", ""])
    func theLastDayIsWithinTwoYears(until: String) async throws {
        try await Provider.with { provider in
            await #expect(throws: ClientError.self) { _ = try await provider.oldClient(until: until) }
        }
    }

    @Test(arguments: [
        (["response_type": "token"], "unsupported_response_type"), (["scope": "profile"], "invalid_scope"), (["scope": "openid phone"], "invalid_scope"),
        (["response_mode": "fragment"], "invalid_request"), (["prompt": "none login"], "invalid_request"), (["request": "e30.e30."], "request_not_supported"),
        (["code_challenge_method": "plain"], "invalid_request"), (["max_age": "-1"], "invalid_request"), (["id_token_hint": "x"], "invalid_request"),
    ])
    func whatIsWrongIsToldToTheClient(change: [String: String], error: String) async throws {
        try await Provider.with { provider in
            let old = try await provider.oldClient()
            let reply = await old.authorize(change)
            let query = RelyingParty.query(reply.headers[.location] ?? "")
            #expect(reply.status == 303 && query["error"] == error && query["state"] == "s" && query["iss"] == Provider.issuer)
        }
    }

    /// Nothing is sent to an address that is not registered (RFC 6749 section 4.1.2.1).
    @Test(arguments: ["https://parking.test/callback/", "https://evil.test/", "http://parking.test/callback", ""])
    func anotherAddressHearsNothing(address: String) async throws {
        try await Provider.with { provider in
            let reply = try await provider.oldClient().authorize(["redirect_uri": address])
            #expect(reply.status == 400 && reply.headers[.location] == nil)
        }
    }

    @Test func metadataOfBothProfiles() async throws {
        try await Provider.with { provider in
            func read(_ path: String) async throws -> JSON { try JSON.parse(await provider.dispatcher.answer(Incoming(.get, path)).body) }
            let (strict, legacy) = (try await read("/.well-known/openid-configuration"), try await read("/openid/legacy-configuration"))
            #expect(strict["require_pushed_authorization_requests"] == true && strict["token_endpoint_auth_methods_supported"] == ["private_key_jwt"])
            #expect(legacy["require_pushed_authorization_requests"] == false && legacy["issuer"] == strict["issuer"])
            #expect(legacy["token_endpoint_auth_methods_supported"] == ["client_secret_basic", "client_secret_post"])
        }
    }
}
