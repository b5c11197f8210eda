import Contracts
import Database
import HTTPTypes
@testable import OpenID
import TestKit
import Testing
import Trust
import Values
import Web

/// Codes, proofs, refresh tokens: what is good, how often and for whom.
@Suite struct TokenTests {
    @Test(arguments: TestDatabases.engines) func aCodeIsGoodOnce(engine: TestEngine) async throws {
        try await Provider.with(engine) { provider in
            let party = try await provider.client()
            provider.signIn()
            let code = try await party.code()
            let tokens = try await party.exchange(code)
            let access = try #require(tokens.json["access_token"]?.string)
            #expect(try await party.userInfo(access).status == 200)
            #expect(try await party.exchange(code).error == "invalid_grant")
            // What the first use gave is taken back: one of the two was a thief.
            #expect(try await party.userInfo(access).error == "invalid_token")
            #expect(provider.audit.entries.last?.what == "openid.reuse" && provider.audit.entries.last?.bodyID == "haifa")
        }
    }

    @Test(arguments: TestDatabases.engines) func ofTwoExchangesAtOnceOneSucceeds(engine: TestEngine) async throws {
        try await Provider.with(engine) { provider in
            let party = try await provider.client()
            provider.signIn()
            let code = try await party.code()
            _ = try await party.exchange("warm up")
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 { group.addTask { try await party.exchange(code).status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200, 400, 400, 400])
        }
    }

    @Test func whatDoesNotFitTheCode() async throws {
        try await Provider.with { provider in
            let (party, other) = (try await provider.client(), try await provider.client("other"))
            provider.signIn()
            let stolen = try await party.code()
            #expect(try await other.exchange(stolen).error == "invalid_grant")
            #expect(try await party.exchange(stolen).status == 200, "a stranger's try does not use it up")
            let verifier = String(repeating: "v", count: 43)
            #expect(try await party.exchange(party.code(), ["code_verifier": verifier]).error == "invalid_grant")
            #expect(try await party.exchange(party.code(), ["code_verifier": nil]).error == "invalid_request")
            #expect(try await party.exchange(party.code(), ["redirect_uri": "https://parking.test/other"]).error == "invalid_grant")
            #expect(try await party.exchange(party.code(), ["grant_type": "password"]).error == "unsupported_grant_type")
            let late = try await party.code()
            provider.clock.advance(seconds: 61)
            #expect(try await party.exchange(late).error == "invalid_grant")
            // Bound to a key when it was pushed (RFC 9449 section 10).
            let bound = try await party.code(["dpop_jkt": SigningKey.generate(.ecdsaP256).verifyingKey.thumbprint])
            #expect(try await party.exchange(bound).error == "invalid_grant")
            let own = try await party.code(["dpop_jkt": party.proofKey.verifyingKey.thumbprint])
            #expect(try await party.exchange(own).status == 200)
        }
    }

