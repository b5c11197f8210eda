@testable import Forms
import Contracts
import Database
import Foundation
import HTTPTypes
import Jobs
import Language
import Synchronization
import TestKit
import Testing
import Values
import Web

/// The pages, as a browser without scripts sees them.
@Suite struct FormPagesTests {
    static let answers: [(step: String, fields: [(String, String)])] = [
        ("student", [("eligibility.student", "yes")]), ("exempt", [("eligibility.fullExemption", "no")]), ("place", [("property.localityCode", "חיפה")]),
        ("person", []), ("contact", [("contact.phone", "050-1234567"), ("contact.email", "dana@example.co.il")]), ("studies", []),
        ("same-address", [("property.sameAddress", "yes")]), ("tenancy", [("property.tenancy", "rent")]),
        ("account", [("property.accountNumber", "1234567"), ("property.residents", "1")]),
    ]

    /// Answers pages in order until the one named; the address of the draft.
    func fill(_ browser: Browser, until last: String) async throws -> String {
        let start = try await browser.get("/forms/municipal-tax-discount-student")
        #expect(start.status == 200)
        var place = try await browser.post("/forms/municipal-tax-discount-student", [], on: start).location
        let draft = place
        place = try await browser.get(place).location
        for (step, fields) in FormPagesTests.answers {
            #expect(place == "\(draft)/pages/\(step)")
            if step == last { return draft }
            let page = try await browser.get(place)
            #expect(page.status == 200)
            #expect(!page.html.contains("⟦"))
            let saved = try await browser.post(place, fields, on: page)
            #expect(saved.status == 303, "\(step): \(saved.html)")
            place = saved.location
        }
        return draft
    }

    /// The rest of the student form after the account page.
    func finish(_ browser: Browser, _ draft: String) async throws {
        let list = try await browser.get("\(draft)/pages/household")
        let entry = try await browser.get("\(draft)/pages/household/entries/new")
        let kept = try await browser.post(
            "\(draft)/pages/household/entries/new", [("name", "דנה לוי"), ("relation", "self"), ("monthlyIncome", "4,200.50")], on: entry)
        #expect(kept.location == "\(draft)/pages/household")
        #expect(try await browser.post("\(draft)/pages/household", [("action", "continue")], on: list).location == "\(draft)/pages/payslips")
        let files = try await browser.get("\(draft)/pages/payslips")
        #expect(try await browser.upload("\(draft)/pages/payslips", "income.proof", name: "תלוש.pdf", Samples.pdf, action: "continue", on: files).location == "\(draft)/pages/refund")
        let refund = try await browser.get("\(draft)/pages/refund")
        #expect(try await browser.post("\(draft)/pages/refund", [], on: refund).location == "\(draft)/pages/declaration")
        let declaration = try await browser.get("\(draft)/pages/declaration")
        #expect(try await browser.post("\(draft)/pages/declaration", [("declaration.confirmed", "yes")], on: declaration).location == "\(draft)/check")
    }

