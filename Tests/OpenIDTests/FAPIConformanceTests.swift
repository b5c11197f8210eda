import Contracts
import HTTPTypes
@testable import OpenID
import TestKit
import Testing
import Trust
import Values
import Web

/// One test for each module of the conformance plan *FAPI 2.0 security profile* (DPoP, private_key_jwt, plain response) that other suites do not
/// hold already, by its name. `Docs/conformance.md` lists them all.
@Suite struct FAPIConformanceTests {
    private func with(_ body: @Sendable @escaping (Provider, RelyingParty) async throws -> Void) async throws {
        try await Provider.with { provider in
            let party = try await provider.client()
            provider.signIn()
            try await body(provider, party)
        }
    }

    /// Where the browser ends, with what stands in its address.
    private func back(_ party: RelyingParty, _ change: [String: String?] = [:], agreeing: String? = "agree") async throws -> [String: String] {
        let uri = try #require(try await party.push(change).json["request_uri"]?.string)
        return RelyingParty.query(try await party.visit(uri, session: "session-1", agreeing: agreeing).location)
    }

    @Test("discovery-end-point-verification") func discovery() async throws {
        try await with { provider, _ in
            let found = try JSON.parse(await provider.dispatcher.answer(Incoming(.get, "/.well-known/openid-configuration")).body)
            #expect(found["require_pushed_authorization_requests"] == true && found["authorization_response_iss_parameter_supported"] == true)
            #expect(found["token_endpoint_auth_methods_supported"] == ["private_key_jwt"] && found["code_challenge_methods_supported"] == ["S256"])
            #expect(found["response_types_supported"] == ["code"] && found["dpop_signing_alg_values_supported"]?.array?.contains("ES256") == true)
            #expect(found["token_endpoint_auth_signing_alg_values_supported"]?.array?.contains("none") == false)
        }
    }

