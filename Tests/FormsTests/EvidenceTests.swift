@testable import Forms
import Contracts
import Language
import Synchronization
import TestKit
import Testing
import Values
import Web

extension Browser {
    /// The student form up to "check your answers", by somebody without income, so that no file is asked for.
    func readyDraft() async throws -> String {
        let draft = try await FormPagesTests().fill(self, until: "")
        let page = try await get("\(draft)/pages/household/entries/new")
        _ = try await post("\(draft)/pages/household/entries/new", [("name", "דנה לוי"), ("relation", "self"), ("monthlyIncome", "0")], on: page)
        _ = try await post("\(draft)/pages/household", [], on: page)
        _ = try await post("\(draft)/pages/refund", [], on: page)
        let last = try await post("\(draft)/pages/declaration", [("declaration.confirmed", "yes")], on: page)
        #expect(last.location == "\(draft)/check")
        return draft
    }

    func answers(_ draft: String) async throws -> Answers {
        let id = try #require(draft.split(separator: "/").last.map(String.init))
        return try await country.forms.load(id, actor: actor).draft.answers
    }
}

private func place(_ tokens: String...) -> JSONPointer { JSONPointer(tokens: tokens) }

/// What registers say is theirs to say, whatever is posted and however long it takes.
@Suite struct EvidenceTests {
    static let typed = [
        ("applicant.givenName", "Dana"), ("applicant.familyName", "Levi"), ("applicant.nationalNumber", "000000026"),
        ("applicant.registeredAddress.locality", "Haifa"), ("applicant.registeredAddress.street", "Herzl"), ("applicant.registeredAddress.house", "9"),
    ]

    @Test func aPageSentWithoutBeingOpenedIsStillTheRegisters() async throws {
        try await Country.with(.sqlite) { country in
            let browser = Browser(country: country, actor: Country.student)
            let draft = try await FormPagesTests().fill(browser, until: "person")
            let elsewhere = try await browser.get("\(draft)/pages/place")
            _ = try await browser.post("\(draft)/pages/person", EvidenceTests.typed, on: elsewhere)
            let answers = try await browser.answers(draft)
            #expect(answers.confirmed.contains("person"))
            #expect(answers.value(at: place("applicant", "givenName")) == "דנה")
            #expect(answers.value(at: place("applicant", "nationalNumber")) == "000000018")
            if case .register = answers.sources["/applicant/registeredAddress"] {} else { Issue.record("the address is not the register's") }
        }
    }

    /// On a licence the business is the one acted for, with the register and without.
    @Test(arguments: [false, true])
    func theBusinessIsTheOneActedFor(isDown: Bool) async throws {
        try await Country.with(.sqlite) { country in
            let browser = Browser(country: country, actor: Country.owner)
            let start = try await browser.get("/forms/business-licence")
            let draft = try await browser.post("/forms/business-licence", [], on: start).location
            for (step, fields) in [("place", [("premises.localityCode", "Haifa")]), ("kind", [("premises.kind", "בית קפה/מסעדה")]), ("area", [("premises.area", "90")])] {
                _ = try await browser.post("\(draft)/pages/\(step)", fields, on: start)
            }
            country.registers.isDown.withLock { $0 = isDown }
            let foreign = [
                ("business.number", "515000029"), ("business.name", "Another"), ("business.legalForm", "company"), ("business.status", "active"),
            ]
            #expect(try await browser.post("\(draft)/pages/business", foreign, on: start).location == "\(draft)/pages/applicant")
            let answers = try await browser.answers(draft)
            #expect(answers.value(at: place("business", "number")) == "515000003")
            #expect(answers.value(at: place("business", "name")) == (isDown ? "Another" : "קפה הדר בע״מ"))
            guard isDown else { return }
            let page = try await browser.get("\(draft)/pages/business")
            #expect(page.html.contains("רשות הדיגיטל"))
            #expect(!page.html.contains("name=\"business.number\""))
            #expect(page.html.contains("name=\"business.name\""))
        }
    }

    @Test func theOwnNumberIsTheAccountsWhenTheRegisterIsDown() async throws {
        try await Country.with(.sqlite, people: TestPeople()) { country in
            country.registers.isDown.withLock { $0 = true }
            let browser = Browser(country: country, actor: Country.student)
            let draft = try await FormPagesTests().fill(browser, until: "person")
            let page = try await browser.get("\(draft)/pages/person")
            #expect(!page.html.contains("name=\"applicant.nationalNumber\""))
            #expect(try await browser.post("\(draft)/pages/person", EvidenceTests.typed, on: page).status == 303)
            let answers = try await browser.answers(draft)
            #expect(answers.value(at: place("applicant", "nationalNumber")) == "000000018")
            #expect(answers.value(at: place("applicant", "givenName")) == "Dana")
            #expect(answers.sources["/applicant/givenName"] == .person)
        }
    }

