@testable import Identity
import Authenticators
import Contracts
import Database
import TestAuthenticators
import TestKit
import Testing
import Trust
import Values
import Web

/// Passkeys and authenticator apps, page by page.
@Suite struct AuthenticatorTests {
    private func device() -> SoftAuthenticator { SoftAuthenticator(origin: IdentityWorld.origin, rpID: "zamin.test") }

    /// The question that the page asks a passkey.
    private func challenge(_ page: TestBrowser.Page) throws -> [UInt8] {
        let options = try #require(page.text.components("data-options=\"").dropFirst().first?.split(separator: "\"").first)
        let json = try JSON.parse(String(options).replacing("&quot;", with: "\"").replacing("&#34;", with: "\""))
        return try #require(json["challenge"]?.string.flatMap(Base64.decodeURL))
    }

    private func enrol(_ device: SoftAuthenticator, _ browser: TestBrowser, name: String = "phone") async throws -> TestBrowser.Page {
        let page = await browser.get("/me/authenticators/passkey")
        return await browser.post("/me/authenticators/passkey", ["name": name, "credential": device.create(try challenge(page)).text])
    }

    private func signIn(_ device: SoftAuthenticator, _ browser: TestBrowser, next: String = "") async throws -> TestBrowser.Page {
        let page = await browser.get("/sign-in?again=1")
        return await browser.post("/sign-in/passkey", ["credential": try device.get(try challenge(page)).text, "next": next])
    }

    @Test(arguments: TestDatabases.engines)
    func aPasskeySignsInWithoutNumberAndCode(engine: TestEngine) async throws {
        try await IdentityWorld.with(engine) { world in
            var (device, home) = (device(), TestBrowser(world))
            try await home.register(world)
            #expect(try await enrol(device, home).location == "/en/me/authenticators?added=1")
            #expect(await home.get("/me/authenticators").text.contains("phone"))
            #expect(world.postman.notices.last?.template == "identity.authenticator-added")
            #expect(world.auditLog.entries.last.map { $0.what == "identity.authenticator-added" && $0.fields == ["passkey"] } == true)
            let other = TestBrowser(world, address: "203.0.113.9")
            device.counter = 1
            #expect(try await signIn(device, other, next: "/me/sessions").location == "/en/me/sessions")
            #expect(await other.get("/me").text.contains("C3.P2"))
            #expect(world.auditLog.entries.last.map { $0.what == "identity.signIn" && $0.fields == ["passkey"] } == true)
            #expect(world.postman.notices.last?.template == "identity.new-device")
        }
    }

    @Test(arguments: TestDatabases.engines)
    func eachAnswerIsGoodOnceAndACopyIsSeen(engine: TestEngine) async throws {
        try await IdentityWorld.with(engine) { world in
            var (device, browser) = (device(), TestBrowser(world))
            try await browser.register(world)
            _ = try await enrol(device, browser)
            device.counter = 5
            let page = await browser.get("/sign-in?again=1")
            let answer = try device.get(try challenge(page)).text
            #expect(await browser.post("/sign-in/passkey", ["credential": answer]).status == 303)
            let thief = TestBrowser(world)
            await thief.get("/sign-in")
            let again = await thief.post("/sign-in/passkey", ["credential": answer])
            #expect(again.status == 422 && again.text.contains("sent twice"))
            // The same counter once more: somebody has a copy.
            let copied = try await signIn(device, thief)
            #expect(copied.status == 422 && copied.text.contains("two of it") && world.postman.notices.last?.template == "identity.passkey-copied")
            #expect(world.auditLog.entries.last?.what == "identity.passkey-copied")
            device.counter = 6
            #expect(try await signIn(device, browser).status == 303)
        }
    }

    @Test func aQuestionIsGoodForFiveMinutesAndForWhatItAsked() async throws {
        try await IdentityWorld.with { world in
            let (device, browser) = (device(), TestBrowser(world))
            try await browser.register(world)
            let asked = try challenge(await browser.get("/me/authenticators/passkey"))
            // A question of signing in makes no passkey, nor the other way round, nor does that of another session.
            let signInPage = await browser.get("/sign-in?again=1")
            await browser.get("/me/authenticators/passkey")
            let wrong = await browser.post("/me/authenticators/passkey", ["name": "x", "credential": device.create(try challenge(signInPage)).text])
            #expect(wrong.status == 422 && wrong.text.contains("open for too long"))
            world.clock.advance(seconds: 301)
            let late = await browser.post("/me/authenticators/passkey", ["name": "x", "credential": device.create(asked).text])
            #expect(late.status == 422 && late.text.contains("open for too long"))
            #expect(try await enrol(device, browser).status == 303)
            #expect(try await enrol(device, browser).text.contains("already"), "the same passkey twice")
        }
    }

