@testable import Identity
import Contracts
import Database
import TestKit
import Testing
import Values
import Web

@Suite struct RecoveryTests {
    private static let wanted = "violet kettle marches"

    /// The whole way to the code.
    private func recover(_ world: IdentityWorld, _ browser: TestBrowser, email: String = "noa@example.org") async -> TestBrowser.Page {
        await browser.get("/recover")
        await browser.post("/recover")
        await browser.get("/register/number")
        await browser.post("/register/number", ["number": "600000012"])
        for (step, date) in [("birth", "14 3 2004"), ("card", "11 5 2020")] {
            let parts = date.split(separator: " ").map(String.init)
            await browser.get("/register/\(step)")
            await browser.post("/register/\(step)", ["day": parts[0], "month": parts[1], "year": parts[2]])
        }
        await browser.get("/register/address")
        await browser.post("/register/address", ["locality": "Haifa"])
        await browser.get("/register/contact")
        await browser.post("/register/contact", ["email": email])
        await browser.get("/register/password")
        await browser.post("/register/password", ["password": RecoveryTests.wanted])
        await browser.get("/register/code")
        return await browser.post("/register/code", ["code": world.postman.lastCode])
    }

    @Test(arguments: TestDatabases.engines)
    func aNewPasswordTakesEffectWhenItsTimeHasCome(engine: TestEngine) async throws {
        try await IdentityWorld.with(engine) { world in
            let (home, browser) = (TestBrowser(world), TestBrowser(world, address: "203.0.113.5"))
            try await home.register(world)
            let page = await recover(world, browser)
            #expect(page.status == 200 && page.text.contains("Your new password is kept"))
            let notice = try #require(world.postman.notices.last)
            #expect(notice.template == "identity.recovery-begun" && notice.link?.hasPrefix("/recover/stop/") == true)
            #expect(world.auditLog.entries.last?.what == "identity.recovery-begun")
            let subject = try #require(world.auditLog.entries.first?.subjectID)
            let store = world.identity.store
            let rows = try await world.database.read { try store.ledger(of: subject, in: $0).rows.count }
            #expect(rows == 6, "what was proved anew belongs to her")
            // Until then nothing has changed.
            world.clock.advance(seconds: 24 * 3_600 - 1)
            try await world.identity.completeRecoveries()
            #expect(await TestBrowser(world).enterPassword().location == "/en/sign-in/code")
            #expect(await TestBrowser(world).enterPassword("600000012", RecoveryTests.wanted).status == 422)
            try await home.signIn(world)
            world.clock.advance(seconds: 1)
            try await world.identity.completeRecoveries()
            #expect(await home.get("/me").status == 303, "all devices are signed out")
            #expect(await TestBrowser(world).enterPassword().status == 422)
            #expect(await TestBrowser(world).enterPassword("600000012", RecoveryTests.wanted).location == "/en/sign-in/code")
            #expect(world.postman.notices.last?.template == "identity.recovered" || world.postman.notices.contains { $0.template == "identity.recovered" })
            #expect(world.auditLog.entries.contains { $0.what == "identity.recovered" && $0.subjectID == subject })
        }
    }

    @Test func anotherAddressWaitsLongerAndThenIsTheNewOne() async throws {
        try await IdentityWorld.with { world in
            try await TestBrowser(world).register(world)
            _ = await recover(world, TestBrowser(world), email: "new@example.org")
            world.clock.advance(seconds: 71 * 3_600)
            try await world.identity.completeRecoveries()
            #expect(await TestBrowser(world).enterPassword().location == "/en/sign-in/code")
            world.clock.advance(seconds: 3_600)
            try await world.identity.completeRecoveries()
            await TestBrowser(world).enterPassword("600000012", RecoveryTests.wanted)
            #expect(world.postman.codes.last?.email == "new@example.org")
        }
    }

