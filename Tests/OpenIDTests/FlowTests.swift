import Contracts
import HTTPTypes
import Foundation
@testable import OpenID
import TestKit
import Testing
import Trust
import Values
import Web

/// The whole way, as it should go, on both databases.
@Suite struct FlowTests {
    @Test(arguments: TestDatabases.engines) func aPersonSignsInAtAClient(engine: TestEngine) async throws {
        try await Provider.with(engine) { provider in
            let party = try await provider.client()
            provider.signIn()
            let pushed = try await party.push(["scope": "openid profile national_number offline_access"])
            #expect(pushed.status == 201 && pushed.json["expires_in"]?.int == 90)
            let uri = try #require(pushed.json["request_uri"]?.string)
            let page = try await party.visit(uri, session: "session-1", agreeing: nil)
            for shown in ["חניה בחיפה", "עיריית חיפה", "חוק החניה, סעיף 8"] { #expect(page.status == 200 && page.html.contains(shown), "\(shown)") }
            let back = try await party.visit(uri, session: "session-1")
            #expect(back.status == 303 && back.location.hasPrefix(RelyingParty.redirect + "?"))
            let answer = RelyingParty.query(back.location)
            #expect(answer["state"] == "the state" && answer["iss"] == Provider.issuer)
            let tokens = try await party.exchange(try #require(answer["code"]))
            #expect(tokens.status == 200 && tokens.json["token_type"] == "DPoP" && tokens.json["expires_in"]?.int == 600)
            #expect(tokens.headers[.cacheControl] == "no-store")

            let id = try await party.claims(try #require(tokens.json["id_token"]?.string))
            #expect(id["iss"]?.string == Provider.issuer && id["aud"]?.string == party.id && id["nonce"] == "the nonce")
            #expect(id["acr"] == "urn:zamin:acr:C2.P2" && id["amr"] == ["pwd", "otp", "mfa"] && id["auth_time"]?.int == party.now)
            let access = try #require(tokens.json["access_token"]?.string)
            let claims = try await party.claims(access)
            #expect(claims["cnf"]?["jkt"]?.string == party.proofKey.verifyingKey.thumbprint && claims["sub"] == id["sub"])

            let info = try await party.userInfo(access)
            #expect(info.status == 200 && info.json["sub"] == id["sub"] && info.json["name"] == "דנה לוי" && info.json["national_number"] == "000000018")
            #expect(info.json["email"] == nil, "it was not asked for")
            // She sees that she signed in there, and each look at her details with its law.
            let entries = provider.audit.entries
            #expect(entries.map(\.what) == ["openid.consent", "openid.signIn", "openid.claims", "openid.claims"])
            #expect(entries.allSatisfy { $0.subjectID == Provider.person && $0.bodyID == "haifa" })
            #expect(entries.last?.basis == .law("parking-law.8") && entries.last?.fields == ["national_number"])
            // She agreed; the next time nobody asks her.
            let again = try await party.visit(try #require(try await party.push().json["request_uri"]?.string), session: "session-1", agreeing: nil)
            #expect(again.status == 303 && RelyingParty.query(again.location)["code"] != nil)
        }
    }

    @Test func clientsOfOtherSectorsKnowHerByAnotherName() async throws {
        try await Provider.with { provider in
            provider.signIn()
            var names: [String] = []
            for (id, sector) in [("parking", "haifa"), ("tax", "haifa"), ("army", "defence")] {
                let party = try await provider.client(id, sector: sector)
                let tokens = try await party.exchange(try await party.code())
                names.append(try await party.claims(try #require(tokens.json["id_token"]?.string))["sub"]?.string ?? "")
            }
            #expect(names[0] == names[1] && names[0] != names[2] && !names.contains(Provider.person) && !names[0].isEmpty)
        }
    }

    @Test func whoIsNotSignedInIsSentThereAndComesBack() async throws {
        try await Provider.with { provider in
            let party = try await provider.client()
            let uri = try #require(try await party.push(["ui_locales": "fr-CA en"]).json["request_uri"]?.string)
            let away = try await party.visit(uri, session: nil)
            #expect(away.status == 303 && away.location.hasPrefix("/fr/sign-in?next=%2Fopenid%2Fcontinue"))
            provider.signIn()
            #expect(try await RelyingParty.query(party.visit(uri, session: "session-1").location)["code"] != nil)
            // What was used up is gone, for her other tab too.
            let late = try await party.visit(uri, session: "session-1")
            #expect(late.status == 400 && late.location.isEmpty)
        }
    }

    @Test func whoDoesNotAgreeGoesBackWithoutACode() async throws {
        try await Provider.with { provider in
            let party = try await provider.client()
            provider.signIn()
            let uri = try #require(try await party.push().json["request_uri"]?.string)
            let back = RelyingParty.query(try await party.visit(uri, session: "session-1", agreeing: "refuse").location)
            #expect(back["error"] == "access_denied" && back["state"] == "the state" && back["iss"] == Provider.issuer && back["code"] == nil)
            #expect(provider.audit.entries.isEmpty)
        }
    }

    @Test func silentRequestsShowNoPage() async throws {
        try await Provider.with { provider in
            let party = try await provider.client()
            func ask(_ session: String?, _ more: [String: String?] = [:]) async throws -> [String: String] {
                let uri = try #require(try await party.push(["prompt": "none"].merging(more) { $1 }).json["request_uri"]?.string)
                return RelyingParty.query(try await party.visit(uri, session: session).location)
            }
            #expect(try await ask(nil)["error"] == "login_required")
            provider.signIn()
            #expect(try await ask("session-1")["error"] == "consent_required")
            _ = try await party.code()
            #expect(try await ask("session-1")["code"] != nil)
            provider.clock.advance(seconds: 600)
            #expect(try await ask("session-1", ["max_age": "599"])["error"] == "login_required")
            #expect(try await ask("session-1", ["max_age": "601"])["code"] != nil)
            // More than she agreed to is asked again.
            #expect(try await ask("session-1", ["scope": "openid profile email"])["error"] == "consent_required")
        }
    }

    @Test func aFreshSignInIsOneAfterTheRequest() async throws {
        try await Provider.with { provider in
            let party = try await provider.client()
            provider.signIn()
            for change in [["prompt": "login"], ["max_age": "0"]] {
                provider.clock.advance(seconds: 5)
                let uri = try #require(try await party.push(change).json["request_uri"]?.string)
                let away = try await party.visit(uri, session: "session-1")
                #expect(away.location.hasPrefix("/he/sign-in?again=1&next=%2Fopenid%2Fcontinue"), "\(change)")
                provider.clock.advance(seconds: 5)
                provider.signIn()
                #expect(try await RelyingParty.query(party.visit(uri, session: "session-1").location)["code"] != nil, "\(change)")
            }
        }
    }

    @Test func levelsOfAssurance() async throws {
        try await Provider.with { provider in
            let party = try await provider.client()
            provider.signIn()
            let essential = #"{"id_token":{"acr":{"essential":true,"values":["urn:zamin:acr:C3.P2"]}}}"#
            let uri = try #require(try await party.push(["claims": essential]).json["request_uri"]?.string)
            #expect(try await RelyingParty.query(party.visit(uri, session: "session-1").location)["error"] == "unmet_authentication_requirements")
            // What is only liked is answered by what is there.
            let tokens = try await party.exchange(try await party.code(["acr_values": "urn:zamin:acr:C3.P3"]))
            let token = try #require(tokens.json["id_token"]?.string)
            #expect(try await party.claims(token)["acr"] == "urn:zamin:acr:C2.P2")
            #expect(try await party.push(["claims": #"{"id_token":{"acr":{"essential":true,"values":["unknown"]}}}"#]).error == "invalid_request")
        }
    }
}