    @Test func changesNeedAFreshSignIn() async throws {
        try await IdentityWorld.with { world in
            let (device, browser) = (device(), TestBrowser(world))
            try await browser.register(world)
            _ = try await enrol(device, browser)
            let (store, subject) = (world.identity.store, try #require(world.auditLog.entries.first?.subjectID))
            let id = try #require(try await world.database.read { try store.authenticators(of: subject, in: $0).first?.id })
            world.clock.advance(seconds: 601)
            let page = await browser.get("/me/authenticators/passkey")
            #expect(page.text.contains("Prove once more") && page.text.contains("/en/sign-in?again=1&amp;next=%2Fme%2Fauthenticators%2Fpasskey"))
            await browser.get("/me/authenticators")
            #expect(await browser.post("/me/authenticators/\(id)/remove").text.contains("Prove once more"))
            await browser.get("/sign-in?again=1&next=%2Fme%2Fauthenticators")
            #expect(try await signIn(device, browser).status == 303)
            await browser.get("/me/authenticators")
            #expect(await browser.post("/me/authenticators/\(id)/remove").location == "/en/me/authenticators?removed=1")
            #expect(world.postman.notices.last?.template == "identity.authenticator-removed")
            #expect(await browser.post("/me/authenticators/\(id)/remove").status == 404)
            #expect(try await signIn(device, TestBrowser(world)).text.contains("not known here"))
        }
    }

    @Test func anothersPasskeyIsNotThere() async throws {
        try await IdentityWorld.with { world in
            world.exchange.add(.init(number: "600000020"))
            let (noa, dan, device) = (TestBrowser(world), TestBrowser(world), device())
            try await noa.register(world)
            try await dan.register(world, .init(number: "600000020"), email: "dan@example.org")
            _ = try await enrol(device, noa)
            let (store, subject) = (world.identity.store, try #require(world.auditLog.entries.first?.subjectID))
            let id = try #require(try await world.database.read { try store.authenticators(of: subject, in: $0).first?.id })
            await dan.get("/me/authenticators")
            #expect(await dan.post("/me/authenticators/\(id)/remove").status == 404)
            #expect(try await enrol(device, dan).text.contains("already"), "one passkey is one person's")
        }
    }

    @Test(arguments: ["", "{", "[]", "{\"rawId\":\"AA\"}", String(repeating: "[", count: 3_000), "{\"response\":null}"])
    func brokenAnswersAreSaid(credential: String) async throws {
        try await IdentityWorld.with { world in
            let browser = TestBrowser(world)
            await browser.get("/sign-in")
            let page = await browser.post("/sign-in/passkey", ["credential": credential])
            #expect(page.status == 422 && page.text.contains("No passkey was used"))
            try await browser.register(world)
            await browser.get("/me/authenticators/passkey")
            let add = await browser.post("/me/authenticators/passkey", ["name": "", "credential": credential])
            #expect(add.status == 422 && add.text.contains("Enter a name") && add.text.contains("No passkey was created"))
        }
    }

    @Test func aStepUpAsksForAPasskeyAlone() async throws {
        try await IdentityWorld.with { world in
            let (device, browser) = (device(), TestBrowser(world))
            try await browser.register(world)
            let page = await browser.get("/sign-in?again=1&level=3&next=%2Fme")
            #expect(page.text.contains("A passkey is needed") && page.text.contains("You have no passkey yet") && !page.text.contains("name=\"password\""))
            _ = try await enrol(device, browser)
            let ready = await browser.get("/sign-in?again=1&level=3&next=%2Fme")
            #expect(!ready.text.contains("You have no passkey yet"))
            let done = await browser.post("/sign-in/passkey", ["credential": try device.get(try challenge(ready)).text, "next": "/me", "level": "3"])
            #expect(done.location == "/en/me")
            #expect(await browser.get("/me").text.contains("C3.P2"))
        }
    }

    // MARK: App

    private func addApp(_ world: IdentityWorld, _ browser: TestBrowser) async throws -> [UInt8] {
        let page = await browser.get("/me/authenticators/app")
        let typed = try #require(page.text.components("<code class=\"z-code\" dir=\"ltr\">").dropFirst().first?.split(separator: "<").first)
        let secret = try #require(AuthenticatorTests.base32(String(typed)))
        let sealed = try #require(page.text.components("name=\"sealed\" value=\"").dropFirst().first?.split(separator: "\"").first.map(String.init))
        #expect(page.text.contains("<svg") && page.text.contains("viewBox"))
        let wrong = await browser.post("/me/authenticators/app", ["sealed": sealed, "code": "000000"])
        #expect(wrong.status == 422 && wrong.text.contains(String(typed)), "the same picture is shown again")
        let code = OneTimePassword.totp(secret: secret, at: world.clock.now)
        #expect(await browser.post("/me/authenticators/app", ["sealed": sealed, "code": code]).location == "/en/me/authenticators?added=1")
        return secret
    }

    private static func base32(_ text: String) -> [UInt8]? {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        var (bits, count, bytes) = (UInt32(0), 0, [UInt8]())
        for letter in text where letter != " " {
            guard let value = alphabet.firstIndex(of: letter) else { return nil }
            (bits, count) = (bits << 5 | UInt32(value), count + 5)
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes
    }

    @Test(arguments: TestDatabases.engines)
    func anAppTakesThePlaceOfTheMail(engine: TestEngine) async throws {
        try await IdentityWorld.with(engine) { world in
            let browser = TestBrowser(world)
            try await browser.register(world)
            let secret = try await addApp(world, browser)
            let sent = world.postman.codes.count
            world.clock.advance(seconds: 60)
            let other = TestBrowser(world)
            await other.enterPassword()
            #expect(await other.get("/sign-in/code").text.contains("code in your app"))
            #expect(world.postman.codes.count == sent, "no mail is sent unasked")
            let code = OneTimePassword.totp(secret: secret, at: world.clock.now)
            #expect(await other.post("/sign-in/code", ["code": code]).location == "/en/me")
            #expect(await other.get("/me").text.contains("C2.P2"))
            // The same code at another sign-in: it was used.
            let thief = TestBrowser(world)
            await thief.enterPassword()
            await thief.get("/sign-in/code")
            let again = await thief.post("/sign-in/code", ["code": code])
            #expect(again.status == 422 && again.text.contains("4 tries are left"))
            // Without the app at hand a mail will do.
            await thief.get("/sign-in/code")
            #expect(await thief.post("/sign-in/code/resend").location == "/en/sign-in/code")
            #expect(world.postman.codes.count == sent + 1)
            await thief.get("/sign-in/code")
            #expect(await thief.post("/sign-in/code", ["code": world.postman.lastCode]).location == "/en/me")
        }
    }

    @Test func fiveWrongCodesOfAnAppEndTheSignIn() async throws {
        try await IdentityWorld.with { world in
            let browser = TestBrowser(world)
            try await browser.register(world)
            let secret = try await addApp(world, browser)
            world.clock.advance(seconds: 60)
            let guesser = TestBrowser(world)
            await guesser.enterPassword()
            let right = OneTimePassword.totp(secret: secret, at: world.clock.now)
            let wrong = right == "123456" ? "123457" : "123456"
            for _ in 0..<4 {
                await guesser.get("/sign-in/code")
                #expect(await guesser.post("/sign-in/code", ["code": wrong]).status == 422)
            }
            await guesser.get("/sign-in/code")
            #expect(await guesser.post("/sign-in/code", ["code": wrong]).text.contains("cancelled"))
            #expect(await guesser.get("/sign-in/code").location == "/en/sign-in")
        }
    }

    @Test func aSecretOfAnotherSessionIsNotTaken() async throws {
        try await IdentityWorld.with { world in
            let (browser, other) = (TestBrowser(world), TestBrowser(world))
            try await browser.register(world)
            let page = await browser.get("/me/authenticators/app")
            let sealed = try #require(page.text.components("name=\"sealed\" value=\"").dropFirst().first?.split(separator: "\"").first.map(String.init))
            try await other.signIn(world)
            await other.get("/me/authenticators/app")
            #expect(await other.post("/me/authenticators/app", ["sealed": sealed, "code": "000000"]).location == "/en/me/authenticators/app")
            #expect(await other.post("/me/authenticators/app", ["sealed": "AAAA", "code": "000000"]).location == "/en/me/authenticators/app")
        }
    }
}
