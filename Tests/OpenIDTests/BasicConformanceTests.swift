import Contracts
import HTTPTypes
@testable import OpenID
import TestKit
import Testing
import Trust
import Values
import Web

/// One test for each module of the OpenID conformance plan *basic* (code flow), by its name, with what it asserts. `Docs/conformance.md` lists them.
@Suite struct BasicConformanceTests {
    private static let bases: [String: JSON] = [
        "profile": ["kind": "consent", "reference": "asked"], "email": ["kind": "consent", "reference": "asked"], "phone": ["kind": "consent", "reference": "asked"],
    ]

    private func with(_ body: @Sendable @escaping (Provider, OldClient) async throws -> Void) async throws {
        try await Provider.with { provider in
            let client = try await provider.oldClient(more: ["zamin_scope_bases": .object(Self.bases)])
            provider.signIn()
            try await body(provider, client)
        }
    }

    /// The answer at the redirect address of a request that is refused.
    private func refusal(_ client: OldClient, _ change: [String: String?], session: String? = "session-1") async throws -> [String: String] {
        let first = try #require(await client.authorize(change, session: session).headers[.location])
        guard first.hasPrefix("/") else { return RelyingParty.query(first) }
        let uri = try #require(RelyingParty.query(first)["request_uri"])
        return RelyingParty.query(try await client.party.visit(uri, session: session).location)
    }