    @Test(arguments: TestDatabases.engines)
    func whoeverHasTheMessageStopsIt(engine: TestEngine) async throws {
        try await IdentityWorld.with(engine) { world in
            try await TestBrowser(world).register(world)
            _ = await recover(world, TestBrowser(world), email: "thief@example.org")
            let link = try #require(world.postman.notices.last?.link)
            let anybody = TestBrowser(world, address: "198.51.100.3")
            #expect(await anybody.get(link).text.contains("Stop the new password?"))
            #expect(await anybody.post(link).text.contains("It was stopped"))
            #expect(world.postman.notices.last?.template == "identity.recovery-stopped")
            #expect(await anybody.get(link).text.contains("nothing to stop"))
            #expect(await anybody.get("/recover/stop/nonsense").text.contains("nothing to stop"))
            world.clock.advance(seconds: 80 * 3_600)
            try await world.identity.completeRecoveries()
            #expect(await TestBrowser(world).enterPassword().location == "/en/sign-in/code")
        }
    }

    @Test func oneWaitsAtATimeAndThePersonSeesIt() async throws {
        try await IdentityWorld.with { world in
            let home = TestBrowser(world)
            try await home.register(world)
            _ = await recover(world, TestBrowser(world), email: "thief@example.org")
            let second = await recover(world, TestBrowser(world))
            #expect(second.status == 409 && second.text.contains("Another password is waiting already"))
            let page = await home.get("/me/authenticators")
            #expect(page.text.contains("A new password is waiting"))
            #expect(await home.post("/me/recovery/stop").text.contains("It was stopped"))
            #expect(world.auditLog.entries.last.map { $0.what == "identity.recovery-stopped" && $0.actorID == $0.subjectID } == true)
            #expect(await recover(world, TestBrowser(world)).status == 200)
        }
    }

    @Test func aPasswordChangedMeanwhileEndsIt() async throws {
        try await IdentityWorld.with { world in
            let home = TestBrowser(world)
            try await home.register(world)
            _ = await recover(world, TestBrowser(world), email: "thief@example.org")
            await home.get("/me/password")
            let changed = await home.post("/me/password", ["current": TestBrowser.password, "password": "a quiet river at noon"])
            #expect(changed.location == "/en/me/sessions?changed=1")
            #expect(world.auditLog.entries.contains { $0.what == "identity.recovery-stopped" })
            world.clock.advance(seconds: 80 * 3_600)
            try await world.identity.completeRecoveries()
            #expect(await TestBrowser(world).enterPassword("600000012", "a quiet river at noon").location == "/en/sign-in/code")
        }
    }

    @Test func whoIsNotRegisteredRegisters() async throws {
        try await IdentityWorld.with { world in
            let browser = TestBrowser(world)
            await browser.get("/recover")
            await browser.post("/recover")
            await browser.get("/register/number")
            await browser.post("/register/number", ["number": "600000012"])
            await browser.get("/register/birth")
            await browser.post("/register/birth", ["day": "14", "month": "3", "year": "2004"])
            await browser.get("/register/card")
            await browser.post("/register/card", ["day": "11", "month": "5", "year": "2020"])
            await browser.get("/register/address")
            await browser.post("/register/address", ["locality": "Haifa"])
            let contact = await browser.get("/register/contact")
            #expect(contact.text.contains("You are not registered yet") && contact.text.contains("name=\"phone\""))
            await browser.equip()
            await browser.get("/register/code")
            #expect(await browser.post("/register/code", ["code": world.postman.lastCode]).location == "/en/me")
        }
    }

    @Test func whatDoesNotAgreeWithTheRegistersRecoversNothing() async throws {
        try await IdentityWorld.with { world in
            try await TestBrowser(world).register(world)
            let thief = TestBrowser(world)
            await thief.get("/recover")
            await thief.post("/recover")
            await thief.get("/register/number")
            await thief.post("/register/number", ["number": "600000012"])
            await thief.get("/register/birth")
            await thief.post("/register/birth", ["day": "14", "month": "3", "year": "2004"])
            await thief.get("/register/card")
            await thief.post("/register/card", ["day": "12", "month": "5", "year": "2020"])
            await thief.get("/register/address")
            let page = await thief.post("/register/address", ["locality": "Haifa"])
            #expect(page.status == 422 && page.text.contains("We could not confirm your details"))
            #expect(await thief.get("/register/contact").location == "/en/register/address")
        }
    }
}
