@testable import Identity
import Contracts
import Database
import Language
import TestKit
import Testing
import Values
import Web

@Suite struct SessionTests {
    @Test(arguments: TestDatabases.engines)
    func sessionsEndByIdlenessAndByAge(engine: TestEngine) async throws {
        try await IdentityWorld.with(engine) { world in
            let browser = TestBrowser(world)
            try await browser.register(world)
            world.clock.advance(seconds: 29 * 60)
            #expect(await browser.get("/me").status == 200)
            world.clock.advance(seconds: 29 * 60)
            #expect(await browser.get("/me").status == 200, "use keeps it alive")
            world.clock.advance(seconds: 30 * 60)
            #expect(await browser.get("/me").status == 303, "half an hour of nothing ends it")
            try await browser.signIn(world)
            for _ in 0..<28 {
                world.clock.advance(seconds: 25 * 60)
                #expect(await browser.get("/me").status == 200)
            }
            world.clock.advance(seconds: 20 * 60)
            #expect(await browser.get("/me").status == 303, "twelve hours are the most")
            try await world.identity.removeExpired()
            let left = try await world.database.read { try $0.first("SELECT count(*) FROM identity_session") { try $0.int(0) } }
            #expect(left == 0)
        }
    }

    @Test func aPersonSeesAndEndsHerSessions() async throws {
        try await IdentityWorld.with { world in
            let (home, phone) = (TestBrowser(world), TestBrowser(world, address: "203.0.113.77"))
            try await home.register(world)
            try await phone.signIn(world)
            let page = await home.get("/me/sessions")
            #expect(
                page.status == 200 && page.text.contains("203.0.113.77") && page.text.contains("192.0.2.7")
                    && page.text.contains("This device"))
            let subject = try #require(world.auditLog.entries.first?.subjectID)
            let (store, now) = (world.identity.store, world.clock.now)
            let other = try #require(
                try await world.database.read { try store.sessions(of: subject, liveAt: now, limit: 9, in: $0) }.first {
                    $0.detail.address == "203.0.113.77"
                })
            #expect(await home.post("/me/sessions/\(other.id)/end").location == "/en/me/sessions?ended=1")
            #expect(await phone.get("/me").status == 303)
            #expect(await home.post("/me/sessions/\(other.id)/end").status == 404)
            #expect(await home.post("/me/sessions/nonsense/end").status == 404)
            #expect(await home.get("/me").status == 200)
            try await phone.signIn(world)
            await home.get("/me/sessions")
            #expect(await home.post("/me/sessions/end-all").location == "/en/signed-out")
            #expect(await phone.get("/me").status == 303)
            #expect(world.auditLog.entries.suffix(2).map(\.what) == ["identity.signIn", "identity.session"])
        }
    }

    @Test func anotherPersonsSessionIsNotThere() async throws {
        try await IdentityWorld.with { world in
            world.exchange.add(.init(number: "600000020"))
            let (noa, dan) = (TestBrowser(world), TestBrowser(world))
            try await noa.register(world)
            try await dan.register(world, .init(number: "600000020"), email: "dan@example.org")
            let (store, now) = (world.identity.store, world.clock.now)
            let subject = try #require(world.auditLog.entries.first?.subjectID)
            let hers = try #require(try await world.database.read { try store.sessions(of: subject, liveAt: now, limit: 9, in: $0) }.first)
            await dan.get("/me/sessions")
            #expect(await dan.post("/me/sessions/\(hers.id)/end").status == 404)
            #expect(await noa.get("/me").status == 200)
        }
    }

    @Test func aChangedPasswordEndsTheOtherSessions() async throws {
        try await IdentityWorld.with { world in
            let (home, phone) = (TestBrowser(world), TestBrowser(world))
            try await home.register(world)
            try await phone.signIn(world)
            await home.get("/me/password")
            #expect(await home.post("/me/password", ["current": "not this one at all", "password": "purple kettle dances"]).status == 422)
            #expect(await home.post("/me/password", ["current": TestBrowser.password, "password": "short"]).status == 422)
            #expect(
                await home.post("/me/password", ["current": TestBrowser.password, "password": "purple kettle dances"]).location
                    == "/en/me/sessions?changed=1")
            #expect(await phone.get("/me").status == 303)
            #expect(await home.get("/me").status == 200)
            #expect(world.postman.notices.last?.template == "identity.password-changed")
            #expect(await phone.enterPassword().status == 422)
            #expect(await phone.enterPassword("600000012", "purple kettle dances").status == 303)
        }
    }

    @Test func theZoneListsThem() async throws {
        try await IdentityWorld.with { world in
            try await TestBrowser(world).register(world)
            let actor = try #require(world.auditLog.entries.first?.subjectID)
            let section = world.identity.zoneSection
            let items = try await world.database.read {
                try section.items(for: Actor(kind: .person, id: actor, name: ""), language: .en, limit: 3, in: $0)
            }
            #expect(items.map(\.title) == ["Firefox (Linux)"])
        }
    }
}