    @Test(arguments: TestDatabases.engines)
    func aStudentFillsInAndSends(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let browser = Browser(country: country, actor: Country.student)
            let draft = try await fill(browser, until: "")
            try await finish(browser, draft)
            let check = try await browser.get("\(draft)/check")
            for text in ["דנה", "הטכניון", "4,200.50", "עיריית חיפה", "רשות האוכלוסין", "תלוש.pdf", "050-123-4567", "הכנסה ממוצעת לנפש", "חושב מהתשובות"] { #expect(check.html.contains(text), "\(text)") }
            #expect(!check.html.contains("⟦"))
            // Pressed twice, and once more from another tab: one case.
            let sent = try await browser.post("\(draft)/check", [], on: check)
            let again = try await browser.post("\(draft)/check", [], on: check)
            let id = try #require(draft.split(separator: "/").last.map(String.init))
            #expect(sent.location == "/he/me/cases/\(id)?new=1")
            #expect(again.location == sent.location)
            // Pages left open in other tabs lead to the case as well.
            #expect(try await browser.get("\(draft)/pages/person").location == "/he/me/cases/\(id)")
            let opened = country.desk.opened.withLock { $0 }
            #expect(opened.count == 1)
            let submission = try #require(opened.first)
            #expect(submission.bodyID == "municipality-haifa")
            #expect(submission.subjectID == "person-1")
            #expect(submission.answers.value(at: JSONPointer(tokens: ["income", "monthlyTotal"])) == 420_050)
            #expect(submission.answers.value(at: JSONPointer(tokens: ["studies", "institution"])) == "הטכניון")
            #expect(country.log.entries.withLock { $0.map(\.what) } == ["form.draft", "form.submit"])
            let (archive, room) = (country.archive, country.room)
            let sections = try await country.database.read { try archive.sections(of: id, language: .en, in: $0) }
            let lines = sections.flatMap(\.lines)
            let institution = try #require(lines.first { $0.label == "Institution" })
            #expect(institution.value == "הטכניון")
            if case .register(let owner, _, let agreement, _) = institution.source {
                #expect(owner == "population-authority")
                #expect(agreement == "agreement-1")
            } else {
                Issue.record("the source of the institution is lost")
            }
            let total = try #require(lines.first { $0.label == "Total monthly income of everyone in the flat" })
            #expect(total.value.contains("4,200.50"))
            #expect(total.source == .rule("monthly-total"))
            let file = try #require(lines.compactMap(\.attachmentID).first)
            #expect(lines.filter { $0.attachmentID != nil }.map(\.scan) == ["not-scanned"])
            #expect(lines.filter { $0.attachmentID == nil }.allSatisfy { $0.scan == nil })
            #expect(try await country.database.read { try room.content(of: file, holderID: id, in: $0)?.1 } == Samples.pdf)
            #expect(try await country.database.read { try archive.answers(of: id, in: $0) } == submission.answers)
            let events = try await country.database.read { try $0.query("SELECT event_key FROM jobs_event WHERE type = 'forms.submitted'", []) { try $0.text(0) } }
            #expect(events == [id])
        }
    }

    @Test(arguments: TestDatabases.engines)
    func manyTabsMakeOneCase(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let browser = Browser(country: country, actor: Country.student)
            let draft = try await fill(browser, until: "")
            try await finish(browser, draft)
            let check = try await browser.get("\(draft)/check")
            let places = try await withThrowingTaskGroup(of: String.self) { tasks in
                for _ in 0..<8 { tasks.addTask { try await browser.post("\(draft)/check", [], on: check).location } }
                return try await tasks.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(places.count == 1)
            let rows = try await country.database.read { try $0.query("SELECT id FROM forms_submission", []) { try $0.text(0) } }
            #expect(rows.count == 1)
        }
    }

    @Test func aFailedOpeningLosesNothing() async throws {
        try await Country.with(.sqlite) { country in
            let browser = Browser(country: country, actor: Country.student)
            let draft = try await fill(browser, until: "")
            try await finish(browser, draft)
            let check = try await browser.get("\(draft)/check")
            country.desk.fails.withLock { $0 = true }
            #expect(try await browser.post("\(draft)/check", [], on: check).status == 500)
            country.desk.fails.withLock { $0 = false }
            #expect(try await browser.get("\(draft)/check").html.contains("4,200.50"))
            #expect(try await browser.post("\(draft)/check", [], on: check).status == 303)
        }
    }

    @Test func whatWasTypedWronglyIsShownAgain() async throws {
        try await Country.with(.sqlite) { country in
            let browser = Browser(country: country, actor: Country.student)
            let draft = try await fill(browser, until: "contact")
            let place = "\(draft)/pages/contact"
            let page = try await browser.get(place)
            let wrong = try await browser.post(place, [("contact.phone", "<b>12 ab\""), ("contact.email", "nobody")], on: page)
            #expect(wrong.status == 422)
            #expect(wrong.html.contains("value=\"&lt;b&gt;12 ab&quot;\""))
            #expect(wrong.html.contains("value=\"nobody\""))
            #expect(wrong.html.contains("href=\"#contact.phone\""))
            #expect(wrong.html.contains("aria-invalid=\"true\""))
            #expect(wrong.html.contains("id=\"contact.email-error\""))
            let empty = try await browser.post(place, [], on: page)
            #expect(empty.html.contains("href=\"#contact.email\""))
            // Nothing of it was kept.
            #expect(try await browser.get(place).html.contains("value=\"nobody\"") == false)
            for text in [String(repeating: "א", count: 10_000), "\u{202E}", "😀"] {
                #expect(try await browser.post(place, [("contact.phone", text), ("contact.email", text)], on: page).status == 422)
            }
        }
    }

