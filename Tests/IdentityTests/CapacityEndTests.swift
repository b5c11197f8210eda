@testable import Identity
import Contracts
import Database
import Language
import TestKit
import Testing
import Values
import Web

/// Capacities that end while somebody acts in them.
@Suite struct CapacityEndTests {
    @Test(arguments: TestDatabases.engines)
    func anOfficeEndsWithItsLastDay(engine: TestEngine) async throws {
        try await IdentityWorld.with(engine) { world in
            let browser = TestBrowser(world)
            try await browser.register(world)
            let subject = try #require(world.auditLog.entries.first?.subjectID)
            let today = "\(IsraelTime.date(world.clock.now))"
            try await world.give(subject, "municipality-haifa", "case-officer", from: "2020-01-01", to: today)
            await browser.get("/capacity")
            await browser.post("/capacity", ["capacity": "office:municipality-haifa:case-officer"])
            #expect(await browser.get("/desk").status == 200, "its last day is one of its days")
            try await world.give(subject, "municipality-haifa", "case-officer", from: "2020-01-01", to: "2020-12-31")
            #expect(await browser.get("/desk").status == 403)
            #expect(await browser.get("/me").status == 200, "she goes on for herself")
            #expect(try await world.capacities() == ["own"])
            #expect(world.auditLog.entries.last { $0.what == "identity.capacity-ended" }?.bodyID == "municipality-haifa")
        }
    }

    /// What was opened for a business is not done in her own name when she may not sign for it any more.
    @Test(arguments: TestDatabases.engines)
    func aFormOpenedInACapacityThatEndedIsNotSent(engine: TestEngine) async throws {
        try await IdentityWorld.with(engine) { world in
            let browser = try await world.actingForBusiness()
            await browser.get("/me/sessions")
            world.exchange.add(.init())
            world.clock.advance(seconds: Session.recheckSeconds)
            #expect(await browser.post("/me/sessions/end-all").status == 403)
            #expect(try await world.capacities() == ["own"])
            #expect(world.auditLog.entries.count { $0.what == "identity.capacity-ended" } == 1)
        }
    }

    @Test(arguments: TestDatabases.engines)
    func aRightToSignEndsWithTheRegister(engine: TestEngine) async throws {
        try await IdentityWorld.with(engine) { world in
            let browser = try await world.actingForBusiness()
            #expect(world.exchange.signatoryQuestions == 1)
            world.clock.advance(seconds: Session.recheckSeconds - 1)
            #expect(await browser.get("/me/sessions").text.contains("קפה הסמטה") && world.exchange.signatoryQuestions == 1)
            world.clock.advance(seconds: 1)
            #expect(await browser.get("/me/sessions").text.contains("קפה הסמטה") && world.exchange.signatoryQuestions == 2)
            world.exchange.add(.init())
            world.clock.advance(seconds: Session.recheckSeconds - 1)
            #expect(await browser.get("/me/sessions").text.contains("קפה הסמטה") && world.exchange.signatoryQuestions == 2)
            world.clock.advance(seconds: 1)
            #expect(await !browser.get("/me/sessions").text.contains("קפה הסמטה") && world.exchange.signatoryQuestions == 3)
            #expect(try await world.capacities() == ["own"])
            #expect(await browser.get("/me").status == 200)
        }
    }

    @Test func aRegisterThatIsDownIsWaitedForAnHour() async throws {
        try await IdentityWorld.with { world in
            let browser = try await world.actingForBusiness()
            world.exchange.takeDown(["businesses.ofSignatory"])
            for _ in 0..<2 {
                world.clock.advance(seconds: 25 * 60)
                #expect(await browser.get("/me/sessions").text.contains("קפה הסמטה"))
            }
            let questions = world.exchange.signatoryQuestions
            for _ in 0..<5 { await browser.get("/me/sessions") }
            #expect(world.exchange.signatoryQuestions == questions, "its silence is kept for a minute too")
            world.clock.advance(seconds: Session.uncheckedSeconds - 50 * 60)
            #expect(await !browser.get("/me/sessions").text.contains("קפה הסמטה"))
            #expect(try await world.capacities() == ["own"])
        }
    }

    /// However often and however many at once: one question a minute.
    @Test func looksAtTheChoiceAskTheRegisterOnce() async throws {
        try await IdentityWorld.with { world in
            let browser = TestBrowser(world)
            try await browser.register(world)
            await withTaskGroup(of: Int.self) { group in
                for _ in 0..<20 { group.addTask { await browser.get("/capacity").status } }
                for await status in group { #expect(status == 200) }
            }
            #expect(world.exchange.signatoryQuestions == 1)
            world.clock.advance(seconds: CapacityRegister<SignedBusiness>.keptSeconds)
            await browser.get("/capacity")
            #expect(world.exchange.signatoryQuestions == 2)
        }
    }

    @Test func officesAreFoundByName() async throws {
        try await IdentityWorld.with { world in
            let browser = TestBrowser(world)
            try await browser.register(world)
            let subject = try #require(world.auditLog.entries.first?.subjectID)
            for body in ["municipality-haifa", "aa-town", "Zz-town"] {
                try await world.give(subject, body, "case-officer", from: "2020-01-01", to: nil)
            }
            let pieces = await browser.get("/capacity").text.components("value=\"office:").dropFirst()
            #expect(pieces.map { $0.prefix { $0 != ":" } } == ["municipality-haifa", "Zz-town", "aa-town"], "Haifa Municipality comes first")
        }
    }

    @Test(arguments: TestDatabases.engines)
    func aSessionThatCannotBeOpenedIsOver(engine: TestEngine) async throws {
        try await IdentityWorld.with(engine) { world in
            let (home, phone) = (TestBrowser(world), TestBrowser(world))
            try await home.register(world)
            try await phone.signIn(world)
            let broken = try #require(Token.hash(of: phone.cookies["__Host-session"]))
            try await world.database.write {
                try $0.execute("UPDATE identity_session SET sealed = $1 WHERE token_hash = $2", [.blob([1, 2, 3]), .text(broken)])
            }
            #expect(await home.get("/me/sessions").status == 200, "the list is shown without it")
            #expect(await phone.get("/me").location == "/en/sign-in?next=%2Fme")
            #expect(await phone.get("/sign-in").status == 200)
            #expect(try await world.count("identity_session") == 1)
        }
    }
}

extension IdentityWorld {
    /// Somebody who acts for her café.
    func actingForBusiness() async throws -> TestBrowser {
        var owner = ScriptedExchange.Resident()
        owner.businesses = [["number": "680000015", "name": "קפה הסמטה", "status": "active"]]
        exchange.add(owner)
        let browser = TestBrowser(self)
        try await browser.register(self)
        await browser.get("/capacity")
        await browser.post("/capacity", ["capacity": "business:680000015"])
        return browser
    }

    func capacities() async throws -> [String] {
        try await database.read { try $0.query("SELECT capacity FROM identity_session", []) { try $0.text(0) } }
    }

    func count(_ table: String) async throws -> Int64? {
        try await database.read { try $0.first("SELECT count(*) FROM \(table)") { try $0.int(0) } }
    }
}
