import HTTPTypes
import Trust
import Values
public import Web

/// What clients find out by themselves, and the table of contents of the module.
extension OpenID {
    public var routes: [Route] { protocolRoutes + systemRoutes + visitedRoutes + simulatorRoutes }

    private var protocolRoutes: [Route] {
        let token: [Route.Answer] = [
            .init(200, "The tokens, or what is known of one"), .init(400, "An error of OAuth"), .init(401, "The client is not who it says"),
        ]
        return [
            .api(
                .get, "/.well-known/openid-configuration", for: .everyone, "openid.discover", "Metadata of the provider (OpenID Connect Discovery)",
                answers: [.init(200, "The metadata")], rate: .busy, discover),
            .api(
                .get, "/.well-known/oauth-authorization-server", for: .everyone, "openid.discoverOAuth", "The same by RFC 8414",
                answers: [.init(200, "The metadata")], rate: .busy, discover),
            .api(
                .get, "/openid/jwks", for: .everyone, "openid.keys", "Keys that sign tokens (RFC 7517)", answers: [.init(200, "The key set")], rate: .busy
            ) { _ in
                var reply = Reply.json(try await keys.published(at: clock.now()).json)
                reply.headers[.cacheControl] = "public, max-age=3600"
                return reply
            },
            .api(
                .post, OpenID.pushPath, for: .signedPeer(reason: "private_key_jwt"), "openid.push", "Push an authorization request (RFC 9126)",
                answers: [.init(201, "Its address")] + token.dropFirst(), rate: .busy, push),
            .api(
                .get, "/openid/legacy-configuration", for: .everyone, "openid.discoverLegacy", "Metadata for clients of the legacy profile",
                answers: [.init(200, "The metadata")], rate: .busy, discoverLegacy),
            .api(
                .post, "/openid/authorize", for: .everyone, "openid.authorizeByPost", "Begin a sign-in",
                answers: [.init(303, "On to the page in the person's language")], authorize),
            .api(
                .get, "/openid/authorize", for: .everyone, "openid.authorize", "Begin a sign-in that was pushed",
                query: [.init("client_id", "The client", required: true), .init("request_uri", "What pushing answered; missing in the legacy profile")],
                answers: [.init(303, "On to the page in the person's language")], authorize),
            .api(
                .get, OpenID.endSessionPath, for: .everyone, "openid.beginEndSession", "Sign out, from a client (RP-Initiated Logout)",
                answers: [.init(303, "On to the page in the person's language")], beginEndSession),
            .api(
                .post, OpenID.endSessionPath, for: .everyone, "openid.beginEndSessionByPost", "Sign out, from a client (RP-Initiated Logout)",
                answers: [.init(303, "On to the page in the person's language")], beginEndSession),
            .page(.get, OpenID.endSessionPath, for: .everyone, "openid.showEndSession", "Sign out here too?", showEndSession),
            .page(.post, OpenID.endSessionPath, for: .everyone, "openid.endSession", "Sign out here, or stay", endSession),
            .page(.get, OpenID.continuePath, for: .everyone, "openid.showContinue", "Sign in at a client", showContinue),
            .page(.post, OpenID.continuePath, for: .everyone, "openid.agree", "Agree to what is passed on, or not", agree),
            .api(
                .post, OpenID.tokenPath, for: .signedPeer(reason: "private_key_jwt"), "openid.token", "Codes and refresh tokens for tokens",
                answers: token, rate: .busy, self.token),
            .api(
                .get, OpenID.userInfoPath, for: .signedPeer(reason: "access token bound by DPoP"), "openid.userInfo", "Who signed in",
                answers: [.init(200, "The claims"), .init(401, "The token is not good"), .init(403, "Its scope does not reach")], rate: .busy, userInfo),
            .api(
                .post, OpenID.userInfoPath, for: .signedPeer(reason: "access token bound by DPoP"), "openid.userInfoByPost", "Who signed in",
                answers: [.init(200, "The claims"), .init(401, "The token is not good"), .init(403, "Its scope does not reach")], rate: .busy, userInfo),
            .api(
                .post, "/openid/introspect", for: .signedPeer(reason: "private_key_jwt"), "openid.introspect", "What is known of a token (RFC 7662)",
                answers: token, rate: .busy, introspect),
            .api(
                .post, "/openid/revoke", for: .signedPeer(reason: "private_key_jwt"), "openid.revoke", "End a token (RFC 7009)",
                answers: token, rate: .busy, revoke),
        ]
    }

    private func discover(_ call: Call) async throws -> Reply { metadata(OpenID.strictMetadata) }

    /// The same endpoints by the rules of the legacy profile.
    private func discoverLegacy(_ call: Call) async throws -> Reply {
        metadata([
            "require_pushed_authorization_requests": false, "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"], "request_parameter_supported": false,
            "request_uri_parameter_supported": false,
        ])
    }

    private static let strictMetadata: [String: JSON] = [
        "require_pushed_authorization_requests": true, "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "introspection_endpoint_auth_methods_supported": ["private_key_jwt"], "revocation_endpoint_auth_methods_supported": ["private_key_jwt"],
        "request_parameter_supported": true, "request_uri_parameter_supported": true,
    ]

    private func metadata(_ profile: [String: JSON]) -> Reply {
        let algorithms = JSON.strings(OpenID.algorithms)
        var members: [String: JSON] = [
            "issuer": .string(issuer), "authorization_endpoint": .string("\(issuer)/openid/authorize"),
            "pushed_authorization_request_endpoint": .string(issuer + OpenID.pushPath),
            "token_endpoint": .string(issuer + OpenID.tokenPath), "userinfo_endpoint": .string(issuer + OpenID.userInfoPath),
            "introspection_endpoint": .string("\(issuer)/openid/introspect"), "revocation_endpoint": .string("\(issuer)/openid/revoke"),
            "end_session_endpoint": .string(issuer + OpenID.endSessionPath), "backchannel_logout_supported": true,
            "backchannel_logout_session_supported": true, "jwks_uri": .string("\(issuer)/openid/jwks"),
            "scopes_supported": .strings(Scope.allCases.map(\.rawValue)),
            "claims_supported": .strings(["sub"] + Scope.allCases.flatMap(\.claims)), "claim_types_supported": ["normal"],
            "response_types_supported": ["code"], "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "refresh_token"], "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "token_endpoint_auth_signing_alg_values_supported": algorithms,
            "introspection_endpoint_auth_signing_alg_values_supported": algorithms,
            "revocation_endpoint_auth_signing_alg_values_supported": algorithms, "request_object_signing_alg_values_supported": algorithms,
            "dpop_signing_alg_values_supported": algorithms, "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": true, "acr_values_supported": .strings(AssuranceLevel.supported.map(\.name)),
            "prompt_values_supported": ["none", "login", "consent"], "ui_locales_supported": ["he", "ar", "en", "ru", "fr"],
            "claims_parameter_supported": true,
        ]
        members.merge(profile) { _, own in own }
        var reply = Reply.json(.object(members))
        reply.headers[.cacheControl] = "public, max-age=3600"
        return reply
    }
}
