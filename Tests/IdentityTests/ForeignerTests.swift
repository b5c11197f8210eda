@testable import Identity
import Contracts
import Database
import Language
import TestKit
import Testing
import Values
import Web

/// People without a national number, and how they get one.
@Suite struct ForeignerTests {
    @Test(arguments: [
        ("600000012", "national-number 600000012"), ("60000001-2", "national-number 600000012"), ("f60000015", "permit F60000015"),
        ("PH-P6000001A", "passport PH-P6000001A"), ("ph p600 0001a", "passport PH-P6000001A"), ("F60000016", nil), ("PH-ABCDEF", nil),
        ("P", nil), ("", nil), ("12-P6000001A", nil), ("PH-1234", nil), ("PH-12345678901234", nil), ("דר-1234567", nil),
    ])
    func numbersAreRead(text: String, wanted: String?) {
        #expect(IdentityNumber.read(text).map { "\($0.kind.rawValue) \($0.value)" } == wanted)
    }

    @Test func countriesAreNamedInEveryLanguage() {
        #expect(Countries.codes.count > 190 && Countries.codes.isSuperset(of: ["PH", "UA", "FR"]) && !Countries.codes.contains("IL"))
        let names = [("he", "צרפת"), ("ar", "فرنسا"), ("en", "France"), ("ru", "Франция"), ("fr", "France")]
        for (language, name) in names {
            #expect(Countries.all(in: .init(rawValue: language)!).first { $0.code == "FR" }?.name == name)
        }
    }

    private func prove(_ browser: TestBrowser, born: String = "17", locality: String = "Haifa", passport: String = "p6000001a") async -> TestBrowser.Page {
        await browser.get("/register")
        await browser.post("/register")
        await browser.get("/register/number")
        await browser.get("/register/paper")
        await browser.post("/register/paper", ["kind": "passport", "country": "PH", "number": passport])
        await browser.get("/register/birth")
        await browser.post("/register/birth", ["day": born, "month": "5", "year": "1990"])
        let card = await browser.get("/register/card")
        #expect(card.text.contains("When was your passport issued?"))
        await browser.post("/register/card", ["day": "21", "month": "8", "year": "2024"])
        await browser.get("/register/address")
        return await browser.post("/register/address", ["locality": locality])
    }

    private func register(_ browser: TestBrowser, _ world: IdentityWorld) async -> TestBrowser.Page {
        _ = await prove(browser)
        await browser.equip(email: "maria@example.org")
        await browser.get("/register/code")
        return await browser.post("/register/code", ["code": world.postman.lastCode])
    }

    @Test(arguments: TestDatabases.engines)
    func aPassportRegistersAndEitherPaperSignsIn(engine: TestEngine) async throws {
        try await IdentityWorld.with(engine) { world in
            let browser = TestBrowser(world)
            #expect(await register(browser, world).location == "/en/me")
            #expect(await browser.get("/me").text.contains("C2.P2"))
            for paper in ["PH-P6000001A", "F60000015"] {
                let other = TestBrowser(world)
                let page = try await other.signIn(world, paper)
                #expect(page.location == "/en/me", "by \(paper)")
            }
            // With the permit nobody registers a second time.
            let codes = world.postman.codes.count
            let again = TestBrowser(world, address: "203.0.113.30")
            await again.get("/register")
            await again.post("/register")
            await again.get("/register/paper")
            await again.post("/register/paper", ["kind": "permit", "number": "F60000015"])
            await again.get("/register/birth")
            await again.post("/register/birth", ["day": "17", "month": "5", "year": "1990"])
            await again.get("/register/card")
            await again.post("/register/card", ["day": "21", "month": "8", "year": "2024"])
            await again.get("/register/address")
            #expect(await again.post("/register/address", ["locality": "Haifa"]).location == "/en/register/contact")
            await again.equip(email: "else@example.org")
            #expect(world.postman.codes.count == codes && world.postman.notices.last?.template == "identity.registered-again")
        }
    }

    @Test func whatDoesNotAgreeIsOneAnswer() async throws {
        try await IdentityWorld.with { world in
            let wrongDate = await prove(TestBrowser(world), born: "18")
            let wrongPlace = await prove(TestBrowser(world, address: "203.0.113.31"), locality: "Tel Aviv")
            #expect(wrongDate.status == 422 && wrongPlace.status != 303)
            let browser = TestBrowser(world, address: "203.0.113.32")
            await browser.get("/register")
            await browser.post("/register")
            await browser.get("/register/paper")
            let empty = await browser.post("/register/paper", [:])
            #expect(empty.status == 422 && empty.text.contains("id=\"kind-error\"") && empty.text.contains("id=\"number-error\""))
            let noCountry = await browser.post("/register/paper", ["kind": "passport", "country": "XX", "number": "P6000001A"])
            #expect(noCountry.status == 422 && noCountry.text.contains("id=\"country-error\""))
            let badPermit = await browser.post("/register/paper", ["kind": "permit", "number": "F60000016"])
            #expect(badPermit.status == 422 && badPermit.text.contains("value=\"F60000016\""))
        }
    }

