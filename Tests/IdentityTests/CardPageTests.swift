@testable import Identity
import Contracts
import Database
import HTTPTypes
import TestAuthenticators
import TestKit
import Testing
import Values
import Web

/// Proving once by smart card, in process: the certificate comes as the TLS handshake would bring it.
@Suite struct CardPageTests {
    /// From her page to the listener; the secret she carries.
    private func begin(_ browser: TestBrowser) async throws -> String {
        await browser.get("/me/identity")
        let away = await browser.post("/me/identity/card")
        return try #require(away.text.components("https://cards.zamin.test:8087/en/card?round=").dropFirst().first.map { String($0.prefix(43)) })
    }

    private func show(_ card: String?, _ round: String, _ world: IdentityWorld) async -> String {
        var incoming = Incoming(.get, "/en/card?round=\(round)", headers: [.accept: "text/html"])
        incoming.clientCertificate = card.map(TestCards.shared.der)
        return await world.cardDispatcher.answer(incoming).headers[.location] ?? ""
    }

    /// From the listener back to her page, as her browser goes.
    private func end(_ location: String, _ browser: TestBrowser) async -> String {
        await browser.get(location.replacing("\(IdentityWorld.origin)/en", with: "")).location ?? ""
    }

    private func back(_ outcome: String) -> String { "\(IdentityWorld.origin)/en/me/identity?card=\(outcome)" }

    @Test(arguments: TestDatabases.engines)
    func aCardRaisesTheProofOnce(engine: TestEngine) async throws {
        try await IdentityWorld.with(engine) { world in
            let browser = TestBrowser(world)
            try await browser.register(world)
            let round = try await begin(browser)
            for (card, outcome) in [
                (nil, "none"), ("stranger", "untrusted"), ("mail", "untrusted"), ("nobody", "untrusted"), ("expired", "expired"), ("revoked", "revoked"),
                ("other", "other"),
            ] as [(String?, String)] {
                #expect(await show(card, round, world) == back(outcome))
            }
            #expect(await browser.get("/me").text.contains("C2.P2"))
            let ticket = await show("good", round, world)
            #expect(ticket.hasPrefix("\(IdentityWorld.origin)/en/me/identity/card?ticket="))
            #expect(await browser.get("/me").text.contains("C2.P2"), "the listener itself proves nothing")
            // Her own other session, and somebody else's: the ticket counts only where it began.
            let other = TestBrowser(world, address: "203.0.113.44")
            try await other.signIn(world)
            #expect(await end(ticket, other) == "/en/me/identity?card=late")
            #expect(await end(ticket, browser) == "/en/me/identity?card=done")
            #expect(await browser.get("/me").text.contains("C2.P3"), "at once, also in the session she is in")
            #expect(await end(ticket, browser) == "/en/me/identity?card=late")
            #expect(await show("good", round, world) == back("late"), "the secret is good for one card")
            let page = await browser.get("/me/identity?card=done").text
            #expect(page.contains("/me/authenticators") && !page.contains("/me/identity/card"), "there is no higher level")
            #expect(world.postman.notices.last?.template == "identity.proved-by-card")
            #expect(world.auditLog.entries.last?.what == "identity.proved-by-card")
        }
    }

    @Test func aSecretIsOnesOwnAndShort() async throws {
        try await IdentityWorld.with { world in
            let browser = TestBrowser(world)
            try await browser.register(world)
            let first = try await begin(browser)
            let second = try await begin(browser)
            #expect(await show("good", first, world) == back("late"), "a new one takes the place of the old")
            #expect(await show("good", "nonsense", world) == back("late"))
            let ticket = await show("good", second, world)
            world.clock.advance(seconds: Identity.cardSeconds)
            #expect(await end(ticket, browser) == "/en/me/identity?card=late")
            #expect(await show("good", second, world) == back("late"))
            try await world.identity.removeExpired()
            #expect(try await world.count("identity_card_round") == 0)
            let odd = await browser.get("/me/identity?card=%3Cscript%3E")
            #expect(odd.status == 200 && !odd.text.contains("<script>alert"))
        }
    }
}
