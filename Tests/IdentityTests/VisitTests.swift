@testable import Identity
import Contracts
import Database
import Language
import TestKit
import Testing
import Values
import Web

/// Proving face to face who one is.
@Suite struct VisitTests {
    /// Noa for herself, and Dan who proves identities at an office.
    private func with(_ engine: TestEngine = .sqlite, _ body: @Sendable @escaping (IdentityWorld, TestBrowser, TestBrowser) async throws -> Void) async throws {
        try await IdentityWorld.with(engine) { world in
            world.exchange.add(.init(number: "600000020"))
            let (noa, dan) = (TestBrowser(world), TestBrowser(world, address: "203.0.113.8"))
            try await noa.register(world)
            try await dan.register(world, .init(number: "600000020"), email: "dan@example.org")
            let store = world.identity.store
            let officer = try #require(try await world.database.read { try store.subject(.national("600000020"), in: $0) })
            let today = IsraelTime.date(world.clock.now)
            try await world.database.write { connection in
                try store.set(
                    Office(subjectID: officer, bodyID: "municipality-haifa", role: OfficerRole.identityOfficer, from: today, to: nil), in: connection)
            }
            await dan.get("/capacity")
            let chosen = await dan.post("/capacity", ["capacity": "office:municipality-haifa:identity-officer"])
            #expect(chosen.location == "/en/desk/identities")
            try await body(world, noa, dan)
        }
    }

    private func code(_ noa: TestBrowser) async throws -> String {
        await noa.get("/me/identity")
        let page = await noa.post("/me/identity/visit")
        return try #require(page.text.components("z-amount-sum\"><bdi dir=\"ltr\" class=\"z-ltr\">").dropFirst().first?.split(separator: "<").first.map(String.init))
    }

    @Test(arguments: TestDatabases.engines)
    func anOfficerComparesAndTheLevelRisesAtOnce(engine: TestEngine) async throws {
        try await with(engine) { world, noa, dan in
            #expect(await noa.get("/me").text.contains("C2.P2"))
            let code = try await code(noa)
            await dan.get("/desk/identities")
            let found = await dan.post("/desk/identities", ["code": code.lowercased()])
            #expect(found.status == 200 && found.text.contains("נועה ברק") && found.text.contains("600000012"))
            #expect(world.auditLog.entries.last.map { $0.what == "identity.visit" && $0.action == .read && $0.bodyID == "municipality-haifa" } == true)
            let careless = await dan.post("/desk/identities/confirm", ["code": code, "paper": "passport"])
            #expect(careless.status == 422 && careless.text.contains("confirm that you compared"))
            #expect(await dan.post("/desk/identities/confirm", ["code": code, "paper": "passport", "compared": "yes"]).location == "/en/desk/identities?done=1")
            #expect(await noa.get("/me").text.contains("C2.P3"), "where she is signed in too")
            let page = await noa.get("/me/identity")
            #expect(page.text.contains("face to face") && page.text.contains("(passport)") && !page.text.contains("Get a code"))
            #expect(world.postman.notices.last?.template == "identity.proved-in-person")
            #expect(world.auditLog.entries.last?.what == "identity.proved-in-person")
            let again = await dan.post("/desk/identities/confirm", ["code": code, "paper": "passport", "compared": "yes"])
            #expect(again.status == 422 && again.text.contains("half hour is over"), "a code is good once")
        }
    }

    @Test func aCodeIsGoodForHalfAnHourAndTheNewestCounts() async throws {
        try await with { world, noa, dan in
            let (first, second) = (try await code(noa), try await code(noa))
            await dan.get("/desk/identities")
            #expect(await dan.post("/desk/identities", ["code": first]).status == 422)
            #expect(await dan.post("/desk/identities", ["code": second]).status == 200)
            world.clock.advance(seconds: 1_800 - 1)
            #expect(await dan.post("/desk/identities", ["code": second]).status == 200)
            world.clock.advance(seconds: 1)
            #expect(await dan.post("/desk/identities", ["code": second]).status == 422)
        }
    }

    @Test func nobodyProvesHimself() async throws {
        try await with { world, _, dan in
            let own = try await code(dan)
            await dan.get("/desk/identities")
            #expect(await dan.post("/desk/identities", ["code": own]).status == 422)
            #expect(await dan.post("/desk/identities/confirm", ["code": own, "paper": "passport", "compared": "yes"]).status == 422)
        }
    }

    @Test func onlyWhoHasTheRole() async throws {
        try await with { _, noa, _ in
            #expect(await noa.get("/desk/identities").status == 403)
            await noa.get("/me/identity")
            #expect(await noa.post("/desk/identities", ["code": "AAAA-AAAA"]).status == 403)
        }
    }

    @Test(arguments: ["", "AAAA", "AAAA-AAA1", String(repeating: "A", count: 5_000), "אבגדהוזח", "AAAA AAAA"])
    func whatIsNoCodeIsSaid(typed: String) async throws {
        try await with { _, _, dan in
            await dan.get("/desk/identities")
            #expect(await dan.post("/desk/identities", ["code": typed]).status == 422)
        }
    }
}
