@testable import Delivery
import Contracts
import Database
import Foundation
import Jobs
import Language
import Synchronization
import TestKit
import Testing
import Values
import Web

/// What a person does with her requests, on both databases.
@Suite struct PersonTests {
    private func asked(_ country: Country) async throws -> (String, Browser, Page) {
        let id = try await country.send()
        try await country.desk("ask", id, by: Cast.clerk, [("question", "Which flat?")])
        let browser = Browser(country: country, actor: Cast.dana)
        return (id, browser, try await browser.get("/me/cases/\(id)"))
    }

    @Test(arguments: TestDatabases.engines) func anAnswerAndItsFilesAreKeptTogether(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let (id, browser, page) = try await asked(country)
            let question = try #require(page.questions.first)
            #expect(page.isWhole)
            // One bad file, and nothing is kept; what she wrote stays.
            for (files, status) in [(["a", "bad"], 422), (["a", "down"], 503), (["1", "2", "3", "4", "5", "6"], 422)] {
                let refused = try await browser.complete(id, question, "The second floor", files: files, on: page)
                #expect(refused.status == status && refused.isWhole && refused.html.contains("The second floor</textarea>"))
                #expect(refused.html.contains("href=\"#file\""))
            }
            let empty = try await browser.complete(id, question, " ", files: ["a"], on: page)
            #expect(empty.status == 422 && empty.html.contains("href=\"#answer\"") && empty.isWhole)
            #expect(try await country.kept("file").isEmpty)
            #expect(try await country.find(id).state == .waiting)
            #expect(try await browser.complete(id, question, "The second floor", files: ["1", "2", "3", "4", "5"], on: page).status == 303)
            #expect(try await country.kept("file").map(\.holder) == Array(repeating: id, count: 5))
            // From another tab: no second set of files, and her words are not lost.
            let late = try await browser.complete(id, question, "The third floor", files: ["x"], on: page)
            #expect(late.status == 409 && late.isWhole && late.html.contains("The third floor"))
            #expect(try await country.kept("file").count == 5)
            let after = try await browser.get("/me/cases/\(id)")
            #expect(after.questions.isEmpty && after.html.contains("Which flat?") && after.html.contains("The second floor"))
        }
    }

    @Test(arguments: TestDatabases.engines) func twoTabsAtOnceAreOneAnswer(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let (id, browser, page) = try await asked(country)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for text in ["one", "two"] {
                    group.addTask { try await browser.complete(id, page.questions[0], text, files: [text], on: page).status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [303, 409])
            #expect(try await country.kept("file").count == 1)
        }
    }

    @Test(arguments: TestDatabases.engines) func thePromiseCountsFromThePayment(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let id = try await country.sendCafe()
            country.time.advance(days: 20)
            try await country.publish("payment.captured", id)
            let item = try await country.find(id)
            let today = IsraelTime.date(country.time.source.now())
            #expect(item.promisedOn == (try demoTypes()).calendar.date(45, after: today))
            #expect(try await country.told("case.received").first?.content["values"]?["date"]?.string == Formats.date(item.promisedOn, in: .en))
        }
    }

    @Test(arguments: TestDatabases.engines) func aFailedPaymentIsToldOnceWithTheWayToPay(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let id = try await country.sendCafe()
            try await country.publish("payment.failed", id, ["payment": "p1", "state": "cancelled"])
            #expect(try await country.told("case.payment-needed").count == 1)
            try await country.publish("payment.failed", id, ["payment": "p2", "state": "declined"])
            let notices = try await country.told("case.payment-needed")
            #expect(notices.count == 2 && notices.allSatisfy { $0.content["link"]?.string == "/pay/pay-\(id)" })
            #expect(try await country.rows(country.find(id)).filter { $0.kind == .paymentFailed }.count == 1)
            try await country.publish("payment.captured", id)
            try await country.publish("payment.failed", id, ["payment": "p3", "state": "expired"])
            #expect(try await country.told("case.payment-needed").count == 2)
        }
    }

    @Test(arguments: TestDatabases.engines) func aQuestionThatWaitsIsRemindedOfOnce(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let (id, browser, page) = try await asked(country)
            try await country.worker.runClocks()
            #expect(try await country.told("case.question-reminder").isEmpty)
            country.time.advance(days: 7)
            for _ in 0..<3 { try await country.worker.runClocks() }
            #expect(try await country.told("case.question-reminder").filter { $0.holder == id }.count == 1)
            #expect(try await country.rows(country.find(id)).filter { $0.kind == .questionReminded }.count == 1)
            _ = try await browser.complete(id, try #require(page.questions.first), "The second floor", files: [], on: page)
            // Another question that is answered in time, and one whose request she withdraws: no reminder.
            try await country.desk("ask", id, by: Cast.clerk, [("question", "Which door?")])
            let again = try await browser.get("/me/cases/\(id)")
            _ = try await browser.complete(id, try #require(again.questions.first), "The left one", files: [], on: again)
            country.time.advance(days: 8)
            try await country.worker.runClocks()
            #expect(try await country.told("case.question-reminder").count == 1)
        }
    }

    @Test(arguments: TestDatabases.engines) func anUnpaidFeeIsRemindedOnceAndThenLapses(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let (id, paid) = (try await country.sendCafe(), try await country.paidCafe())
            try await country.worker.runClocks()
            #expect(try await country.told("case.payment-needed").filter { $0.holder == id }.count == 1)
            country.time.advance(days: 7)
            for _ in 0..<3 { try await country.worker.runClocks() }
            #expect(try await country.told("case.payment-needed").filter { $0.holder == id }.count == 2)
            #expect(try await country.rows(country.find(id)).filter { $0.kind == .reminded }.count == 1)
            country.time.advance(days: 22)
            try await country.worker.runClocks()
            #expect(try await country.find(id).state == .waiting)
            country.time.advance(days: 1)
            // While the bank has not answered, or the payment's event is on its way, nothing lapses.
            let near = country.near
            try await country.database.write { try near.keep("underway", id, [:], in: $0) }
            try await country.worker.runClocks()
            #expect(try await country.find(id).state == .waiting)
            try await country.database.write { _ = try $0.execute("DELETE FROM test_kept WHERE kind = 'underway'", []) }
            for _ in 0..<2 { try await country.worker.runClocks() }
            #expect(try await country.find(id).result == .lapsed)
            #expect(try await country.kept("given-up").map(\.id) == [id])
            #expect(try await country.told("case.lapsed").map(\.holder) == [id])
            #expect(try await country.find(paid).state == .open)
            let page = try await Browser(country: country, actor: Cast.owner).get("/me/cases/\(id)")
            #expect(page.html.contains("closed because the fee was not paid") && !page.html.contains("z-stages") && !page.html.contains("/pay/"))
            // Money that comes after all goes back, and only that.
            try await country.publish("payment.captured", id)
            try await country.publish("payment.captured", paid)
            #expect(try await country.kept("refund").map(\.holder) == [id])
            // That it went back is told, once.
            for _ in 0..<2 { try await country.publish("payment.refunded", id, ["payment": .string("pay-\(id)")]) }
            let told = try await country.told("case.fee-refunded")
            #expect(told.map(\.holder) == [id] && told.first?.content["values"]?["amount"]?.string == "374.00")
            #expect(told.first?.content["link"]?.string == "/me/payments/pay-\(id)")
            #expect(try await Browser(country: country, actor: Cast.owner).get("/me/cases/\(id)").html.contains("The fee was returned"))
        }
    }

    @Test(arguments: TestDatabases.engines) func aPersonTakesHerRequestBack(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let id = try await country.paidCafe()
            let browser = Browser(country: country, actor: Cast.owner)
            let ask = try await browser.get("/me/cases/\(id)/withdraw")
            #expect(ask.status == 200 && ask.html.contains("not returned by itself"))
            #expect(try await country.find(id).state == .open)
            for _ in 0..<2 { #expect(try await browser.post("/me/cases/\(id)/withdraw", [], on: ask).status == 303) }
            #expect(try await country.find(id).result == .withdrawn)
            #expect(try await country.legs(of: id).allSatisfy { $0.result == .withdrawn })
            #expect(try await Set(country.audited("case.withdraw").compactMap { $0.content["subject"]?.string }) == ["515000003", "person-3"])
            #expect(try await browser.get("/me/cases/\(id)").html.contains("The request was withdrawn"))
            #expect(try await country.desk("approve", try await country.leg("police", of: id).id, by: Cast.police).status == 409)
            // A decided one stays as it is, and another's does not exist.
            let decided = try await country.send()
            try await country.desk("approve", decided, by: Cast.clerk)
            let dana = Browser(country: country, actor: Cast.dana)
            #expect(try await dana.post("/me/cases/\(decided)/withdraw", [], on: asked(country).2).status == 409)
            #expect(try await dana.get("/me/cases/\(id)/withdraw").status == 404)
        }
    }

    @Test(arguments: TestDatabases.engines) func aBusinessCaseFollowsTheMandate(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let id = try await country.sendCafe()
            let own = Browser(country: country, actor: Cast.owner)
            #expect(try await own.get("/me/cases").html.contains(id))
            #expect(try await own.get("/me/cases/\(id)").html.contains("/pay/pay-\(id)"))
            // Another signatory sees it; only whoever sent it pays.
            let partner = Browser(country: country, actor: Cast.partner)
            #expect(try await partner.get("/me/cases").html.contains(id))
            let page = try await partner.get("/me/cases/\(id)")
            #expect(page.status == 200 && !page.html.contains("/pay/") && page.html.contains("Whoever sent the request pays"))
            // In her own name the owner does not have it, and is led to the capacity in which she does.
            let herself = Browser(country: country, actor: Cast.ownerHerself)
            #expect(try await !herself.get("/me/cases").html.contains(id))
            let reply = try await herself.get("/me/cases/\(id)")
            #expect(reply.status == 303 && reply.location == "/en/capacity?next=/me/cases/\(id)")
            #expect(try await herself.get("/me/cases/\(id)/withdraw").status == 404)
            #expect(try await Browser(country: country, actor: Cast.other).get("/me/cases/\(id)").status == 404)
        }
    }

    @Test(arguments: TestDatabases.engines) func theListIsPagedAndTheZoneNamesAllThatWaits(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let old = try await country.send()
            try await country.desk("ask", old, by: Cast.clerk, [("question", "Which?")])
            var ids: [String] = []
            for _ in 0..<32 {
                country.time.advance(seconds: 1)
                ids.append(try await country.send())
            }
            let browser = Browser(country: country, actor: Cast.dana)
            let first = try await browser.get("/me/cases")
            #expect(first.html.contains(ids[31]) && !first.html.contains(old) && first.html.contains("/me/cases?before=\(ids[2])"))
            let second = try await browser.get("/me/cases?before=\(ids[2])")
            #expect(second.html.contains(old) && !second.html.contains("/me/cases/\(ids[2])"))
            let section = country.delivery.zoneSection
            let (items, actions) = try await country.database.read { connection in
                (
                    try section.items(for: Cast.dana, language: .en, limit: 4, in: connection),
                    try section.actions(for: Cast.dana, language: .en, limit: 4, in: connection)
                )
            }
            #expect(items.count == 4 && !items.contains(where: \.needsAction))
            #expect(actions.map(\.href) == ["/me/cases/\(old)"] && actions.allSatisfy(\.needsAction))
            // A fee leads to its payment, a question of a leg to the request.
            let (unpaid, cafe) = (try await country.sendCafe(), try await country.paidCafe())
            try await country.desk("ask", try await country.leg("police", of: cafe).id, by: Cast.police, [("question", "Who?")])
            let business = try await country.database.read { try section.actions(for: Cast.owner, language: .en, limit: 4, in: $0) }
            #expect(Set(business.map(\.href)) == ["/pay/pay-\(unpaid)", "/me/cases/\(cafe)"])
        }
    }

    @Test(arguments: TestDatabases.engines) func sentTwiceIsOneCase(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let submission = Submission(
                id: UUIDv7.next(), formID: "municipal-tax-discount-student", formVersion: 1, serviceID: "s", subjectID: Cast.dana.id, actor: Cast.dana,
                bodyID: "municipality-haifa", answers: [:], language: .he, at: country.time.source.now())
            let receipts = try await withThrowingTaskGroup(of: CaseReceipt.self) { group in
                for _ in 0..<4 { group.addTask { try await country.database.write { try country.delivery.intake.open(submission, in: $0) } } }
                return try await group.reduce(into: Set<CaseReceipt>()) { $0.insert($1) }
            }
            #expect(receipts.count == 1)
        }
    }

    /// Every notice that is sent has its words in five languages.
    @Test func everyNoticeHasItsWords() throws {
        let source = try FileManager.default.contentsOfDirectory(atPath: "\(Country.root)/Sources/Journeys/Delivery").filter { $0.hasSuffix(".swift") }
            .map { try String(contentsOfFile: "\(Country.root)/Sources/Journeys/Delivery/\($0)", encoding: .utf8) }.joined()
        var templates: Set = ["case.approved", "case.refused"]
        for match in source.matches(of: try Regex(#"tell\([^"\n]*"(case\.[a-z-]+)""#)) { templates.insert(String(match.output[1].substring ?? "")) }
        #expect(templates.count >= 8)
        for language in Language.allCases {
            let path = "\(Country.root)/Sources/Components/Messages/Strings/\(language.rawValue).json"
            let texts = try JSON.parse(Array(try Data(contentsOf: URL(fileURLWithPath: path))))
            for template in templates { #expect(texts["template.\(template).1.body"] != nil, "\(template) in \(language.rawValue)") }
        }
    }
}

