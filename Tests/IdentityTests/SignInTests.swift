@testable import Identity
import Contracts
import Database
import HTTPTypes
import TestKit
import Testing
import Trust
import Values
import Web

@Suite struct SignInTests {
    @Test func wrongPasswordAndUnknownNumberLookAlike() async throws {
        try await IdentityWorld.with { world in
            try await TestBrowser(world).register(world)
            let wrong = await TestBrowser(world).enterPassword("600000012", "another long password")
            let unknown = await TestBrowser(world).enterPassword("600000020", "another long password")
            #expect(wrong.status == 422 && unknown.status == 422)
            #expect(bare(wrong.text).replacing("600000012", with: "N") == bare(unknown.text).replacing("600000020", with: "N"))
            #expect(wrong.setCookies.map { $0.prefix(11) } == unknown.setCookies.map { $0.prefix(11) })
            #expect(world.postman.codes.count == 1, "no code goes out but the one of the registration")
        }
    }

    @Test func fiveWrongCodesEndTheSignIn() async throws {
        try await IdentityWorld.with { world in
            try await TestBrowser(world).register(world)
            let browser = TestBrowser(world)
            await browser.enterPassword()
            await browser.get("/sign-in/code")
            let right = world.postman.lastCode
            let wrong = right == "111111" ? "222222" : "111111"
            for _ in 0..<2 { #expect(await browser.post("/sign-in/code", ["code": wrong]).status == 422) }
            await browser.post("/sign-in/code/resend")
            let second = world.postman.lastCode
            let wrongAgain = second == "111111" ? "222222" : "111111"
            for _ in 0..<2 { #expect(await browser.post("/sign-in/code", ["code": wrongAgain]).status == 422) }
            let last = await browser.post("/sign-in/code", ["code": wrongAgain])
            #expect(last.text.contains("identity.code-void"), "another code does not give other tries")
            #expect(await browser.post("/sign-in/code", ["code": second]).location == "/en/sign-in")
            #expect(try await browser.signIn(world).location == "/en/me", "a new sign-in works at once")
        }
    }

    @Test func aCodeWorksOnceAndOnlyInItsBrowser() async throws {
        try await IdentityWorld.with { world in
            try await TestBrowser(world).register(world)
            let (browser, thief) = (TestBrowser(world), TestBrowser(world))
            await browser.enterPassword()
            let code = world.postman.lastCode
            await thief.get("/sign-in")
            #expect(await thief.post("/sign-in/code", ["code": code]).location == "/en/sign-in")
            let ceremony = browser.cookies["__Host-sign-in"]
            await browser.get("/sign-in/code")
            #expect(await browser.post("/sign-in/code", ["code": code]).location == "/en/me")
            let again = TestBrowser(world)
            again.set("__Host-sign-in", ceremony)
            await again.get("/sign-in")
            #expect(await again.post("/sign-in/code", ["code": code]).status == 410)
        }
    }

    @Test func guessingIsSlowedWhereItHappensOnly() async throws {
        try await IdentityWorld.with { world in
            try await TestBrowser(world).register(world)
            let attacker = TestBrowser(world, address: "203.0.113.5")
            for _ in 0..<10 { #expect(await attacker.enterPassword("600000012", "guess number one").status == 422) }
            let page = await attacker.enterPassword()
            #expect(page.status == 429 && page.text.contains("not locked"), "even with the right password")
            #expect(try await TestBrowser(world).signIn(world).location == "/en/me", "the person at home notices nothing")
            #expect(await attacker.enterPassword("600000020", "guess number one").status == 422, "another number is another count")
            world.clock.advance(seconds: 61)
            #expect(await attacker.enterPassword().status == 303)
        }
    }

    @Test func anUnknownNumberIsSlowedToo() async throws {
        try await IdentityWorld.with { world in
            let attacker = TestBrowser(world)
            for _ in 0..<10 { await attacker.enterPassword("600000020", "guess number one") }
            #expect(await attacker.enterPassword("600000020", "guess number one").status == 429)
        }
    }

    @Test func whatTheBrowserBroughtIsNoSession() async throws {
        try await IdentityWorld.with { world in
            try await TestBrowser(world).register(world)
            let victim = TestBrowser(world)
            let planted = RandomToken.make(bytes: 32)
            victim.set("__Host-session", planted)
            try await victim.signIn(world)
            let own = try #require(victim.cookies["__Host-session"])
            #expect(own != planted)
            let attacker = TestBrowser(world)
            attacker.set("__Host-session", planted)
            #expect(await attacker.get("/me").status == 303)
            #expect(await victim.get("/me").status == 200)
            // Signing in again gives another secret and ends the one before.
            let second = TestBrowser(world)
            second.set("__Host-session", own)
            await second.get("/me")
            try await second.finishFromPassword(world)
            let replaced = try #require(second.cookies["__Host-session"])
            #expect(replaced != own)
            let old = TestBrowser(world)
            old.set("__Host-session", own)
            #expect(await old.get("/me").status == 303)
        }
    }

    @Test(arguments: ["//evil.example", "https://evil.example/", "/\\evil.example", "/he//evil.example"])
    func nextIsOnlyEverOurs(_ next: String) async throws {
        try await IdentityWorld.with { world in
            try await TestBrowser(world).register(world)
            #expect(try await TestBrowser(world).signIn(world, next: next).location == "/en/me")
        }
    }

    @Test func aFormFromElsewhereIsRefused() async throws {
        try await IdentityWorld.with { world in
            let reply = await world.dispatcher.answer(
                Incoming(
                    .post, "/en/sign-in", headers: [.contentType: "application/x-www-form-urlencoded"],
                    body: Array("number=600000012&password=x".utf8)))
            #expect(reply.status == 403)
        }
    }

    @Test func aNewDeviceIsTold() async throws {
        try await IdentityWorld.with { world in
            let home = TestBrowser(world)
            try await home.register(world)
            let other = TestBrowser(world)
            try await other.signIn(world)
            #expect(world.postman.notices.map(\.template) == ["identity.new-device"])
            #expect(world.postman.notices.first?.values["device"] == "Firefox (Linux)")
            await other.get("/me/sessions")
            await other.post("/sign-out")
            try await other.signIn(world)
            #expect(world.postman.notices.count == 1)
        }
    }

    @Test func oddInputNeverFails() async throws {
        try await IdentityWorld.with { world in
            let browser = TestBrowser(world)
            for cookie in [
                "", "x", String(repeating: "a", count: 43), String(repeating: "é", count: 43), String(repeating: "z", count: 4_000),
            ] {
                for name in ["__Host-session", "__Host-sign-in", "__Host-registration", "__Host-device"] { browser.set(name, cookie) }
                for path in ["/sign-in", "/sign-in/code", "/register", "/register/code", "/capacity", "/me/sessions", "/signed-out"] {
                    #expect(await browser.get(path).status < 500, "\(path)")
                }
            }
            for text in ["", "x", String(repeating: "9", count: 10_000), "\u{202E}", "'; DROP TABLE identity_subject; --"] {
                #expect(await browser.enterPassword(text, text).status < 500)
            }
            #expect(await browser.enterPassword("600000012", String(repeating: "p", count: 5_000)).status == 422)
        }
    }

    /// Without what is chance on each page: the form's token, and the question to a passkey.
    private func bare(_ page: String) -> String {
        ["name=\"_csrf\" value=\"", "data-options=\""].reduce(page) { page, mark in
            let pieces = page.components(mark)
            return pieces.dropFirst().reduce(String(pieces[0])) { text, piece in text + piece.drop { $0 != "\"" } }
        }
    }
}

extension TestBrowser {
    /// Signs in with a session cookie still there, as a form that was open in another tab does.
    func finishFromPassword(_ world: IdentityWorld) async throws {
        let session = cookies["__Host-session"]
        set("__Host-session", nil)
        await enterPassword()
        await get("/sign-in/code")
        let code = world.postman.lastCode
        // Sent along, but as a value that signs nobody in when the session is gone; here it is alive, so the page's token hangs on it.
        set("__Host-session", session)
        await get("/sign-in/code")
        await post("/sign-in/code", ["code": code])
    }
}