    @Test func proofsOneByOne() async throws {
        try await Provider.with { provider in
            let party = try await provider.client()
            provider.signIn()
            // Without a nonce of ours the first proof is answered with one (section 8).
            let first = try await party.post("/openid/token", [], proof: try party.proof("POST", "/openid/token", ["nonce": nil]))
            #expect(first.status == 400 && first.error == "use_dpop_nonce" && first.headers[.dpopNonce] != nil)
            let tokens = try await party.exchange(try await party.code())
            let access = try #require(tokens.json["access_token"]?.string)
            func status(_ proof: String) async throws -> Int { try await party.userInfo(access, proof: proof).status }
            func proof(header: [String: JSON?] = [:], by key: SigningKey? = nil, _ change: [String: JSON?] = [:]) throws -> String {
                try party.proof("GET", "/openid/userinfo", token: access, by: key, header: header, change)
            }
            let good = try proof()
            #expect(try await status(good) == 200)
            #expect(try await status(good) == 401, "each is good once")
            let claims: [[String: JSON?]] = [
                ["htm": "POST"], ["htm": nil], ["htu": .string("\(Provider.issuer)/openid/token")], ["htu": "https://other.test/openid/userinfo"], ["htu": nil],
                ["iat": .int(party.now - 71)], ["iat": .int(party.now + 71)], ["iat": .int(.min)], ["iat": .int(.max)], ["iat": nil], ["jti": nil], ["jti": ""], ["ath": nil], ["ath": "x"],
                ["nonce": nil], ["nonce": "1.x"], ["nonce": .string("\(party.now).AAAAAAAAAAAAAAAAAAAAAAAA")],
            ]
            for change in claims { #expect(try await status(proof(change)) == 401, "\(change)") }
            #expect(try await status(proof(["htu": .string("HTTPS://ZAMIN.test/openid/userinfo?x=1#y")])) == 200, "compared as addresses are")
            var secret = party.proofKey.verifyingKey.jwk
            secret["d"] = party.proofKey.privateJWK["d"]
            let headers: [[String: JSON?]] = [["typ": "JWT"], ["jwk": nil], ["jwk": secret], ["jwk": SigningKey.generate(.ecdsaP256).verifyingKey.jwk], ["jwk": "x"]]
            for header in headers { #expect(try await status(proof(header: header)) == 401, "\(header)") }
            #expect(try await status(proof(by: SigningKey.generate(.ecdsaP256))) == 401, "another key than the token's")
            #expect(try await party.userInfo(access, scheme: "Bearer").status == 401)
            let missing = await party.send(Incoming(.get, "/openid/userinfo", headers: [.authorization: "DPoP \(access)"]))
            #expect(missing.status == 401 && missing.headers[.wwwAuthenticate]?.contains("error=\"invalid_dpop_proof\"") == true)
            #expect(missing.headers[.wwwAuthenticate]?.contains("algs=\"ES256 EdDSA\"") == true)
            let unasked = await party.send(Incoming(.get, "/openid/userinfo", headers: [:]))
            #expect(unasked.status == 401 && unasked.headers[.wwwAuthenticate] == "DPoP algs=\"ES256 EdDSA\"")
            // A nonce ages.
            let old = try proof()
            provider.clock.advance(seconds: 121)
            #expect(try await status(old) == 401)
        }
    }

    @Test(arguments: TestDatabases.engines) func refreshTokensRotate(engine: TestEngine) async throws {
        try await Provider.with(engine) { provider in
            let party = try await provider.client()
            provider.signIn()
            let tokens = try await party.exchange(try await party.code(["scope": "openid profile offline_access"]))
            let first = try #require(tokens.json["refresh_token"]?.string)
            let second = try await party.refresh(first)
            #expect(second.status == 200 && second.json["refresh_token"]?.string != first)
            // An answer that was lost may be asked for again, for half a minute.
            let repeated = try await party.refresh(first)
            #expect(repeated.status == 200)
            let access = try #require(repeated.json["access_token"]?.string)
            #expect(try await party.userInfo(access).status == 200)
            provider.clock.advance(seconds: 31)
            #expect(try await party.refresh(first).error == "invalid_grant")
            // Two have it: nobody goes on.
            let newest = try #require(second.json["refresh_token"]?.string)
            #expect(try await party.refresh(newest).error == "invalid_grant")
            #expect(try await party.userInfo(access).error == "invalid_token")
        }
    }

    @Test func refreshTokensAreTheirClientsAndNarrow() async throws {
        try await Provider.with { provider in
            let (party, other) = (try await provider.client(), try await provider.client("other"))
            provider.signIn()
            #expect(try await party.exchange(party.code()).json["refresh_token"] == nil, "only for offline_access")
            let tokens = try await party.exchange(try await party.code(["scope": "openid profile email offline_access"]))
            let refresh = try #require(tokens.json["refresh_token"]?.string)
            _ = try await other.exchange("warm up")
            #expect(try await other.refresh(refresh).error == "invalid_grant")
            #expect(try await party.refresh(refresh, [("scope", "openid national_number")]).error == "invalid_scope")
            // What is refused uses nothing up, however late she comes again.
            provider.clock.advance(seconds: 60)
            let narrow = try await party.refresh(refresh, [("scope", "openid email")])
            let info = try await party.userInfo(try #require(narrow.json["access_token"]?.string))
            #expect(info.json["email"] == "dana@example.test" && info.json["name"] == nil)
            #expect(provider.audit.entries.last?.basis == .consent("asked"))
        }
    }

    /// Tokens end with the session they came of; those for her absence when she signs out everywhere.
    @Test(arguments: TestDatabases.engines) func tokensEndWithHerSession(engine: TestEngine) async throws {
        try await Provider.with(engine) { provider in
            let party = try await provider.client()
            provider.signIn()
            let usual = try #require(try await party.exchange(party.code()).json["access_token"]?.string)
            let away = try await party.exchange(party.code(["scope": "openid profile offline_access"]))
            let (offline, refresh) = (try #require(away.json["access_token"]?.string), try #require(away.json["refresh_token"]?.string))
            let waiting = try await party.code()
            provider.signIns.end("session-1")
            #expect(try await party.userInfo(usual).error == "invalid_token")
            #expect(try await party.post("/openid/introspect", [("token", usual)]).json == ["active": false])
            #expect(try await party.exchange(waiting).error == "invalid_grant")
            #expect(try await party.userInfo(offline).status == 200)
            let (openID, time) = (provider.openID, provider.clock.source.now())
            try await provider.database.write { try openID.revokeEnded(of: Provider.person, at: time, in: $0) }
            #expect(try await party.userInfo(offline).error == "invalid_token")
            #expect(try await party.refresh(refresh).error == "invalid_grant")
        }
    }

    /// A caller that is asked for a nonce comes again with the same assertion.
    @Test func theQuestionForANonceUsesNothingUp() async throws {
        try await Provider.with { provider in
            let party = try await provider.client()
            provider.signIn()
            let fields = [
                ("grant_type", "authorization_code"), ("code", try await party.code()), ("code_verifier", RelyingParty.verifier),
                ("client_assertion_type", ClientAssertion.type), ("client_assertion", try party.assertion()),
            ]
            let first = try await party.post("/openid/token", fields, proof: try party.proof("POST", "/openid/token", ["nonce": nil]), authenticated: false)
            #expect(first.error == "use_dpop_nonce")
            let second = try await party.post("/openid/token", fields, proof: try party.proof("POST", "/openid/token"), authenticated: false)
            #expect(second.status == 200)
        }
    }

    @Test func introspectionAndRevocation() async throws {
        try await Provider.with { provider in
            let (party, other) = (try await provider.client(), try await provider.client("other"))
            provider.signIn()
            let tokens = try await party.exchange(try await party.code(["scope": "openid offline_access"]))
            let (access, refresh) = (try #require(tokens.json["access_token"]?.string), try #require(tokens.json["refresh_token"]?.string))
            for token in [access, refresh] {
                let known = try await party.post("/openid/introspect", [("token", token)])
                #expect(known.json["active"] == true && known.json["scope"] == "openid offline_access")
                #expect(try await other.post("/openid/introspect", [("token", token)]).json == ["active": false], "another's token is none of its business")
            }
            #expect(try await other.post("/openid/revoke", [("token", refresh)]).status == 200)
            #expect(try await party.post("/openid/introspect", [("token", refresh)]).json["active"] == true)
            #expect(try await party.post("/openid/revoke", [("token", "unknown")]).status == 200)
            #expect(try await party.post("/openid/revoke", [("token", refresh)]).status == 200)
            for token in [access, refresh] { #expect(try await party.post("/openid/introspect", [("token", token)]).json == ["active": false]) }
            #expect(try await party.refresh(refresh).error == "invalid_grant")
        }
    }

    @Test(arguments: TestDatabases.engines) func keysAreRenewedWithoutABreak(engine: TestEngine) async throws {
        try await Provider.with(engine) { provider in
            let keys = provider.openID.keys
            func now() -> Instant { provider.clock.source.now() }
            let first = try await keys.signing(at: now()).keyID
            #expect(try await keys.published(at: now()).keys.map(\.keyID) == [first])
            // Another process on the same database finds the same key.
            #expect(try await ServerKeys(database: provider.database, vault: provider.vault).signing(at: now()).keyID == first)
            provider.clock.advance(seconds: ServerKeys.lifeSeconds - ServerKeys.leadSeconds)
            let both = try await keys.published(at: now()).keys.map(\.keyID)
            #expect(both.count == 2 && both.contains(first))
            #expect(try await keys.signing(at: now()).keyID == first, "published a week before it signs")
            provider.clock.advance(seconds: ServerKeys.leadSeconds)
            let second = try await keys.signing(at: now()).keyID
            #expect(second != first && both.contains(second))
            #expect(try await keys.published(at: now()).keys.map(\.keyID).contains(first), "what it signed is still good")
            provider.clock.advance(seconds: ServerKeys.tailSeconds + 1)
            #expect(try await keys.published(at: now()).keys.map(\.keyID) == [second])
            // A server that nobody used for months signs with what it publishes.
            provider.clock.advance(seconds: 3 * ServerKeys.lifeSeconds)
            let late = try await keys.signing(at: now()).keyID
            #expect(try await keys.published(at: now()).keys.map(\.keyID).contains(late))
        }
    }

    @Test(arguments: TestDatabases.engines) func whatIsOverIsForgotten(engine: TestEngine) async throws {
        try await Provider.with(engine) { provider in
            let party = try await provider.client()
            provider.signIn()
            _ = try await party.exchange(try await party.code(["scope": "openid offline_access"]))
            _ = try await party.push()
            provider.clock.advance(seconds: OpenID.offlineSeconds + 1)
            try await provider.openID.removeExpired()
            for table in ["request", "code", "grant", "refresh", "assertion"] {
                let left = try await provider.database.read { try $0.first("SELECT count(*) FROM openid_\(table)") { try $0.int(0) } }
                #expect(left == 0, "\(table)")
            }
        }
    }
}