    @Test func registersAreAskedOnceAndWhatTheyHoldCannotBePosted() async throws {
        try await Country.with(.sqlite) { country in
            let browser = Browser(country: country, actor: Country.student)
            let draft = try await fill(browser, until: "contact")
            _ = try await browser.get("\(draft)/pages/person")
            let questions = country.registers.questions.withLock { $0 }
            #expect(questions.count == 1)
            #expect(questions.first?.consumer == "municipality-haifa")
            #expect(questions.first?.purpose == "municipal-tax-discount")
            #expect(questions.first?.basis == .law("arnona-regulations-1993"))
            let page = try await browser.get("\(draft)/pages/person")
            #expect(page.html.contains("z-source"))
            #expect(page.html.contains("הרצל 12"))
            _ = try await browser.post(
                "\(draft)/pages/person", [("applicant.givenName", "מישהו אחר"), ("_wrong", "השם המשפחה ישן")], on: page)
            let id = try #require(draft.split(separator: "/").last.map(String.init))
            let answers = try await country.forms.load(id, actor: Country.student).draft.answers
            #expect(answers.value(at: JSONPointer(tokens: ["applicant", "givenName"])) == "דנה")
            #expect(answers.notes["person"] == "השם המשפחה ישן")
        }
    }

    @Test func aRegisterThatIsDownStopsNobody() async throws {
        try await Country.with(.sqlite) { country in
            country.registers.isDown.withLock { $0 = true }
            let browser = Browser(country: country, actor: Country.student, language: "en")
            let draft = try await fillUntilPerson(browser)
            let page = try await browser.get("\(draft)/pages/person")
            #expect(page.html.contains("Population Authority"))
            #expect(page.html.contains("name=\"applicant.givenName\""))
            let saved = try await browser.post(
                "\(draft)/pages/person",
                [
                    ("applicant.givenName", "Dana"), ("applicant.familyName", "Levi"), ("applicant.nationalNumber", "18"),
                    ("applicant.registeredAddress.locality", "Haifa"), ("applicant.registeredAddress.street", "Herzl"), ("applicant.registeredAddress.house", "12"),
                ], on: page)
            #expect(saved.status == 422)
            #expect(saved.html.contains("href=\"#applicant.nationalNumber\""))
            #expect(saved.html.contains("value=\"Herzl\""))
            country.registers.isDown.withLock { $0 = false }
            country.time.advance(seconds: 60)
            #expect(try await browser.get("\(draft)/pages/person").html.contains("z-preview"))
        }
    }

    private func fillUntilPerson(_ browser: Browser) async throws -> String {
        let start = try await browser.get("/forms/municipal-tax-discount-student")
        let draft = try await browser.post("/forms/municipal-tax-discount-student", [], on: start).location
        for (step, fields) in FormPagesTests.answers.prefix(3) {
            let page = try await browser.get("\(draft)/pages/\(step)")
            _ = try await browser.post("\(draft)/pages/\(step)", step == "place" ? [("property.localityCode", "4000")] : fields, on: page)
        }
        return draft
    }

