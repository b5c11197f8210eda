import Contracts
import Database
@testable import OpenID
import TestKit
import Testing
import Trust
import Values
import Web

/// Whom the client takes the person for, how surely she must prove it, and in what capacity she acts.
@Suite struct HintTests {
    @Test func aHintAboutThePersonChangesNothing() async throws {
        try await Provider.with { provider in
            let party = try await provider.client()
            provider.signIn()
            let tokens = try await party.exchange(party.code())
            let hint = try #require(tokens.json["id_token"]?.string)
            let subject = try #require(try await party.claims(hint)["sub"]?.string)
            for change in [["id_token_hint": hint], ["login_hint": subject]] {
                let uri = try #require(try await party.push(change.merging(["prompt": "none"]) { $1 }).json["request_uri"]?.string)
                #expect(RelyingParty.query(try await party.visit(uri, session: "session-1").location)["code"] != nil)
            }
        }
    }

    @Test func aHintAboutSomebodyElse() async throws {
        try await Provider.with { provider in
            let (party, neighbour) = (try await provider.client(), try await provider.client("other", sector: "other"))
            provider.signIn()
            let hint = Base64.encodeURL([UInt8](repeating: 9, count: 32))
            provider.clock.advance(seconds: 5)
            let silent = try #require(try await party.push(["login_hint": hint, "prompt": "none"]).json["request_uri"]?.string)
            #expect(RelyingParty.query(try await party.visit(silent, session: "session-1").location)["error"] == "login_required")
            let asking = try #require(try await party.push(["login_hint": hint]).json["request_uri"]?.string)
            #expect(try await party.visit(asking, session: "session-1").location.contains("/sign-in?again=1&next="))
            // She signs in anew as who she was: the client is told.
            provider.clock.advance(seconds: 5)
            provider.signIn(session: "session-2")
            #expect(RelyingParty.query(try await party.visit(asking, session: "session-2").location)["error"] == "login_required")
            // A token of another client, or of nobody, is no hint.
            let foreign = try #require(try await neighbour.exchange(neighbour.code()).json["id_token"]?.string)
            #expect(try await party.push(["id_token_hint": foreign]).error == "invalid_request")
            #expect(try await party.push(["id_token_hint": "x.y.z"]).error == "invalid_request")
            // What is no name of ours is passed over: it tells nothing of who is registered.
            let unknown = try #require(try await party.push(["login_hint": "000000018", "prompt": "none"]).json["request_uri"]?.string)
            #expect(RelyingParty.query(try await party.visit(unknown, session: "session-1").location)["error"] == "consent_required")
        }
    }

    @Test func aHigherLevelIsReachedByAPasskey() async throws {
        try await Provider.with { provider in
            let party = try await provider.client()
            provider.signIn()
            let claims = #"{"id_token":{"acr":{"essential":true,"values":["urn:zamin:acr:C3.P2"]}}}"#
            func push(_ change: [String: String] = [:]) async throws -> String {
                try #require(try await party.push(change.merging(["claims": claims]) { $1 }).json["request_uri"]?.string)
            }
            provider.clock.advance(seconds: 1)
            #expect(try await party.visit(try await push(), session: nil).location.contains("/sign-in?level=3&next="))
            let uri = try await push()
            #expect(try await party.visit(uri, session: "session-1").location.contains("/sign-in?again=1&level=3&next="))
            provider.signIn(assurance: Assurance(credential: 3, proof: 2), session: "session-2")
            let back = RelyingParty.query(try await party.visit(uri, session: "session-2").location)
            let code = try #require(back["code"])
            let token = try #require(try await party.exchange(code).json["id_token"]?.string)
            let told = try await party.claims(token)
            #expect(told["acr"] == "urn:zamin:acr:C3.P2" && told["amr"] == ["hwk", "user", "mfa"])
            // Silently it cannot be reached, nor by somebody who came back without it.
            let silent = try await push(["prompt": "none"])
            #expect(RelyingParty.query(try await party.visit(silent, session: "session-1").location)["error"] == "unmet_authentication_requirements")
            let again = try await push()
            provider.clock.advance(seconds: 1)
            provider.signIn(session: "session-3")
            #expect(RelyingParty.query(try await party.visit(again, session: "session-3").location)["error"] == "unmet_authentication_requirements")
        }
    }

    @Test(arguments: TestDatabases.engines)
    func theCapacityIsAClaim(engine: TestEngine) async throws {
        try await Provider.with(engine) { provider in
            let bases = RelyingParty.bases.merging(["capacity": ["kind": "consent", "reference": "asked"]]) { $1 }
            let party = try await provider.client(more: ["zamin_scope_bases": .object(bases)])
            let now = provider.clock.source.now()
            func signIn(_ session: String, _ capacity: Capacity, checkedAt: Instant?) {
                provider.signIns.set(
                    SignIn(
                        sessionID: session, subjectID: Provider.person, at: now, assurance: .substantial, expiresAt: now.adding(seconds: 3_600),
                        capacity: capacity, capacityCheckedAt: checkedAt))
            }
            func capacity(_ session: String) async throws -> JSON? {
                let code = try await party.code(["scope": "openid capacity"], session: session)
                let access = try #require(try await party.exchange(code).json["access_token"]?.string)
                return try await party.userInfo(access).json["capacity"]
            }
            signIn("a", .own, checkedAt: nil)
            signIn("b", .office(organisation: "haifa", role: "case-officer"), checkedAt: now)
            signIn("c", .representative(of: "515000003"), checkedAt: now)
            #expect(try await capacity("a") == ["kind": "own"])
            #expect(
                try await capacity("b")
                    == ["kind": "office", "organisation": "haifa", "role": "case-officer", "checked_at": .int(now.seconds)])
            #expect(try await capacity("c") == ["kind": "representative", "organisation": "515000003", "checked_at": .int(now.seconds)])
            #expect(provider.audit.entries.last.map { $0.what == "openid.claims" && $0.fields == ["capacity"] } == true)
        }
    }
}