    /// The subject stays: what was hers is hers under the number she was given.
    @Test(arguments: TestDatabases.engines)
    func becomingAResidentKeepsTheSubject(engine: TestEngine) async throws {
        try await IdentityWorld.with(engine) { world in
            world.exchange.add(.init(number: "600000020", birthDate: "1990-05-17", cardIssueDate: "2026-06-01"))
            world.exchange.add(.init(number: "600000038", birthDate: "1982-11-02", cardIssueDate: "2026-06-01"))
            let browser = TestBrowser(world)
            _ = await register(browser, world)
            let subject = try #require(world.auditLog.entries.first?.subjectID)
            #expect(await browser.get("/me/identity").text.contains("/me/identity/number"))
            await browser.get("/me/identity/number")
            let fields: KeyValuePairs<String, String> = ["number": "600000020", "day": "1", "month": "6", "year": "2026", "locality": "Haifa"]
            #expect(await browser.post("/me/identity/number", ["number": "600000021"]).status == 422)
            await browser.get("/me/identity/number")
            world.exchange.rename("600000020", "מריה", "סנטוס")
            let others = await browser.post("/me/identity/number", ["number": "600000038", "day": "1", "month": "6", "year": "2026", "locality": "Haifa"])
            #expect(others.status == 422 && others.text.contains("identity.no-match"), "the number of somebody born on another day")
            await browser.get("/me/identity/number")
            #expect(await browser.post("/me/identity/number", fields).location == "/en/me/identity?number=1")
            #expect(world.postman.notices.last?.template == "identity.number-added")
            let people = world.identity.people
            let found = try await world.database.read { (try people.subject(nationalNumber: "600000020", in: $0), try people.nationalNumber(of: subject, in: $0)) }
            #expect(found.0 == subject && found.1 == "600000020")
            #expect(await browser.get("/me/identity/number").location == "/en/me/identity", "she has one")
            #expect(await browser.post("/me/identity/number", fields).location == "/en/me/identity", "and no second")
            #expect(world.auditLog.entries.count { $0.what.hasPrefix("register.population") || $0.what.hasPrefix("register.addresses") } == 3)
            let home = TestBrowser(world)
            let page = try await home.signIn(world, "600000020")
            #expect(page.location == "/en/me")
        }
    }

    /// A twin's number, with all that is on the card known: the name is another.
    @Test func theNumberOfATwinIsNotHers() async throws {
        try await IdentityWorld.with { world in
            world.exchange.add(.init(number: "600000020", birthDate: "1990-05-17", cardIssueDate: "2026-06-01"))
            let browser = TestBrowser(world)
            _ = await register(browser, world)
            await browser.get("/me/identity/number")
            let page = await browser.post("/me/identity/number", ["number": "600000020", "day": "1", "month": "6", "year": "2026", "locality": "Haifa"])
            #expect(page.status == 422 && page.text.contains("identity.no-match"))
        }
    }

    /// A passport that was renewed is no new person: the permit is the same.
    @Test(arguments: TestDatabases.engines)
    func aRenewedPassportIsTheSamePerson(engine: TestEngine) async throws {
        try await IdentityWorld.with(engine) { world in
            _ = await register(TestBrowser(world), world)
            world.exchange.renewPassport("PH-P7777777B")
            let codes = world.postman.codes.count
            let browser = TestBrowser(world, address: "203.0.113.50")
            _ = await prove(browser, passport: "p7777777b")
            await browser.equip(email: "else@example.org")
            #expect(world.postman.codes.count == codes && world.postman.notices.last?.template == "identity.registered-again")
            #expect(try await world.count("identity_subject") == 1)
            let home = TestBrowser(world)
            let page = try await home.signIn(world, "PH-P7777777B")
            #expect(page.location == "/en/me", "the new paper is hers")
        }
    }

    @Test func anotherKindOfPaperHasAnotherDate() {
        var registration = Registration(id: "r", next: nil)
        registration.take(.national("600000012"))
        registration.cardIssueDate = CalendarDate("2020-05-11")
        registration.take(.national("600000020"))
        #expect(registration.cardIssueDate != nil)
        registration.take(IdentityNumber.permit("F60000015")!)
        #expect(registration.cardIssueDate == nil)
    }

    @Test(arguments: TestDatabases.engines)
    func aNumberWithAnAccountIsNotTakenOver(engine: TestEngine) async throws {
        try await IdentityWorld.with(engine) { world in
            world.exchange.add(.init(birthDate: "1990-05-17"))
            world.exchange.rename("600000012", "מריה", "סנטוס")
            let resident = TestBrowser(world, address: "203.0.113.40")
            try await resident.register(world, .init(birthDate: "1990-05-17"))
            let browser = TestBrowser(world)
            _ = await register(browser, world)
            await browser.get("/me/identity/number")
            let page = await browser.post("/me/identity/number", ["number": "600000012", "day": "11", "month": "5", "year": "2020", "locality": "Haifa"])
            #expect(page.status == 409 && page.text.contains("identity.number-taken"))
            #expect(try await world.count("identity_subject") == 2)
        }
    }
}