@Suite struct CapacityTests {
    @Test(arguments: TestDatabases.engines)
    func anOfficerChoosesHerOffice(engine: TestEngine) async throws {
        try await IdentityWorld.with(engine) { world in
            let browser = TestBrowser(world)
            try await browser.register(world)
            let subject = try #require(world.auditLog.entries.first?.subjectID)
            try await world.give(subject, "municipality-haifa", "case-officer", from: "2020-01-01", to: nil)
            try await world.give(subject, "police", "case-officer", from: "2020-01-01", to: "2020-12-31")
            await browser.get("/me/sessions")
            await browser.post("/sign-out")
            #expect(try await browser.signIn(world, next: "/desk").location == "/en/capacity")
            let page = await browser.get("/capacity")
            #expect(page.text.contains("Haifa Municipality") && page.text.contains("Case officer") && !page.text.contains("police"))
            let before = browser.cookies["__Host-session"]
            #expect(await browser.post("/capacity", ["capacity": "office:municipality-haifa:case-officer"]).location == "/en/desk")
            #expect(browser.cookies["__Host-session"] != before, "more power, another secret")
            #expect(await browser.get("/desk").text == "desk municipality-haifa")
            #expect(await browser.get("/me").status == 403, "in office she is no citizen")
            #expect(await browser.get("/capacity").text.contains("Haifa Municipality</bdi></span>"), "the frame says in what capacity")
            let people = world.identity.people
            let officers = try await world.database.read { connection in
                (
                    try people.officers(of: "municipality-haifa", role: "case-officer", in: connection).map(\.id),
                    try people.officers(of: "police", role: nil, in: connection).count
                )
            }
            #expect(officers.0 == [subject] && officers.1 == 0)
            #expect(await browser.post("/capacity", ["capacity": "own"]).location == "/en/me")
            #expect(world.auditLog.entries.filter { $0.what == "identity.capacity" }.map(\.bodyID) == ["municipality-haifa", nil])
        }
    }

    @Test(arguments: ["office:police:case-officer", "business:680000015", "office:municipality-haifa:administrator"])
    func whatIsNotHersIsRefused(_ capacity: String) async throws {
        try await IdentityWorld.with { world in
            let browser = TestBrowser(world)
            try await browser.register(world)
            await browser.get("/capacity")
            let page = await browser.post("/capacity", ["capacity": capacity])
            #expect(page.status == 409 && page.text.contains("identity.capacity-gone"))
            #expect(await browser.get("/me").status == 200)
        }
    }

    @Test func aBusinessIsAskedForInItsRegister() async throws {
        try await IdentityWorld.with { world in
            var owner = ScriptedExchange.Resident()
            owner.businesses = [
                ["number": "680000015", "name": "קפה הסמטה", "status": "active"],
                ["number": "690000010", "name": "סגור", "status": "closed"],
            ]
            world.exchange.add(owner)
            let browser = TestBrowser(world)
            try await browser.register(world)
            let page = await browser.get("/capacity")
            #expect(page.text.contains("קפה הסמטה") && !page.text.contains("סגור"))
            #expect(await browser.post("/capacity", ["capacity": "business:680000015"]).location == "/en/me")
            #expect(await browser.get("/me/sessions").text.contains("קפה הסמטה"), "the frame shows the business")
            let asked = try #require(world.exchange.asked.last)
            #expect(asked.purpose == "capacity" && asked.subjectID != nil && asked.actor.assurance == Assurance(credential: 2, proof: 2))
            world.exchange.takeDown(["businesses.ofSignatory"])
            world.clock.advance(seconds: CapacityRegister<SignedBusiness>.keptSeconds)
            #expect(await browser.get("/capacity").text.contains("cannot check just now"))
            #expect(await browser.post("/capacity", ["capacity": "business:680000015"]).status == 503)
            #expect(await browser.post("/capacity", ["capacity": "own"]).status == 303)
        }
    }

    @Test func nobodyChoosesWithoutSigningIn() async throws {
        try await IdentityWorld.with { world in
            #expect(await TestBrowser(world).get("/capacity").location == "/en/sign-in?next=%2Fcapacity")
        }
    }
}

extension IdentityWorld {
    func give(_ subject: String, _ body: String, _ role: String, from: String, to: String?) async throws {
        let store = identity.store
        let office = Office(
            subjectID: subject, bodyID: body, role: role, from: try #require(CalendarDate(from)), to: to.flatMap { CalendarDate($0) })
        try await database.write { try store.set(office, in: $0) }
    }
}
