import HTTPTypes
@testable import OpenID
import TestKit
import Testing
import Trust
import Values
import Web

/// What may be pushed, and by whom (RFC 9126, RFC 7523, RFC 7636, RFC 9101, FAPI 2.0).
@Suite struct RequestTests {
    @Test func parametersOneByOne() async throws {
        try await Provider.with { provider in
            let party = try await provider.client()
            let wrong: [(String, [String: String?])] = [
                ("unsupported_response_type", ["response_type": "token"]), ("unsupported_response_type", ["response_type": "code id_token"]),
                ("unsupported_response_type", ["response_type": nil]), ("invalid_request", ["response_mode": "fragment"]),
                ("invalid_request", ["redirect_uri": nil]), ("invalid_request", ["redirect_uri": "https://parking.test/callback/"]),
                ("invalid_request", ["redirect_uri": "https://parking.test/callback?x=1"]), ("invalid_request", ["redirect_uri": "https://evil.test/"]),
                ("invalid_request", ["redirect_uri": "https://PARKING.test/callback"]), ("invalid_scope", ["scope": "profile"]),
                ("invalid_scope", ["scope": nil]), ("invalid_scope", ["scope": "openid phone"]), ("invalid_request", ["code_challenge": nil]),
                ("invalid_request", ["code_challenge": "short"]), ("invalid_request", ["code_challenge_method": "plain"]),
                ("invalid_request", ["code_challenge_method": nil]), ("invalid_request", ["prompt": "none login"]), ("invalid_request", ["prompt": "dance"]),
                ("invalid_request", ["max_age": "-1"]), ("invalid_request", ["max_age": "soon"]), ("invalid_request", ["claims": "{"]),
                ("invalid_request", ["request_uri": "urn:ietf:params:oauth:request_uri:x"]),
                ("invalid_request", ["state": String(repeating: "s", count: 3_000)]),
            ]
            for (error, change) in wrong { #expect(try await party.push(change).error == error, "\(change)") }
            let twice = try await party.post("/openid/par", [("response_type", "code"), ("response_type", "code")])
            #expect(twice.error == "invalid_request" && twice.status == 400)
            // A state with anything in it comes back as it was.
            provider.signIn()
            let uri = try #require(try await party.push(["state": "a&code=x#\"<>"]).json["request_uri"]?.string)
            let back = RelyingParty.query(try await party.visit(uri, session: "session-1").location)
            #expect(back["state"] == "a&code=x#\"<>" && back["code"] != "x")
        }
    }

    @Test(arguments: TestDatabases.engines) func clientsOneByOne(engine: TestEngine) async throws {
        try await Provider.with(engine) { provider in
            let party = try await provider.client()
            let stranger = RelyingParty(id: "stranger", provider: provider)
            func status(_ assertion: String, _ more: [(String, String)] = []) async throws -> Int {
                let answer = try await party.post(
                    "/openid/introspect", [("token", "x"), ("client_assertion_type", ClientAssertion.type), ("client_assertion", assertion)] + more,
                    authenticated: false)
                #expect(answer.status == 200 || answer.error == (answer.status == 401 ? "invalid_client" : "invalid_request"))
                return answer.status
            }
            let good = try party.assertion()
            #expect(try await status(good) == 200)
            #expect(try await status(good) == 401, "each is good once")
            let wrong: [[String: JSON?]] = [
                ["aud": .string("\(Provider.issuer)/openid/token")], ["aud": [.string(Provider.issuer)]], ["aud": nil], ["iss": "other"], ["exp": nil],
                ["exp": .int(party.now - 11)], ["exp": .int(party.now + 3_601)], ["jti": nil], ["jti": ""], ["jti": "a\u{0}b"], ["sub": "a\u{0}"], ["sub": ""], ["nbf": .int(party.now + 11)],
                ["iat": .int(party.now + 60)],
            ]
            for change in wrong { #expect(try await status(party.assertion(change)) == 401, "\(change)") }
            // Clocks may differ by ten seconds.
            #expect(try await status(party.assertion(["nbf": .int(party.now + 9), "exp": .int(party.now - 9)])) == 200)
            #expect(try await status(party.assertion(by: stranger.key)) == 401)
            #expect(try await status(stranger.assertion()) == 401)
            #expect(try await status(party.assertion(), [("client_id", "other")]) == 401)
            #expect(try await status(party.assertion(), [("client_secret", "secret")]) == 400, "one way at a time (RFC 6749 section 2.3)")
            #expect(try await party.post("/openid/introspect", [("client_id", party.id), ("client_secret", "x")], authenticated: false).status == 401)
            let none = "eyJhbGciOiJub25lIn0." + good.split(separator: ".")[1] + "."
            #expect(try await status(none) == 401)
            for junk in ["", "a.b.c", String(repeating: "x", count: 70_000)] { #expect(try await status(junk) == 401) }
            let bare = try await party.post("/openid/token", [("grant_type", "authorization_code")], authenticated: false)
            #expect(bare.status == 401 && bare.error == "invalid_client")
        }
    }

    @Test func signedRequests() async throws {
        try await Provider.with { provider in
            let party = try await provider.client()
            func push(_ change: [String: JSON?] = [:], by key: SigningKey? = nil) async throws -> RelyingParty.Answer {
                var claims: [String: JSON] = [
                    "iss": .string(party.id), "aud": .string(Provider.issuer), "client_id": .string(party.id), "exp": .int(party.now + 300),
                    "nbf": .int(party.now), "response_type": "code", "redirect_uri": .string(RelyingParty.redirect), "scope": "openid",
                    "code_challenge": .string(Fingerprint.base64URL(of: Array(RelyingParty.verifier.utf8))), "code_challenge_method": "S256", "max_age": 60,
                ]
                for (name, value) in change { claims[name] = value }
                return try await party.post("/openid/par", [("request", try JWS.sign(JSON.object(claims).bytes, by: key ?? party.key, type: "oauth-authz-req+jwt"))])
            }
            #expect(try await push().status == 201)
            #expect(try await push(by: party.proofKey).error == "invalid_request_object")
            let wrong: [[String: JSON?]] = [
                ["aud": "https://other.test"], ["iss": "other"], ["exp": nil], ["nbf": nil], ["exp": .int(party.now)], ["nbf": .int(party.now + 60)],
                ["exp": .int(.max), "nbf": -1], ["exp": .int(.max), "nbf": .int(.min)], ["client_id": "other"], ["request": "x"],
            ]
            for change in wrong { #expect(try await push(change).error == "invalid_request_object", "\(change)") }
            #expect(try await push(["scope": "openid phone"]).error == "invalid_scope")
        }
    }

    @Test func aRequestIsGoodForAShortTimeAndForItsClientOnly() async throws {
        try await Provider.with { provider in
            let (party, other) = (try await provider.client(), try await provider.client("other"))
            provider.signIn()
            let uri = try #require(try await party.push().json["request_uri"]?.string)
            #expect(try await other.visit(uri, session: "session-1").status == 400)
            provider.clock.advance(seconds: 91)
            #expect(try await party.visit(uri, session: "session-1").status == 400)
            #expect(try await party.visit("https://evil.test/", session: "session-1").status == 400)
            // Whoever has come with it in time may take half an hour to sign in.
            let slow = try #require(try await party.push().json["request_uri"]?.string)
            _ = try await party.visit(slow, session: nil)
            provider.clock.advance(seconds: 29 * 60)
            #expect(try await party.visit(slow, session: "session-1").status == 303)
        }
    }

    @Test func metadataIsRefusedByItsMember() async throws {
        try await Provider.with { provider in
            let party = RelyingParty(id: "some-client", provider: provider)
            func member(_ change: [String: JSON?]) async throws -> String? {
                var metadata = party.metadata()
                for (name, value) in change { metadata[name] = value }
                do { _ = try await provider.openID.save(client: metadata) } catch let error as ClientError { return error.member }
                return nil
            }
            let wrong: [String: [JSON?]] = [
                "client_id": [nil, "ab", "with space"], "client_name": [nil, ""], "zamin_body": [nil, "nowhere"], "zamin_sector": [nil],
                "token_endpoint_auth_method": ["client_secret_basic", "none"],
                "redirect_uris": [nil, [], ["http://parking.test/"], ["https://a.test/#x"], ["javascript:alert(1)"],
                    ["http://localhost:x@evil.test/"], ["https://user@evil.test/"], ["http://localhost.evil.test/"], ["http://127.0.0.1:/"], ["https://a.test/\r\nX: y"]],
                "backchannel_logout_uri": ["ftp://a.test", 7], "jwks": [nil, ["keys": []], ["keys": [["kty": "oct", "k": "AAAA"]]]], 
                "zamin_scope_bases": [["everything": ["kind": "consent", "reference": "x"]], ["email": ["kind": "law", "reference": "x"]]],
            ]
            for (name, values) in wrong { for value in values { #expect(try await member([name: value]) == name, "\(name) \(String(describing: value))") } }
            let whole = try await member([:])
            #expect(whole == nil)
            #expect(try await member(["redirect_uris": ["http://127.0.0.1:9000/cb", "https://a.test/cb"]]) == nil)
        }
    }
}