    private func tokens(_ client: OldClient, _ change: [String: String?] = [:]) async throws -> (access: String, claims: JSON) {
        let answer = await client.exchange(try await client.code(change))
        let token = try #require(answer.json["id_token"]?.string)
        return (try #require(answer.json["access_token"]?.string), try await client.party.claims(token))
    }

    @Test("oidcc-server") func server() async throws {
        try await with { _, client in
            let claims = try await tokens(client).claims
            #expect(claims["iss"] == .string(Provider.issuer) && claims["aud"] == .string(client.id) && claims["nonce"] == "n")
            #expect(claims["sub"]?.string?.isEmpty == false && claims["exp"]?.int ?? 0 > claims["iat"]?.int ?? 0)
        }
    }

    @Test("oidcc-response-type-missing") func responseTypeMissing() async throws {
        try await with { _, client in
            let error = try await refusal(client, ["response_type": nil])["error"]
            #expect(error == "invalid_request" || error == "unsupported_response_type")
        }
    }

    @Test("oidcc-userinfo-get") func userInfoByGet() async throws {
        try await with { _, client in
            let (access, claims) = try await tokens(client)
            #expect(await client.userInfo(access).json["sub"] == claims["sub"])
        }
    }

    @Test("oidcc-userinfo-post-header") func userInfoByPost() async throws {
        try await with { _, client in
            let (access, claims) = try await tokens(client)
            let answer = await client.party.send(Incoming(.post, "/openid/userinfo", headers: [.authorization: "Bearer \(access)"]))
            #expect(answer.json["sub"] == claims["sub"])
        }
    }

    @Test("oidcc-userinfo-post-body") func userInfoByBody() async throws {
        try await with { _, client in
            let (access, claims) = try await tokens(client)
            let answer = await client.party.send(
                Incoming(
                    .post, "/openid/userinfo", headers: [.contentType: "application/x-www-form-urlencoded"],
                    body: Array("access_token=\(PercentEncoding.encode(access))".utf8)))
            #expect(answer.json["sub"] == claims["sub"])
        }
    }

    @Test("oidcc-ensure-request-without-nonce-succeeds-for-code-flow") func withoutNonce() async throws {
        try await with { _, client in
            let isSo = try await tokens(client, ["nonce": nil]).claims["nonce"] == nil
            #expect(isSo)
        }
    }

    @Test(
        "oidcc-scope-profile, oidcc-scope-email, oidcc-scope-phone, oidcc-scope-all",
        arguments: [
            ("openid profile", ["name", "given_name", "family_name", "birthdate"]), ("openid email", ["email", "email_verified"]),
            ("openid phone", ["phone_number"]), ("openid profile email phone", ["name", "email", "phone_number"]),
        ])
    func scopes(scope: String, expected: [String]) async throws {
        try await with { _, client in
            let told = await client.userInfo(try await tokens(client, ["scope": scope]).access).json
            for name in expected { #expect(told[name] != nil, "\(name)") }
        }
    }

    @Test("oidcc-scope-address: an unknown scope is passed over") func unknownScope() async throws {
        try await with { _, client in
            let told = await client.userInfo(try await tokens(client, ["scope": "openid address"]).access).json
            #expect(told["sub"] != nil && told["address"] == nil)
        }
    }

    @Test("oidcc-ensure-other-scope-order-succeeds") func scopeOrder() async throws {
        try await with { _, client in
            let isSo = try await tokens(client, ["scope": "email openid"]).claims["sub"] != nil
            #expect(isSo)
        }
    }

    @Test(
        "oidcc-display-page, oidcc-display-popup, oidcc-ensure-request-with-unknown-parameter-succeeds, oidcc-claims-locales",
        arguments: [["display": "page"], ["display": "popup"], ["extra": "foobar"], ["claims_locales": "se"]])
    func passedOver(change: [String: String]) async throws {
        try await with { _, client in
            let isSo = try await tokens(client, change).claims["sub"] != nil
            #expect(isSo)
        }
    }

    @Test("oidcc-prompt-login") func promptLogin() async throws {
        try await with { provider, client in
            let first = try await tokens(client).claims
            provider.clock.advance(seconds: 2)
            let place = try #require(await client.authorize(["prompt": "login"]).headers[.location])
            let uri = try #require(RelyingParty.query(place)["request_uri"])
            #expect(try await client.party.visit(uri, session: "session-1").location.contains("/sign-in?again=1"))
            provider.clock.advance(seconds: 2)
            provider.signIn(session: "session-2")
            let code = try #require(RelyingParty.query(try await client.party.visit(uri, session: "session-2").location)["code"])
            let second = try await client.party.claims(try #require(await client.exchange(code).json["id_token"]?.string))
            #expect(second["auth_time"]?.int ?? 0 > first["auth_time"]?.int ?? 0 && second["sub"] == first["sub"])
        }
    }

    @Test("oidcc-prompt-none-not-logged-in") func promptNoneSignedOut() async throws {
        try await with { _, client in
            let isSo = try await refusal(client, ["prompt": "none"], session: nil)["error"] == "login_required"
            #expect(isSo)
        }
    }

    @Test("oidcc-prompt-none-logged-in") func promptNoneSignedIn() async throws {
        try await with { _, client in
            let first = try await tokens(client).claims
            let code = try #require(try await refusal(client, ["prompt": "none"])["code"])
            let second = try await client.party.claims(try #require(await client.exchange(code).json["id_token"]?.string))
            #expect(second["sub"] == first["sub"] && second["auth_time"] == first["auth_time"])
        }
    }

    @Test("oidcc-max-age-1") func maxAgeOne() async throws {
        try await with { provider, client in
            provider.clock.advance(seconds: 2)
            let place = try #require(await client.authorize(["max_age": "1"]).headers[.location])
            let uri = try #require(RelyingParty.query(place)["request_uri"])
            #expect(try await client.party.visit(uri, session: "session-1").location.contains("/sign-in?again=1"))
        }
    }

    @Test("oidcc-max-age-10000") func maxAgeLong() async throws {
        try await with { provider, client in
            provider.clock.advance(seconds: 2)
            let claims = try await tokens(client, ["max_age": "10000"]).claims
            #expect(claims["auth_time"] != nil)
        }
    }

    @Test("oidcc-id-token-hint, oidcc-login-hint") func hints() async throws {
        try await with { _, client in
            let first = await client.exchange(try await client.code())
            let hint = try #require(first.json["id_token"]?.string)
            #expect(try await refusal(client, ["prompt": "none", "id_token_hint": hint])["code"] != nil)
            #expect(try await tokens(client, ["login_hint": "somebody@example.test"]).claims["sub"] != nil)
        }
    }

    @Test("oidcc-ui-locales") func uiLocales() async throws {
        try await with { _, client in
            let isSo = await client.authorize(["ui_locales": "se fr en"]).headers[.location]?.hasPrefix("/fr/") == true
            #expect(isSo)
        }
    }

    @Test("oidcc-ensure-request-with-acr-values-succeeds") func acrValues() async throws {
        try await with { _, client in
            let claims = try await tokens(client, ["acr_values": "urn:zamin:acr:C2.P2 1 2"]).claims
            #expect(claims["acr"] == "urn:zamin:acr:C2.P2")
        }
    }

    @Test("oidcc-codereuse, oidcc-codereuse-30seconds", arguments: [0, 30]) func codeReuse(seconds: Int64) async throws {
        try await with { provider, client in
            let code = try await client.code()
            let access = try #require(await client.exchange(code).json["access_token"]?.string)
            provider.clock.advance(seconds: seconds)
            #expect(await client.exchange(code).error == "invalid_grant")
            #expect(await client.userInfo(access).status == 401)
        }
    }

    @Test("oidcc-ensure-registered-redirect-uri") func redirectURI() async throws {
        try await with { _, client in
            let isSo = await client.authorize(["redirect_uri": RelyingParty.redirect + "x"]).status == 400
            #expect(isSo)
        }
    }

    @Test("oidcc-ensure-post-request-succeeds") func post() async throws {
        try await with { _, client in
            let isSo = await client.authorize(method: .post).status == 303
            #expect(isSo)
        }
    }

    @Test("oidcc-server-client-secret-post") func secretInForm() async throws {
        try await with { _, client in
            let form = [
                ("client_id", client.id), ("client_secret", client.secret), ("grant_type", "authorization_code"), ("code", try await client.code()),
                ("code_verifier", RelyingParty.verifier), ("redirect_uri", RelyingParty.redirect),
            ]
            let answer = try await client.party.post("/openid/token", form, authenticated: false)
            #expect(answer.status == 200)
        }
    }

    @Test("oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported, oidcc-ensure-request-object-with-redirect-uri")
    func requestObject() async throws {
        try await with { _, client in
            let error = try await refusal(client, ["request": "eyJhbGciOiJub25lIn0.e30."])["error"]
            #expect(error == "request_not_supported")
        }
    }

    @Test("oidcc-claims-essential") func claimsEssential() async throws {
        try await with { _, client in
            let claims = #"{"userinfo":{"name":{"essential":true}}}"#
            let told = await client.userInfo(try await tokens(client, ["scope": "openid", "claims": claims]).access).json
            #expect(told["name"] == "דנה לוי" && told["email"] == nil)
        }
    }

    @Test("oidcc-refresh-token") func refresh() async throws {
        try await with { _, client in
            let first = await client.exchange(try await client.code(["scope": "openid offline_access", "prompt": "consent"]))
            let fields = [("grant_type", "refresh_token"), ("refresh_token", try #require(first.json["refresh_token"]?.string))]
            let second = await client.post("/openid/token", fields)
            #expect(second.status == 200)
            let (old, new) = (
                try await client.party.claims(try #require(first.json["id_token"]?.string)),
                try await client.party.claims(try #require(second.json["id_token"]?.string))
            )
            #expect(old["sub"] == new["sub"] && old["iss"] == new["iss"] && old["aud"] == new["aud"] && old["auth_time"] == new["auth_time"])
        }
    }

    @Test("oidcc-ensure-request-with-valid-pkce-succeeds") func pkce() async throws {
        try await with { _, client in
            let isSo = await client.exchange(try await client.code()).status == 200
            #expect(isSo)
        }
    }
}
