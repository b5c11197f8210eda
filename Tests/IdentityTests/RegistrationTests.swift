@testable import Identity
import Contracts
import Database
import Language
import TestKit
import Testing
import Values

@Suite struct RegistrationTests {
    @Test(arguments: TestDatabases.engines)
    func registersAndSignsIn(engine: TestEngine) async throws {
        try await IdentityWorld.with(engine) { world in
            let browser = TestBrowser(world)
            #expect(await browser.prove().location == "/en/register/contact")
            #expect(await browser.equip().location == "/en/register/code")
            let code = try #require(world.postman.codes.last)
            #expect(code.email == "noa@example.org" && code.language == "en")
            await browser.get("/register/code")
            let done = await browser.post("/register/code", ["code": code.code])
            #expect(done.location == "/en/me" && browser.cookies["__Host-registration"] == nil)
            #expect(await browser.get("/me").text == "zone of נועה ברק, C2.P2")
            // The two checks are asked side by side: either may be answered first.
            let checks = world.auditLog.entries.prefix(2).map(\.what)
            #expect(checks.sorted() == ["register.addresses.check", "register.population.check"])
            let looks = checks + ["register.population.person"]
            #expect(world.auditLog.entries.map(\.what) == looks + ["identity.register"])
            let names = try #require(world.auditLog.entries.first { $0.what == "register.population.person" })
            #expect(names.fields == ["birthDate", "familyName", "givenName"] && names.bodyID == "digital-authority")
            // Asked as agreed: which body, what for, on which basis, about nobody known yet.
            let asked = world.exchange.asked
            #expect(asked.map(\.operation).sorted() == ["addresses.check", "population.check", "population.person"])
            #expect(asked.allSatisfy { $0.consumerID == "digital-authority" && $0.purpose == "identity-proofing" && $0.subjectID == nil })
            #expect(Set(asked.map(\.basis)).count == 1)

            let people = world.identity.people
            let (card, number) = try await world.database.read { connection in
                let subject = try #require(try people.subject(nationalNumber: "600000012", in: connection))
                return (try people.card(of: subject, in: connection), try people.nationalNumber(of: subject, in: connection))
            }
            #expect(
                card?.fullName == "נועה ברק" && card?.email == "noa@example.org" && card?.phone == "0501234567" && number == "600000012")
            #expect(card?.language == .en && card?.birthDate == CalendarDate("2004-03-14"))

            await browser.get("/me/sessions")
            #expect(await browser.post("/sign-out").location == "/en/signed-out")
            #expect(await browser.get("/me").location == "/en/sign-in?next=%2Fme")
            #expect(try await browser.signIn(world, next: "/services/passport").location == "/en/services/passport")
            #expect(world.auditLog.entries.map(\.what) == looks + ["identity.register", "identity.signOut", "identity.signIn"])
            #expect(world.postman.notices.isEmpty, "the same browser is no new device")
        }
    }

    @Test func nothingPersonalLiesOpenInTheDatabase() async throws {
        try await IdentityWorld.with { world in
            try await TestBrowser(world).register(world)
            let texts = try await world.database.read { connection in
                try ["subject", "identifier", "identifier_owner", "credential", "session", "registration", "attempt", "code", "evidence"]
                    .flatMap { table in
                        try connection.query("SELECT * FROM identity_\(table)", []) { row in
                            (0..<3).map { (try? row.text($0)) ?? (try? String(decoding: row.blob($0), as: UTF8.self)) ?? "" }.joined(
                                separator: " ")
                        }
                    }.joined(separator: "\n")
            }
            for secret in ["600000012", "noa@example.org", "0501234567", "נועה", "2004-03-14", "192.0.2.7", "argon2"] {
                #expect(!texts.contains(secret), "\(secret)")
            }
        }
    }

    @Test func aWrongCheckDigitIsToldAtOnce() async throws {
        try await IdentityWorld.with { world in
            let browser = TestBrowser(world)
            await browser.get("/register")
            await browser.post("/register")
            await browser.get("/register/number")
            let page = await browser.post("/register/number", ["number": "600000013"])
            #expect(page.status == 422 && page.text.contains("check digit does not fit") && page.text.contains("href=\"#number\""))
            #expect(page.text.contains("value=\"600000013\"") && page.text.contains("<title>Error:"))
            #expect(world.exchange.asked.isEmpty)
        }
    }

    /// The same bytes, whichever register did not agree and whether it knows anybody.
    @Test func unknownPersonAndMismatchLookAlike() async throws {
        try await IdentityWorld.with { world in
            let unknown = ScriptedExchange.Resident(number: "600000020")
            var wrongBirth = ScriptedExchange.Resident(), wrongCard = wrongBirth
            (wrongBirth.birthDate, wrongCard.cardIssueDate) = ("2004-03-15", "2020-05-12")
            var texts: Set<String> = []
            for resident in [unknown, wrongBirth, wrongCard] {
                let page = await TestBrowser(world).prove(resident)
                #expect(page.status == 422)
                texts.insert(page.text)
            }
            let elsewhere = await TestBrowser(world).prove(locality: "Jerusalem")
            texts.insert(elsewhere.text)
            #expect(texts.count == 1 && elsewhere.text.contains("identity.no-match"))
            #expect(world.exchange.asked.count == 8, "both registers are always asked")
        }
    }

    @Test func whoIsRegisteredSeesTheSamePageAndGetsANotice() async throws {
        try await IdentityWorld.with { world in
            world.exchange.add(.init(number: "600000020"))
            try await TestBrowser(world).register(world)
            let (again, fresh) = (TestBrowser(world), TestBrowser(world))
            await again.prove()
            await again.equip(email: "mallory@example.org")
            await fresh.prove(.init(number: "600000020"))
            await fresh.equip(email: "mallory@example.org")
            let (first, second) = (await again.get("/register/code"), await fresh.get("/register/code"))
            #expect(withoutToken(first.text) == withoutToken(second.text))
            #expect(world.postman.notices.map(\.template) == ["identity.registered-again"])
            #expect(world.postman.codes.map(\.email) == ["noa@example.org", "mallory@example.org"])
            for code in ["000000", "123456"] {
                let (one, other) = (await again.post("/register/code", ["code": code]), await fresh.post("/register/code", ["code": code]))
                #expect(one.status == 422 && withoutToken(one.text) == withoutToken(other.text))
            }
        }
    }

    @Test(arguments: ["population.check", "addresses.check", "population.person"])
    func aRegisterThatIsDownLosesNothing(_ operation: String) async throws {
        try await IdentityWorld.with { world in
            world.exchange.takeDown([operation])
            let browser = TestBrowser(world)
            let page = await browser.prove()
            #expect(page.status == 503 && page.text.contains("all you filled in is kept"))
            world.exchange.takeDown([])
            #expect(await browser.get("/register/address").text.contains("value=\"Haifa\""))
            #expect(await browser.post("/register/address", ["locality": "Haifa"]).location == "/en/register/contact")
        }
    }

    @Test func registersOfOneOwnerProveNothing() async throws {
        try await IdentityWorld.with { world in
            world.exchange.own("addresses", by: "population-authority")
            #expect(await TestBrowser(world).prove().status == 422)
        }
    }

    @Test func checksAreLedgerRowsAndLeaveNothingOfOthers() async throws {
        try await IdentityWorld.with { world in
            let browser = TestBrowser(world)
            await browser.prove(locality: "Jerusalem")
            await browser.get("/register/address")
            await browser.post("/register/address", ["locality": "Haifa"])
            let rows = try await world.database.read {
                try $0.query("SELECT source, result FROM identity_evidence ORDER BY id", []) { "\(try $0.text(0)) \(try $0.text(1))" }
            }
            #expect(rows.sorted() == ["addresses match", "addresses no-match", "population match", "population match", "population match"])
            await browser.equip()
            await browser.get("/register/code")
            await browser.post("/register/code", ["code": world.postman.lastCode])
            let subject = try #require(world.auditLog.entries.first?.subjectID)
            let store = world.identity.store
            let (ledger, all) = try await world.database.read { connection in
                (
                    try store.ledger(of: subject, in: connection),
                    try connection.first("SELECT count(*) FROM identity_evidence") { try $0.int(0) }
                )
            }
            #expect(ledger.rows.count == 3 && all == 3 && ledger.proofLevel() == 2)
            #expect(ledger.rows.allSatisfy { $0.agreementID == "a-1" && !$0.fields.isEmpty })
        }
    }

    @Test func fiveWrongCodesVoidTheCodeAndAnotherHelps() async throws {
        try await IdentityWorld.with { world in
            let browser = TestBrowser(world)
            await browser.prove()
            await browser.equip()
            await browser.get("/register/code")
            let right = world.postman.lastCode
            let wrong = right == "111111" ? "222222" : "111111"
            for left in [4, 3, 2] { #expect(await browser.post("/register/code", ["code": wrong]).text.contains("\(left) tries are left")) }
            #expect(await browser.post("/register/code", ["code": wrong]).text.contains("One try is left"))
            #expect(await browser.post("/register/code", ["code": wrong]).text.contains("cancelled after five"))
            #expect(await browser.post("/register/code", ["code": right]).text.contains("cancelled after five"))
            #expect(await browser.post("/register/code/resend").location == "/en/register/code")
            #expect(await browser.post("/register/code", ["code": world.postman.lastCode]).location == "/en/me")
        }
    }

    @Test func codesExpireAndAreSentOnlySoOften() async throws {
        try await IdentityWorld.with { world in
            let browser = TestBrowser(world)
            await browser.prove()
            await browser.equip()
            await browser.get("/register/code")
            world.clock.advance(seconds: 601)
            #expect(await browser.post("/register/code", ["code": world.postman.lastCode]).text.contains("has expired"))
            for _ in 0..<4 { #expect(await browser.post("/register/code/resend").status == 303) }
            #expect(await browser.post("/register/code/resend").status == 429)
            #expect(world.postman.codes.count == 5)
            #expect(await browser.post("/register/code", ["code": world.postman.lastCode]).location == "/en/me")
        }
    }

    @Test func anotherAddressNeedsItsOwnCode() async throws {
        try await IdentityWorld.with { world in
            let browser = TestBrowser(world)
            await browser.prove()
            await browser.equip(email: "mine@example.org")
            let first = world.postman.lastCode
            await browser.get("/register/contact")
            #expect(
                await browser.post("/register/contact", ["email": "other@example.org", "phone": "0501234567"]).location
                    == "/en/register/code")
            let second = try #require(world.postman.codes.last)
            #expect(second.email == "other@example.org")
            if first != second.code { #expect(await browser.post("/register/code", ["code": first]).status == 422) }
            #expect(await browser.post("/register/code", ["code": second.code]).location == "/en/me")
        }
    }

    /// The e-mail address is not taken over when no code can be sent to it: the former code confirms the former address.
    @Test(arguments: TestDatabases.engines)
    func noCodeConfirmsAnAddressItWasNotSentTo(engine: TestEngine) async throws {
        try await IdentityWorld.with(engine) { world in
            let browser = TestBrowser(world)
            await browser.prove()
            await browser.equip(email: "mine@example.org")
            await browser.get("/register/code")
            for _ in 0..<4 { await browser.post("/register/code/resend") }
            await browser.get("/register/contact")
            let page = await browser.post("/register/contact", ["email": "other@example.org", "phone": "0501234567"])
            #expect(page.status == 429 && world.postman.codes.allSatisfy { $0.email == "mine@example.org" })
            await browser.get("/register/code")
            #expect(await browser.post("/register/code", ["code": world.postman.lastCode]).location == "/en/me")
            let people = world.identity.people
            let card = try await world.database.read { connection in
                try people.subject(nationalNumber: "600000012", in: connection).flatMap { try people.card(of: $0, in: connection) }
            }
            #expect(card?.email == "mine@example.org")
        }
    }

    @Test(arguments: TestDatabases.engines)
    func aRegistrationCanBeLeft(engine: TestEngine) async throws {
        try await IdentityWorld.with(engine) { world in
            let browser = TestBrowser(world)
            await browser.prove()
            await browser.equip()
            // Somebody else sits down at the same computer.
            let asked = await browser.get("/register?next=/services/passport")
            #expect(asked.status == 200 && asked.text.contains("/en/register/code\"") && asked.text.contains("/en/register/anew"))
            for secret in ["600000012", "noa@example.org", "נועה", "2004"] { #expect(!asked.text.contains(secret), "\(secret)") }
            #expect(await browser.post("/register", ["next": "/services/passport"]).location == "/en/register?next=%2Fservices%2Fpassport")
            let left = await browser.post("/register/anew", ["next": "/services/passport"])
            #expect(left.location == "/en/register?next=%2Fservices%2Fpassport" && browser.cookies["__Host-registration"] == nil)
            let rows = try await world.database.read { connection in
                try ["registration", "evidence", "code"].map { try connection.first("SELECT count(*) FROM identity_\($0)") { try $0.int(0) } }
            }
            #expect(rows == [0, 0, 0])
            await browser.get("/register")
            #expect(await browser.post("/register").location == "/en/register/number")
            #expect(await browser.get("/register/number").text.contains("/en/register/anew"), "and every page of it has the way out")
        }
    }

    @Test func afterTheLastCodeThereIsAWayOn() async throws {
        try await IdentityWorld.with { world in
            let browser = TestBrowser(world)
            await browser.prove()
            await browser.equip(email: "wrong@example.org")
            await browser.get("/register/code")
            for _ in 0..<4 { await browser.post("/register/code/resend") }
            let stopped = await browser.post("/register/code/resend")
            #expect(stopped.status == 429 && stopped.text.contains("href=\"/en/register\""))
            await browser.get("/register")
            #expect(await browser.post("/register/anew").location == "/en/register")
            let done = try await browser.register(world)
            #expect(done.location == "/en/me")
        }
    }

    @Test func aDayLaterItIsGone() async throws {
        try await IdentityWorld.with { world in
            let browser = TestBrowser(world)
            await browser.prove()
            world.clock.advance(seconds: 86_401)
            let page = await browser.get("/register/contact")
            #expect(page.status == 410 && page.text.contains("identity.registration-expired"))
            try await world.identity.removeExpired()
            let left = try await world.database.read { connection in
                try ["registration", "evidence"].map { try connection.first("SELECT count(*) FROM identity_\($0)") { try $0.int(0) } }
            }
            #expect(left == [0, 0])
        }
    }

    @Test func provenAnswersCannotBeSwapped() async throws {
        try await IdentityWorld.with { world in
            let browser = TestBrowser(world)
            await browser.prove()
            #expect(await browser.get("/register/number").location == "/en/register/contact")
            #expect(await browser.post("/register/number", ["number": "600000020"]).status != 200)
            await browser.equip()
            #expect(await browser.get("/register/birth").location == "/en/register/code")
        }
    }

    @Test func guessingAboutOnePersonIsSlowed() async throws {
        try await IdentityWorld.with { world in
            var resident = ScriptedExchange.Resident()
            resident.cardIssueDate = "2020-05-12"
            for _ in 0..<10 { #expect(await TestBrowser(world, address: "198.51.100.9").prove(resident).status == 422) }
            let page = await TestBrowser(world, address: "198.51.100.9").prove()
            #expect(page.status == 429 && page.text.contains("identity.too-many-attempts"))
            #expect(await TestBrowser(world).prove().status == 303, "elsewhere nobody is slowed")
        }
    }

    @Test(arguments: [("password", "short pass"), ("password", "qwertyuiop123"), ("password", "נועה ברק 2004")])
    func weakPasswordsAreRefused(_ field: String, _ password: String) async throws {
        try await IdentityWorld.with { world in
            let browser = TestBrowser(world)
            await browser.prove()
            #expect(await browser.equip(password: password).status == 422)
            #expect(world.postman.codes.isEmpty)
        }
    }

    @Test(arguments: ["", "Zohar", "Nowhere", "<script>", String(repeating: "x", count: 10_000)])
    func odderPlacesAreRefused(_ place: String) async throws {
        try await IdentityWorld.with { world in
            let page = await TestBrowser(world).prove(locality: place)
            #expect(page.status == 422 && !page.text.contains("<script>"))
        }
    }

    private func withoutToken(_ page: String) -> String {
        let pieces = page.components("name=\"_csrf\" value=\"")
        return pieces.dropFirst().reduce(String(pieces[0])) { text, piece in text + piece.drop { $0 != "\"" } }
    }
}
