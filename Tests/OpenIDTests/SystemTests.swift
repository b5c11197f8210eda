import Contracts
import Database
import HTTPTypes
import Jobs
import Language
@testable import OpenID
import TestKit
import Testing
import Trust
import Values
import Web

/// What bodies register themselves: the form, the review, what is for trying out, figures, and a person's view of it.
@Suite struct SystemTests {
    private static func officer(_ id: String, _ role: String, at body: String = "haifa") -> Actor {
        Actor(
            kind: .person, id: id, name: id, sessionID: "s", assurance: .substantial, capacity: .office(organisation: body, role: role), roles: [role])
    }
    private static let developer = officer("dev", OfficerRole.developer)
    private static let reviewer = officer("rev", OfficerRole.clientReviewer)

    private static func fields(_ change: [String: String?] = [:], key: SigningKey = .generate(.ecdsaP256)) -> Fields {
        var fields: [String: String] = [
            "id": "parking", "name_he": "חניה", "name_en": "Parking", "redirects": "https://parking.test/callback", "tests": "http://localhost:3000/cb\n",
            "jwks": JWKSet([key.verifyingKey]).json.text, "sector": "haifa", "basis_profile": "law", "law_profile": "parking.7",
            "title_he_profile": "חוק החניה, סעיף 7", "basis_email": "consent",
        ]
        for (name, value) in change { fields[name] = value }
        return Fields(fields.map { ($0.key, $0.value) })
    }

    private static func form(_ change: [String: String?] = [:]) -> ApplicationForm {
        ApplicationForm(fields(change), bodyID: "haifa", allowsLoopback: false)
    }

    @Test func aRightFormIsMetadata() throws {
        let form = Self.form()
        #expect(form.faults.isEmpty)
        let client = try Client(json: form.content)
        #expect(client.id == "parking" && client.bodyID == "haifa" && client.allows(.profile) && client.allows(.email) && !client.allows(.phone))
    }

    @Test(arguments: [
        (["id": "X"], ["id"]), (["id": "parking-test"], ["id"]), (["name_he": nil], ["name_he"]), (["redirects": ""], ["redirects"]),
        (["redirects": "http://localhost/cb"], ["redirects"]), (["redirects": "https://a.test/#x"], ["redirects"]),
        (["tests": "https://evil.test/cb"], ["tests"]), (["tests": "http://localhost.evil.test/"], ["tests"]), (["jwks": "{"], ["jwks"]),
        (["jwks": "{\"keys\":[]}"], ["jwks"]), (["jwks_uri": "ftp://x"], ["jwks_uri"]), (["jwks_uri": "http://127.0.0.1:8083/keys"], ["jwks_uri"]), (["backchannel": "x"], ["backchannel"]),
        (["title_he_profile": nil], ["basis_profile"]), (["law_profile": nil], ["basis_profile"]),
        (["id": "X", "redirects": "", "jwks": "", "backchannel": "x"], ["id", "redirects", "jwks", "backchannel"]),
    ] as [([String: String?], [String])])
    func eachFaultIsFound(change: [String: String?], expected: [String]) {
        #expect(Set(Self.form(change).faults.map(\.field)) == Set(expected))
    }