    @Test func aCertificateIsAskedWhenTheRegisterKnowsNothing() async throws {
        try await Country.with(.sqlite) { country in
            country.registers.studies.withLock { $0 = false }
            let browser = Browser(country: country, actor: Country.student)
            let draft = try await fill(browser, until: "studies")
            let page = try await browser.get("\(draft)/pages/studies")
            let saved = try await browser.post(
                "\(draft)/pages/studies",
                [("studies.institution", "מכללת הגליל"), ("studies.programme", "חינוך"), ("studies.yearOfStudy", "2"), ("studies.fullTime", "yes"), ("studies.active", "yes")],
                on: page)
            #expect(saved.location == "\(draft)/pages/certificate")
            let place = saved.location
            let files = try await browser.get(place)
            #expect(try await browser.upload(place, "studies.certificate", name: "a.jpg", Samples.heic, action: "continue", on: files).status == 422)
            #expect(try await browser.post(place, [("action", "continue")], on: files).status == 422)
            #expect(try await browser.upload(place, "studies.certificate", name: "a.jpg", Samples.jpeg, action: "upload", on: files).location == place)
            let listed = try await browser.get(place)
            #expect(listed.html.contains("a.jpg"))
            let file = try #require(listed.html.range(of: "value=\"remove:").map { String(listed.html[$0.upperBound...].prefix(36)) })
            let download = try await browser.get("\(draft)/files/\(file)")
            #expect(download.reply.body == Samples.jpeg)
            #expect(download.reply.headers[.contentDisposition]?.hasPrefix("attachment") == true)
            let stranger = Browser(country: country, actor: Country.other)
            #expect(try await stranger.get("\(draft)/files/\(file)").status == 404)
            #expect(try await browser.post(place, [("action", "remove:\(file)")], on: listed).status == 303)
            #expect(try await browser.get("\(draft)/files/\(file)").status == 404)
            for _ in 0..<5 { _ = try await browser.upload(place, "studies.certificate", name: "b.png", Samples.png, action: "upload", on: files) }
            #expect(try await browser.upload(place, "studies.certificate", name: "c.png", Samples.png, action: "upload", on: files).status == 422)
            #expect(try await browser.post(place, [("action", "continue")], on: files).location == "\(draft)/pages/same-address")
        }
    }