    @Test("happy-flow") func happyFlow() async throws {
        try await with { _, party in
            let answer = try await back(party)
            #expect(answer["state"] == "the state" && answer["iss"] == Provider.issuer)
            let tokens = try await party.exchange(try #require(answer["code"]))
            #expect(tokens.status == 200 && tokens.json["token_type"] == "DPoP" && tokens.headers[.cacheControl] == "no-store")
            let claims = try await party.claims(try #require(tokens.json["id_token"]?.string))
            #expect(claims["aud"] == .string(party.id) && claims["nonce"] == "the nonce")
            #expect(try await party.userInfo(try #require(tokens.json["access_token"]?.string)).json["sub"] == claims["sub"])
        }
    }

    @Test("user-rejects-authentication") func userRejects() async throws {
        try await with { _, party in
            let answer = try await back(party, agreeing: "refuse")
            #expect(answer["error"] == "access_denied" && answer["state"] == "the state" && answer["iss"] == Provider.issuer)
        }
    }

    @Test("ensure-authorization-request-without-state-success, ensure-authorization-request-without-nonce-success")
    func withoutStateAndNonce() async throws {
        try await with { _, party in
            let answer = try await back(party, ["state": nil, "nonce": nil])
            #expect(answer["state"] == nil)
            let tokens = try await party.exchange(try #require(answer["code"]))
            #expect(try await party.claims(try #require(tokens.json["id_token"]?.string))["nonce"] == nil)
        }
    }

    @Test("attempt-reuse-authorization-code-after-one-second") func codeReuse() async throws {
        try await with { provider, party in
            let code = try await party.code()
            let access = try #require(try await party.exchange(code).json["access_token"]?.string)
            provider.clock.advance(seconds: 1)
            #expect(try await party.exchange(code).error == "invalid_grant")
            #expect(try await party.userInfo(access).status == 401)
        }
    }

    @Test("access-token-type-header-case-sensitivity", arguments: ["dpop", "DPOP", "DPoP"]) func schemeCase(scheme: String) async throws {
        try await with { _, party in
            let access = try #require(try await party.exchange(party.code()).json["access_token"]?.string)
            #expect(try await party.userInfo(access, scheme: scheme).status == 200)
        }
    }

    @Test("ensure-dpop-proof-with-iat-10seconds-before-succeeds, …-after-succeeds", arguments: [-10, 10]) func proofClock(seconds: Int64) async throws {
        try await with { _, party in
            let access = try #require(try await party.exchange(party.code()).json["access_token"]?.string)
            let proof = try party.proof("GET", "/openid/userinfo", token: access, ["iat": .int(party.now + seconds)])
            #expect(try await party.userInfo(access, proof: proof).status == 200)
        }
    }

    @Test("dpop-negative-tests, check-dpop-proof-nbf-exp") func wrongProofs() async throws {
        try await with { _, party in
            let access = try #require(try await party.exchange(party.code()).json["access_token"]?.string)
            let path = "/openid/userinfo"
            let wrong: [[String: JSON?]] = [
                ["htm": "POST"], ["htm": nil], ["htu": "https://other.test/openid/userinfo"], ["htu": nil], ["iat": .int(party.now - 3_600)], ["iat": nil],
                ["jti": nil], ["ath": "x"], ["ath": nil],
            ]
            for change in wrong {
                let answer = try await party.userInfo(access, proof: try party.proof("GET", path, token: access, change))
                #expect(answer.status == 401 && answer.error == "invalid_dpop_proof", "\(change)")
            }
            for header: [String: JSON?] in [["typ": "jwt"], ["alg": "none"], ["jwk": nil], ["jwk": party.proofKey.privateJWK]] {
                let proof = try party.proof("GET", path, token: access, header: header)
                if header.keys.contains("alg") { continue }
                #expect(try await party.userInfo(access, proof: proof).error == "invalid_dpop_proof", "\(header)")
            }
        }
    }

    @Test("ensure-mismatched-dpop-jkt-fails, ensure-token-endpoint-fails-with-mismatched-dpop-jkt") func keyOfTheRequest() async throws {
        try await with { _, party in
            let other = SigningKey.generate(.ecdsaP256)
            _ = try await party.exchange("warm up")
            let proof = try party.proof("POST", "/openid/par")
            #expect(try await party.push(["dpop_jkt": other.verifyingKey.thumbprint], proof: proof).error == "invalid_dpop_proof")
            let code = try await party.code(["dpop_jkt": other.verifyingKey.thumbprint])
            #expect(try await party.exchange(code).error == "invalid_grant")
        }
    }

    @Test("client-assertion-with-no-sub-fails, -wrong-aud-fails, -expired-fails, -iat-10-seconds-after-succeeds, -iat-1-hour-after-fails")
    func assertions() async throws {
        try await with { _, party in
            func status(_ change: [String: JSON?]) async throws -> Int {
                let fields = [
                    ("token", "x"), ("client_assertion_type", ClientAssertion.type), ("client_assertion", try party.assertion(change)),
                ]
                return try await party.post("/openid/introspect", fields, authenticated: false).status
            }
            let isRight = try await status([:]) == 200
            #expect(isRight)
            for change: [String: JSON?] in [
                ["sub": nil], ["iss": nil], ["aud": "https://other.test"], ["exp": .int(party.now - 60)], ["exp": nil], ["iat": .int(party.now + 3_600)],
                ["nbf": .int(party.now + 3_600)], ["jti": nil],
            ] { #expect(try await status(change) == 401, "\(change)") }
            #expect(try await status(["iat": .int(party.now + 10)]) == 200)
        }
    }

    @Test("ensure-redirect-uri-in-authorization-request, ensure-registered-redirect-uri") func redirectAddress() async throws {
        try await with { _, party in
            let missing = try await party.push(["redirect_uri": nil]).error
            #expect(missing == "invalid_request")
            #expect(try await party.push(["redirect_uri": "https://parking.test/callback?x=1"]).error == "invalid_request")
        }
    }

    @Test("par-attempt-reuse-request_uri, par-ensure-reused-request-uri-prior-to-auth-completion-succeeds") func reusedRequest() async throws {
        try await with { _, party in
            let uri = try #require(try await party.push().json["request_uri"]?.string)
            // Shown twice before she decides, then used up.
            #expect(try await party.visit(uri, session: "session-1", agreeing: nil).status == 200)
            #expect(RelyingParty.query(try await party.visit(uri, session: "session-1").location)["code"] != nil)
            #expect(try await party.visit(uri, session: "session-1").status == 400)
        }
    }

    @Test("par-attempt-to-use-expired-request_uri") func expiredRequest() async throws {
        try await with { provider, party in
            let answer = try await party.push()
            provider.clock.advance(seconds: try #require(answer.json["expires_in"]?.int) + 1)
            #expect(try await party.visit(try #require(answer.json["request_uri"]?.string), session: "session-1").status == 400)
        }
    }

    @Test("par-attempt-to-use-request_uri-for-different-client") func anothersRequest() async throws {
        try await with { provider, party in
            let other = try await provider.client("other")
            let uri = try #require(try await party.push().json["request_uri"]?.string)
            #expect(try await other.visit(uri, session: "session-1").status == 400)
        }
    }

    @Test("par-authorization-request-containing-request_uri") func requestInRequest() async throws {
        try await with { _, party in
            let isSo = try await party.push(["request_uri": "urn:x"]).error == "invalid_request"
            #expect(isSo)
        }
    }

    @Test("par-plain-pkce-rejected, ensure-pkce-required, ensure-pkce-code-verifier-required, incorrect-pkce-code-verifier-rejected")
    func pkce() async throws {
        try await with { _, party in
            let plain = try await party.push(["code_challenge_method": "plain"]).error
            #expect(plain == "invalid_request")
            #expect(try await party.push(["code_challenge": nil, "code_challenge_method": nil]).error == "invalid_request")
            #expect(try await party.exchange(party.code(), ["code_verifier": nil]).error == "invalid_request")
            #expect(try await party.exchange(party.code(), ["code_verifier": String(repeating: "x", count: 43)]).error == "invalid_grant")
        }
    }

    @Test("ensure-unsigned-authorization-request-without-using-par-fails") func withoutPAR() async throws {
        try await with { provider, party in
            let query = "client_id=\(party.id)&response_type=code&scope=openid&redirect_uri=\(PercentEncoding.encode(RelyingParty.redirect))"
            let reply = await provider.dispatcher.answer(Incoming(.get, "/openid/authorize?\(query)"))
            #expect(reply.status == 400)
        }
    }

    @Test("ensure-response-type-token-fails, ensure-response-type-code-idtoken-fails", arguments: ["token", "code id_token", "id_token", ""])
    func responseTypes(type: String) async throws {
        try await with { _, party in
            let isSo = try await party.push(["response_type": type]).error == "unsupported_response_type"
            #expect(isSo)
        }
    }

    @Test("ensure-authorization-code-is-bound-to-client, ensure-client-id-in-token-endpoint") func boundCode() async throws {
        try await with { provider, party in
            let other = try await provider.client("other")
            #expect(try await other.exchange(party.code()).error == "invalid_grant")
            #expect(try await party.exchange(party.code(), ["client_id": "other"]).error == "invalid_client")
        }
    }

    @Test("ensure-holder-of-key-required") func holderOfKey() async throws {
        try await with { _, party in
            let code = try await party.code()
            let fields = [("grant_type", "authorization_code"), ("code", code), ("code_verifier", RelyingParty.verifier)]
            #expect(try await party.post("/openid/token", fields).error == "invalid_dpop_proof")
        }
    }

    @Test("refresh-token") func refresh() async throws {
        try await with { _, party in
            let first = try await party.exchange(party.code(["scope": "openid offline_access"]))
            let second = try await party.refresh(try #require(first.json["refresh_token"]?.string))
            #expect(second.status == 200 && second.json["access_token"] != first.json["access_token"])
            let thief = try party.proof("POST", "/openid/token", by: SigningKey.generate(.ecdsaP256))
            let token = try #require(second.json["refresh_token"]?.string)
            // The refresh token is the client's, which proves itself by its own key; the access token is bound to whichever key it shows.
            let third = try await party.post("/openid/token", [("grant_type", "refresh_token"), ("refresh_token", token)], proof: thief)
            #expect(third.status == 200)
            #expect(try await party.userInfo(try #require(third.json["access_token"]?.string)).status == 401)
        }
    }
}