    @Test(arguments: TestDatabases.engines)
    func aVersionIsLiveWhenSomebodyElseHasReviewedIt(engine: TestEngine) async throws {
        try await Provider.with(engine) { provider in
            let openID = provider.openID
            func find(_ id: String) async throws -> Client? { try await provider.database.read { try openID.clients.find(id, in: $0) } }
            _ = try await openID.submit(Self.form().content, by: Self.developer, at: "haifa")
            #expect(try await find("parking") == nil)
            let test = try #require(try await find("parking-test"))
            #expect(test.isTest && test.redirectURIs == ["http://localhost:3000/cb"] && test.sector == "haifa-test" && test.backChannelURI == nil)
            await #expect(throws: OpenID.ApplicationFault.self) {
                try await openID.approve("parking", version: 1, by: Self.officer("dev", OfficerRole.clientReviewer))
            }
            try await openID.approve("parking", version: 1, by: Self.reviewer)
            #expect(try await find("parking")?.isTest == false)
            #expect(provider.postman.notices.map(\.template) == ["openid.approved"] && provider.postman.notices[0].recipientID == "dev")
            // Another version changes nothing before it was reviewed too.
            _ = try await openID.submit(Self.form(["redirects": "https://new.test/cb"]).content, by: Self.developer, at: "haifa")
            #expect(try await find("parking")?.redirectURIs == ["https://parking.test/callback"])
            try await openID.refuse("parking", version: 2, reason: "not yours", by: Self.reviewer)
            #expect(provider.postman.notices.last.map { $0.template == "openid.refused" && $0.values["reason"] == "not yours" } == true)
            await #expect(throws: OpenID.ApplicationFault.self) { try await openID.approve("parking", version: 2, by: Self.reviewer) }
            _ = try await openID.submit(Self.form(["redirects": "https://new.test/cb"]).content, by: Self.developer, at: "haifa")
            try await openID.approve("parking", version: 3, by: Self.reviewer)
            #expect(try await find("parking")?.redirectURIs == ["https://new.test/cb"])
            let versions = try await provider.database.read { try openID.applications.versions(of: "parking", in: $0) }
            #expect(versions.map(\.state) == [.live, .refused, .replaced])
        }
    }

    @Test func aNameIsOneBodys() async throws {
        try await Provider.with { provider in
            _ = try await provider.openID.submit(Self.form().content, by: Self.developer, at: "haifa")
            await #expect(throws: OpenID.ApplicationFault.self) {
                _ = try await provider.openID.submit(Self.form().content, by: Self.officer("x", OfficerRole.developer, at: "other"), at: "other")
            }
            // Nor can one take the name of a system that an operator registered.
            _ = try await provider.client("haifa-parking")
            await #expect(throws: OpenID.ApplicationFault.self) {
                _ = try await provider.openID.submit(
                    Self.form(["id": "haifa-parking"]).content, by: Self.officer("x", OfficerRole.developer, at: "other"), at: "other")
            }
        }
    }

    @Test(arguments: TestDatabases.engines)
    func whatIsRetiredEndsAtOnce(engine: TestEngine) async throws {
        try await Provider.with(engine) { provider in
            let party = RelyingParty(id: "parking", provider: provider)
            let fields = Self.fields(["redirects": RelyingParty.redirect], key: party.key)
            _ = try await provider.openID.submit(ApplicationForm(fields, bodyID: "haifa", allowsLoopback: false).content, by: Self.developer, at: "haifa")
            try await provider.openID.approve("parking", version: 1, by: Self.reviewer)
            provider.signIn()
            let tokens = try await party.exchange(party.code(["scope": "openid profile"]))
            let access = try #require(tokens.json["access_token"]?.string)
            #expect(try await party.userInfo(access).status == 200)
            try await provider.openID.retire("parking", by: Self.developer, at: "haifa")
            #expect(try await party.userInfo(access).status == 401)
            #expect(try await party.push().error == "invalid_client")
            // It can come back, by the same way.
            _ = try await provider.openID.submit(ApplicationForm(fields, bodyID: "haifa", allowsLoopback: false).content, by: Self.developer, at: "haifa")
            try await provider.openID.approve("parking", version: 3, by: Self.reviewer)
            #expect(try await party.push().status == 201)
            #expect(try await party.userInfo(access).status == 401)
        }
    }

    @Test(arguments: TestDatabases.engines)
    func signInsAndRefusalsAreCounted(engine: TestEngine) async throws {
        try await Provider.with(engine) { provider in
            let party = try await provider.client()
            provider.signIn()
            for _ in 0..<3 { _ = try await party.code() }
            let uri = try #require(try await party.push(["prompt": "consent"]).json["request_uri"]?.string)
            _ = try await party.visit(uri, session: "session-1", agreeing: "refuse")
            let (applications, today) = (provider.openID.applications, IsraelTime.date(provider.clock.source.now()))
            let counts = try await provider.database.read { try applications.counts(of: party.id, since: today, in: $0) }
            #expect(counts.map { "\($0.what) \($0.number)" } == ["access_denied 1", "signIn 3"])
        }
    }

    @Test(arguments: TestDatabases.engines)
    func whatAClientHasNotTakenIsSeen(engine: TestEngine) async throws {
        try await Provider.with(engine) { provider in
            // Nobody listens at port 9.
            let party = try await provider.client(more: ["backchannel_logout_uri": "http://127.0.0.1:9/logout"])
            provider.signIn()
            _ = try await party.code()
            let openID = provider.openID
            try await provider.database.write {
                try openID.tellClients(of: Provider.person, session: "session-1", at: provider.clock.source.now(), in: $0)
            }
            try await provider.worker.runUntilIdle()
            let untaken = try await provider.database.read { try openID.applications.untaken(by: party.id, limit: 9, in: $0) }
            #expect(untaken.map(\.sessionID) == ["session-1"] && untaken.first?.status == 0 && untaken.first?.tries == 1)
        }
    }

    @Test(arguments: TestDatabases.engines)
    func aPersonSeesAndEndsIt(engine: TestEngine) async throws {
        try await Provider.with(engine) { provider in
            let party = try await provider.client()
            provider.signIn()
            let tokens = try await party.exchange(party.code(["scope": "openid profile email offline_access"]))
            let (access, refresh) = (try #require(tokens.json["access_token"]?.string), try #require(tokens.json["refresh_token"]?.string))
            func get(_ session: String) async -> String {
                let headers: HTTPFields = [.accept: "text/html", .cookie: "\(Dispatcher.sessionCookie)=\(session)"]
                return String(decoding: await provider.dispatcher.answer(Incoming(.get, "/en/me/systems", headers: headers)).body, as: UTF8.self)
            }
            let page = await get("session-1")
            #expect(page.contains("Haifa parking") && page.contains("Parking Law, section 7") && page.contains("with your consent"))
            #expect(page.contains("while you are away") && page.contains("rests on a law"))
            let token = page.split(separator: "name=\"_csrf\" value=\"")[1].prefix { $0 != "\"" }
            func end(_ client: String) async -> Int {
                let headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded", .cookie: "\(Dispatcher.sessionCookie)=session-1"]
                let body = Array("_csrf=\(PercentEncoding.encode(String(token)))&client=\(client)".utf8)
                return await provider.dispatcher.answer(Incoming(.post, "/en/me/systems/end", headers: headers, body: body)).status
            }
            #expect(await end("nobody") == 404)
            #expect(await end(party.id) == 303)
            #expect(try await party.userInfo(access).status == 401)
            #expect(try await party.refresh(refresh).error == "invalid_grant")
            #expect(provider.audit.entries.last.map { $0.what == "openid.withdrawn" && $0.bodyID == "haifa" } == true)
            let uri = try #require(try await party.push(["prompt": "none"]).json["request_uri"]?.string)
            #expect(RelyingParty.query(try await party.visit(uri, session: "session-1").location)["error"] == "consent_required")
        }
    }
}