    @Test func otherPeoplesDraftsAndPagesAheadAreNotThere() async throws {
        try await Country.with(.sqlite) { country in
            let browser = Browser(country: country, actor: Country.student)
            let draft = try await fill(browser, until: "contact")
            let stranger = Browser(country: country, actor: Country.other)
            for path in ["", "/check", "/end", "/pages/person", "/pages/household/entries/new"] {
                #expect(try await stranger.get(draft + path).status == 404, "\(path)")
            }
            let own = try await stranger.get("/forms/municipal-tax-discount-student")
            for path in ["/check", "/pages/person", "/delete"] { #expect(try await stranger.post(draft + path, [], on: own).status == 404, "\(path)") }
            #expect(try await browser.get("\(draft)/pages/declaration").location == "\(draft)/pages/contact")
            #expect(try await browser.get("\(draft)/check").location == "\(draft)/pages/contact")
            #expect(try await browser.get("/drafts/not-an-id").status == 404)
            #expect(try await browser.get("/drafts/01890000-0000-7000-8000-000000000000").status == 404)
            #expect(try await browser.get("/forms/nothing").status == 404)
            let anonymous = Browser(country: country, actor: .anonymous)
            #expect(try await anonymous.get(draft).location.contains("/sign-in"))
            // Without our own page's token nothing is done.
            #expect(try await browser.post("\(draft)/delete", [], on: try await anonymous.get("/nothing")).status == 403)
            country.time.advance(days: 91)
            let expired = try await browser.get(draft)
            #expect(expired.status == 410)
            #expect(expired.html.contains("90"))
        }
    }

    /// A rule that cannot be evaluated is a defect of ours: the person is told so and goes no further, and operators learn which rule it is.
    @Test func aBrokenRuleIsToldAndLetsNobodyThrough() async throws {
        try await TestDatabases.with(.sqlite) { database in
            var source = SampleForm.source
            source.set(FormDocumentTests.tooLong, at: JSONPointer(tokens: ["rules", "0", "when"]))
            let country = try await Country(database, documents: [try FormDocument(source)])
            let browser = Browser(country: country, actor: Country.student, language: "en")
            let start = try await browser.get("/forms/sample")
            let draft = try await browser.post("/forms/sample", [], on: start).location
            let refused = try await browser.post("\(draft)/pages/student", [("student", "yes")], on: start)
            #expect(refused.status == 422)
            #expect(refused.html.contains("because of a fault of ours"))
            #expect(try await browser.get(draft).location == "\(draft)/pages/student")
            #expect(country.told.lines.first?.contains("rule=not-a-student") == true)
        }
    }

    @Test func exitsAndBlocksAreExplained() async throws {
        try await Country.with(.sqlite) { country in
            let browser = Browser(country: country, actor: Country.student)
            let draft = try await fill(browser, until: "exempt")
            let page = try await browser.get("\(draft)/pages/exempt")
            let end = try await browser.post("\(draft)/pages/exempt", [("eligibility.fullExemption", "yes")], on: page).location
            #expect(end == "\(draft)/end")
            let ending = try await browser.get(end)
            #expect(ending.html.contains("אין צורך בהנחה"))
            #expect(ending.html.contains("\(draft)/pages/exempt"))
            _ = try await browser.post("\(draft)/pages/exempt", [("eligibility.fullExemption", "no")], on: page)
            let place = try await browser.get("\(draft)/pages/place")
            #expect(try await browser.post("\(draft)/pages/place", [("property.localityCode", "אופקים")], on: place).location == "\(draft)/end")
        }
    }

    @Test func entriesAreAddedChangedAndRemoved() async throws {
        try await Country.with(.sqlite) { country in
            let browser = Browser(country: country, actor: Country.student)
            let draft = try await fill(browser, until: "")
            let list = "\(draft)/pages/household"
            let page = try await browser.get("\(list)/entries/new")
            let wrong = try await browser.post("\(list)/entries/new", [("name", "x"), ("relation", "king"), ("monthlyIncome", "a lot")], on: page)
            #expect(wrong.status == 422)
            #expect(wrong.html.contains("value=\"a lot\""))
            for name in ["דנה", "יוסי"] {
                _ = try await browser.post("\(list)/entries/new", [("name", name), ("relation", "self"), ("monthlyIncome", "0")], on: page)
            }
            // Two people, though one was said to live there.
            let refused = try await browser.post(list, [("action", "continue")], on: page)
            #expect(refused.status == 422)
            #expect(refused.html.contains("מספר האנשים ברשימה שונה"))
            let first = try #require(try await entries(browser, list).first)
            // Clicked twice: one person is gone.
            for _ in 0..<2 { #expect(try await browser.post(first, [("action", "remove")], on: page).location == list) }
            let left = try await browser.get(list)
            #expect(left.html.contains("יוסי"))
            #expect(!left.html.contains("<bdi>דנה ·"))
            #expect(try await browser.get(first).status == 404)
            #expect(try await browser.get("\(list)/entries/0").status == 404)
            #expect(try await browser.get("\(list)/entries/-1").status == 404)
            // No income: no proof is asked for.
            #expect(try await browser.post(list, [("action", "continue")], on: page).location == "\(draft)/pages/refund")
        }
    }

    /// The pages of the entries of a list, in order.
    private func entries(_ browser: Browser, _ list: String) async throws -> [String] {
        try await browser.get(list).html.components(separatedBy: "formaction=\"").dropFirst().map { String($0.prefix { $0 != "\"" }) }
    }

    /// A second tab changes the entry it shows, whatever was removed in the first; a new entry that is sent twice is one.
    @Test func entriesAreAddressedByThemselves() async throws {
        try await Country.with(.sqlite) { country in
            let browser = Browser(country: country, actor: Country.student)
            let draft = try await fill(browser, until: "")
            let list = "\(draft)/pages/household"
            func person(_ name: String) -> [(String, String)] { [("name", name), ("relation", "self"), ("monthlyIncome", "0")] }
            for name in ["דנה", "יוסי", "רות"] {
                let page = try await browser.get("\(list)/entries/new")
                let mark = try #require(page.html.range(of: "name=\"_entry\" value=\"")).upperBound
                let id = String(page.html[mark...].prefix { $0 != "\"" })
                let wrong = try await browser.post("\(list)/entries/new", [("_entry", id), ("name", "")], on: page)
                #expect(wrong.status == 422)
                #expect(wrong.html.contains(id))
                for _ in 0..<2 { _ = try await browser.post("\(list)/entries/new", person(name) + [("_entry", id)], on: page) }
            }
            let all = try await entries(browser, list)
            #expect(all.count == 3)
            let second = try await browser.get(all[1])
            #expect(second.html.contains("value=\"יוסי\""))
            _ = try await browser.post(all[0], [("action", "remove")], on: second)
            _ = try await browser.post(all[1], person("יוסף"), on: second)
            // The first is gone: what another tab still says of it changes nobody.
            _ = try await browser.post(all[0], person("אחר"), on: second)
            let id = try #require(draft.split(separator: "/").last.map(String.init))
            let answers = try await country.forms.load(id, actor: Country.student).draft.answers
            #expect(answers.entries(at: JSONPointer(tokens: ["household"])).map(\.value["name"]) == ["יוסף", "רות"])
        }
    }

    @Test func everyPageOfTheBusinessFormShowsInFiveLanguages() async throws {
        try await Country.with(.sqlite) { country in
            let fields: [(String, [(String, String)])] = [
                ("place", [("premises.localityCode", "Haifa")]), ("kind", [("premises.kind", "בית קפה/מסעדה")]), ("area", [("premises.area", "120")]),
                ("business", []), ("applicant", []), ("contact", [("contact.phone", "04-8123456"), ("contact.email", "a@b.co.il")]),
                ("address", [("premises.house", "7")]), ("right", [("premises.right", "lease")]), ("lawful-use", [("premises.lawfulUse", "yes")]),
                ("alcohol", [("activity.alcohol", "yes")]), ("seats", [("activity.seats", "40"), ("activity.outsideSeats", "0")]),
                ("hours", [("activity.afterMidnight", "no"), ("activity.liveMusic", "no")]),
                ("property-document", []),
                ("planner", [("planner.givenName", "א"), ("planner.familyName", "ב"), ("planner.nationalNumber", "00018")]), ("plan", []),
                ("notes", [("notes", "שלום")]), ("declaration", [("declaration.lawfulUse", "yes"), ("declaration.confirmed", "yes")]),
            ]
            let browser = Browser(country: country, actor: Country.owner)
            let start = try await browser.get("/forms/business-licence")
            let draft = try await browser.post("/forms/business-licence", [], on: start).location
            for (step, posted) in fields {
                let path = String(draft.dropFirst(3)) + "/pages/\(step)"
                for language in Language.allCases {
                    let page = try await Browser(country: country, actor: Country.owner, language: language.rawValue).get(path)
                    #expect(page.status == 200, "\(step) \(language)")
                    #expect(!page.html.contains("⟦") && !page.html.contains("[["), "\(step) \(language)")
                    #expect(page.html.utf8.count < 60_000, "\(step) \(language) \(page.html.utf8.count)")
                }
                let page = try await browser.get(path)
                let isFile = posted.isEmpty && (step == "plan" || step == "property-document")
                let saved = isFile
                    ? try await browser.upload(path, step == "plan" ? "documents.plan" : "documents.propertyRight", name: "p.pdf", Samples.pdf, action: "continue", on: page)
                    : try await browser.post(path, posted, on: page)
                #expect(saved.status == 303, "\(step): \(saved.html)")
            }
            for language in Language.allCases {
                let check = try await Browser(country: country, actor: Country.owner, language: language.rawValue).get(String(draft.dropFirst(3)) + "/check")
                #expect(check.status == 200)
                #expect(!check.html.contains("⟦"))
            }
            let check = try await browser.get("\(draft)/check")
            #expect(try await browser.post("\(draft)/check", [], on: check).status == 303)
            let submission = try #require(country.desk.opened.withLock { $0.first })
            #expect(submission.subjectID == "515000003")
            #expect(submission.answers.value(at: JSONPointer(tokens: ["premises", "kind"])) == "בית קפה/מסעדה")
            #expect(submission.answers.value(at: JSONPointer(tokens: ["premises", "area"])) == 120)
            let business = country.registers.questions.withLock { $0.first { $0.concepts.contains("business.name") } }
            #expect(business?.parameters == ["businessNumber": "515000003"])
            #expect(business?.subject == "515000003")
        }
    }

    @Test func draftsAreListedAndDeleted() async throws {
        try await Country.with(.sqlite) { country in
            let browser = Browser(country: country, actor: Country.student)
            let draft = try await fill(browser, until: "place")
            let list = try await browser.get("/me/drafts")
            #expect(list.html.contains(draft))
            #expect(try await browser.get("/forms/municipal-tax-discount-student").html.contains(draft))
            let items = try await country.database.read { try country.forms.zoneSection.items(for: Country.student, language: .fr, limit: 5, in: $0) }
            #expect(items.map(\.href) == [String(draft.dropFirst(3))])
            #expect(try await browser.post("\(draft)/delete", [], on: list).location == "/he/me/drafts")
            #expect(try await browser.get(draft).status == 404)
            let business = try await browser.get("/forms/business-licence")
            #expect(business.html.contains("/he/capacity?next=/forms/business-licence"))
            #expect(try await browser.post("/forms/business-licence", [], on: list).status == 403)
        }
    }
}