    /// Typed while the register was down: once it is back, its word counts, and the person sees it before it is sent.
    @Test(arguments: TestDatabases.engines)
    func whatWasTypedMeanwhileGivesWayToTheRegister(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let browser = Browser(country: country, actor: Country.student)
            let draft = try await browser.readyDraft()
            let id = try #require(draft.split(separator: "/").last.map(String.init))
            let time = country.time.source.now()
            _ = try await country.forms.change(id, actor: Country.student) { draft, _ in
                draft.answers.set("Somebody", at: place("applicant", "givenName"))
                draft.evidence["person.givenName"] = Draft.Fetched(
                    outcome: .unavailable(ownerID: ""), consumerID: "municipality-haifa", dueAt: time.adding(seconds: 30))
            }
            country.time.advance(seconds: 31)
            let page = try await browser.get("/drafts/\(id)/pages/declaration")
            #expect(try await browser.post("\(draft)/check", [], on: page).location == "\(draft)/pages/person")
            #expect(country.desk.opened.withLock { $0 }.isEmpty)
            #expect(try await browser.post("\(draft)/pages/person", [], on: page).location == "\(draft)/check")
            #expect(try await browser.post("\(draft)/check", [], on: page).location.contains("/me/cases/"))
            #expect(country.desk.opened.withLock { $0.first?.answers.value(at: place("applicant", "givenName")) } == "דנה")
        }
    }

    @Test func staleEvidenceIsAskedForAgainBeforeItIsSent() async throws {
        try await Country.with(.sqlite) { country in
            let browser = Browser(country: country, actor: Country.student)
            let draft = try await browser.readyDraft()
            let check = try await browser.get("\(draft)/check")
            let asked = country.registers.questions.withLock { $0.count }
            country.time.advance(seconds: 23 * 3_600)
            #expect(try await browser.get("\(draft)/check").status == 200)
            #expect(country.registers.questions.withLock { $0.count } == asked)
            country.time.advance(seconds: 2 * 3_600)
            country.registers.changed.withLock { $0 = ["studies.active": false] }
            // She no longer studies: the page is shown again, and then the certificate is asked for.
            #expect(try await browser.post("\(draft)/check", [], on: check).location == "\(draft)/pages/studies")
            #expect(country.registers.questions.withLock { $0.count } > asked)
            #expect(try await browser.get("\(draft)/check").location == "\(draft)/pages/studies")
            #expect(try await browser.post("\(draft)/pages/studies", [], on: check).location == "\(draft)/pages/certificate")
            #expect(country.desk.opened.withLock { $0 }.isEmpty)
        }
    }

    /// What one city was told is not used for another.
    @Test func anotherBodyAsksForItself() async throws {
        try await Country.with(.sqlite) { country in
            country.registers.changed.withLock { $0 = ["person.address": ["localityCode": 8600, "locality": "רמת גן", "house": "1"]] }
            let browser = Browser(country: country, actor: Country.student)
            var fill = FormPagesTests.answers
            fill[6] = ("same-address", [("property.sameAddress", "no")])
            let start = try await browser.get("/forms/municipal-tax-discount-student")
            let draft = try await browser.post("/forms/municipal-tax-discount-student", [], on: start).location
            for (step, fields) in fill { _ = try await browser.post("\(draft)/pages/\(step)", fields, on: start) }
            let asked = country.registers.questions.withLock { $0.count }
            #expect(country.registers.questions.withLock { $0.allSatisfy { $0.consumer == "municipality-haifa" } })
            _ = try await browser.post("\(draft)/pages/place", [("property.localityCode", "8600")], on: start)
            _ = try await browser.get("\(draft)/pages/person")
            let again = country.registers.questions.withLock { $0.dropFirst(asked).map(\.consumer) }
            #expect(again == ["municipality-ramat-gan"])
            // Where the other city may not be told, what the first was told is not sent to it.
            country.registers.isDown.withLock { $0 = true }
            _ = try await browser.get("\(draft)/pages/studies")
            let answers = try await browser.answers(draft)
            #expect(answers.value(at: place("studies", "institution")) == nil)
            #expect(!answers.confirmed.contains("studies"))
        }
    }

    @Test(arguments: [true, false])
    func aStudentWhomTheRegisterCallsInactiveNeedsACertificate(isActive: Bool) async throws {
        try await Country.with(.sqlite) { country in
            country.registers.changed.withLock { $0 = ["studies.active": .bool(isActive)] }
            let browser = Browser(country: country, actor: Country.student)
            let draft = try await FormPagesTests().fill(browser, until: "studies")
            let page = try await browser.get("\(draft)/pages/studies")
            let saved = try await browser.post("\(draft)/pages/studies", [("studies.active", "yes")], on: page)
            #expect(saved.location == "\(draft)/pages/\(isActive ? "same-address" : "certificate")")
        }
    }

    @Test func theRegisteredAddressMustBeInTheTownOfTheFlat() async throws {
        try await Country.with(.sqlite) { country in
            country.registers.changed.withLock { $0 = ["person.address": ["localityCode": 8600, "locality": "רמת גן", "house": "1"]] }
            for language in Language.allCases {
                let browser = Browser(country: country, actor: Country.student, language: language.rawValue)
                let draft = try await FormPagesTests().fill(browser, until: "same-address")
                let page = try await browser.get("\(draft)/pages/same-address")
                let refused = try await browser.post("\(draft)/pages/same-address", [("property.sameAddress", "yes")], on: page)
                #expect(refused.status == 422)
                #expect(refused.html.contains("id=\"property.sameAddress-error\""))
                #expect(!refused.html.contains("⟦"))
                #expect(try await browser.post("\(draft)/pages/same-address", [("property.sameAddress", "no")], on: page).location == "\(draft)/pages/flat")
            }
        }
    }

    @Test func operatorsAreToldWhenTheBrokerFails() async throws {
        try await Country.with(.sqlite) { country in
            country.registers.fails.withLock { $0 = true }
            let browser = Browser(country: country, actor: Country.student)
            let draft = try await FormPagesTests().fill(browser, until: "person")
            #expect(try await browser.get("\(draft)/pages/person").html.contains("name=\"applicant.givenName\""))
            let told = country.told.lines
            #expect(told.count == 1)
            #expect(told.first?.hasPrefix("error registers could not be asked for a form") == true)
            #expect(told.first?.contains("consumer=municipality-haifa") == true)
            #expect(told.first?.contains("Failure") == true)
        }
    }
}
