@testable import Delivery
import Database
import Foundation
import Synchronization
import TestKit
import Testing
import Values
import Web

/// The officers' desk over routes, on both databases.
@Suite struct DeskTests {
    @Test(arguments: TestDatabases.engines) func anotherBodysCaseDoesNotExist(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let id = try await country.paidCafe()
            let leg = try await country.leg("police", of: id)
            for (officer, wrong) in [(Cast.foreign, id), (Cast.foreign, leg.id), (Cast.clerk, leg.id), (Cast.police, id)] {
                let browser = Browser(country: country, actor: officer)
                let desk = try await browser.get("/desk")
                #expect(desk.status == 200 && !desk.html.contains(wrong))
                for path in ["", "/files/\(wrong)", "/papers/\(wrong)"] {
                    #expect(try await browser.get("/desk/cases/\(wrong)\(path)").status == 404)
                }
                for verb in ["take", "ask", "note", "approve", "refuse"] {
                    let fields = [("reason", "r"), ("question", "q"), ("note", "n")]
                    // A form token from a page of her own.
                    let own = try await Browser(country: country, actor: officer).get("/desk")
                    let reply = try await browser.post("/desk/cases/\(wrong)/\(verb)", fields, on: own)
                    #expect([403, 404].contains(reply.status))
                }
            }
            #expect(try await country.audited("case.view").isEmpty)
            #expect(try await country.find(id).state == .open)
        }
    }

    @Test(arguments: TestDatabases.engines) func nobodyDecidesOnHerOwnRequest(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let id = try await country.send(by: Cast.dana)
            let leg = try await country.leg("police", of: try await country.paidCafe(by: Cast.owner))
            for (officer, own) in [(Cast.danaAtWork, id), (Cast.ownerAtWork, leg.id)] {
                let before = try await country.find(own)
                let browser = Browser(country: country, actor: officer)
                #expect(try await browser.get("/desk").html.contains("your own request"))
                let page = try await browser.get("/desk/cases/\(own)")
                #expect(page.status == 200 && page.html.contains("Nobody handles her own request") && !page.html.contains("/approve\""))
                for verb in ["take", "ask", "note", "approve", "refuse"] {
                    // The token of a page whose forms are hidden is the token of her session.
                    let token = try await country.token(of: officer)
                    let reply = try await browser.post("/desk/cases/\(own)/\(verb)", [("reason", "r"), ("question", "q"), ("note", "n")], on: token)
                    #expect(reply.status == 403 && reply.isWhole, "\(verb)")
                }
                #expect(try await country.find(own) == before)
            }
        }
    }

    @Test(arguments: TestDatabases.engines) func ofTwoDecisionsAtOnceOneCounts(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            for _ in 0..<5 {
                let id = try await country.send()
                let replies = try await withThrowingTaskGroup(of: Int.self) { group in
                    for (verb, officer) in [("approve", Cast.clerk), ("refuse", Cast.colleague)] {
                        let browser = Browser(country: country, actor: officer)
                        let page = try await browser.get("/desk/cases/\(id)")
                        group.addTask { try await browser.post("/desk/cases/\(id)/\(verb)", [("reason", "why")], on: page).status }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(replies.sorted() == [303, 409])
                #expect(try await country.rows(country.find(id)).filter { $0.kind == .decided }.count == 1)
                #expect(try await country.kept("paper").filter { $0.holder == id }.count == 1)
            }
        }
    }

    @Test(arguments: TestDatabases.engines) func whatIsWrongStandsAtItsField(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let id = try await country.send()
            for (verb, field) in [("refuse", "reason"), ("ask", "question"), ("note", "note")] {
                let page = try await country.desk(verb, id, by: Cast.clerk, [(field, " ")])
                #expect(page.status == 422 && page.isWhole && page.html.contains("href=\"#\(verb)-\(field)\""))
            }
            let long = try await country.desk("approve", id, by: Cast.clerk, [("reason", String(repeating: "x", count: 4_001))])
            #expect(long.status == 422 && long.isWhole && long.html.contains("id=\"approve-error\"") && long.html.contains("xxxx"))
            let page = try await Browser(country: country, actor: Cast.clerk).get("/desk/cases/\(id)")
            try await country.desk("refuse", id, by: Cast.colleague, [("reason", "no")])
            let late = try await Browser(country: country, actor: Cast.clerk).post("/desk/cases/\(id)/approve", [("reason", "")], on: page)
            #expect(late.status == 409 && late.isWhole && late.html.contains("has been decided"))
        }
    }

    @Test(arguments: TestDatabases.engines) func everyLookAndMoveIsRecordedAndNoOther(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let id = try await country.send()
            try await country.desk("take", id, by: Cast.clerk)
            #expect(try await country.audited("case.take").map { $0.content["actor"]?.string } == [Cast.clerk.id])
            #expect(try await country.audited("case.view").count == 1)
            let browser = Browser(country: country, actor: Cast.clerk)
            #expect(try await browser.get("/desk/cases/\(id)/files/\(UUIDv7.next())").status == 404)
            #expect(try await browser.get("/desk/cases/\(id)/papers/\(UUIDv7.next())").status == 404)
            #expect(try await country.audited("attachment.view").isEmpty)
            #expect(try await country.audited("document.view").isEmpty)
            try await country.desk("approve", id, by: Cast.clerk)
            let paper = try #require(try await country.kept("paper").first?.id)
            #expect(try await browser.get("/desk/cases/\(id)/papers/\(paper)").status == 200)
            #expect(try await country.audited("document.view").count == 1)
            // That she reads her own leaves none.
            #expect(try await Browser(country: country, actor: Cast.dana).get("/me/cases/\(id)/papers/\(paper)").status == 200)
            #expect(try await country.audited("document.view").count == 1)
        }
    }

    @Test(arguments: TestDatabases.engines) func listsArePagedAndTheClosedStandNewestFirst(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            var ids: [String] = []
            for _ in 0..<33 {
                ids.append(try await country.send())
                country.time.advance(seconds: 1)
            }
            let browser = Browser(country: country, actor: Cast.clerk)
            let first = try await browser.get("/desk")
            #expect(first.html.ranges(of: "/desk/cases/").count == 30)
            let next = try #require(first.link("/en/desk?state=open&amp;after="))
            let second = try await browser.get(next)
            #expect(second.html.ranges(of: "/desk/cases/").count == 3 && second.html.contains(ids[32]))
            for id in ids[..<32] {
                _ = try await country.database.write { connection in
                    let item = try #require(try country.delivery.store.onDesk(id, of: "municipality-haifa", in: connection))
                    try country.delivery.decide(item, .approved, reason: "", by: Cast.clerk, in: connection)
                }
                country.time.advance(seconds: 1)
            }
            let closed = try await browser.get("/desk?state=closed")
            let places = ids.map { closed.html.range(of: $0)?.lowerBound }
            #expect(places[0] == nil && places[1] == nil && places[2] != nil)
            #expect(try #require(places[31]) < (try #require(places[30])))
            let more = try #require(closed.link("/en/desk?state=closed&amp;after="))
            let rest = try await browser.get(more)
            #expect(rest.html.contains(ids[0]) && rest.html.contains(ids[1]) && !rest.html.contains("/desk/cases/\(ids[2])"))
            #expect(try await country.database.read { try country.delivery.store.count(of: "municipality-haifa", .closed, limit: 10, in: $0) } == 10)
        }
    }

    @Test(arguments: TestDatabases.engines) func theSystemIsNamedInTheReadersLanguageAndLateIsSaidOfOpenCasesAlone(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let id = try await country.paidCafe()
            let page = try await Browser(country: country, actor: Cast.clerk, language: "he").get("/desk/cases/\(id)")
            #expect(page.html.contains("מערכת התשלומים") && !page.html.contains("<bdi>payments</bdi>"))
            let student = try await country.send()
            country.time.advance(days: 120)
            let browser = Browser(country: country, actor: Cast.clerk)
            #expect(try await browser.get("/desk").html.contains(">Late<"))
            for open in [id, student] { try await country.desk("ask", open, by: Cast.clerk, [("question", "What?")]) }
            #expect(try await !browser.get("/desk?state=waiting").html.contains(">Late<"))
        }
    }

    @Test(arguments: TestDatabases.engines) func aStageThatTellsNobodyTellsNobody(engine: TestEngine) async throws {
        var rows = try json("case-types.json")
        rows.set(false, at: JSONPointer("/0/stages/1/tellsPerson")!)
        let quiet = try CaseTypes(
            caseTypes: rows, licensingRules: json("business-licensing-rules.json"), workingCalendar: json("working-calendar.json"))
        for (types, count) in [(quiet, 0), (try demoTypes(), 1)] {
            try await Country.with(engine, types: types) { country in
                let id = try await country.send()
                try await country.desk("take", id, by: Cast.clerk)
                #expect(try await country.told("case.stage").count == count)
                #expect(try await country.rows(country.find(id)).filter { $0.kind == .taken && $0.toldPerson }.count == count)
            }
        }
    }

    @Test(arguments: TestDatabases.engines) func aPaperThatIsLateSaysSo(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let id = try await country.send()
            country.near.papersReady.withLock { $0 = false }
            try await country.desk("approve", id, by: Cast.clerk)
            let browser = Browser(country: country, actor: Cast.dana)
            #expect(try await browser.get("/me/cases/\(id)").html.contains("usually within a minute"))
            country.time.advance(seconds: 301)
            #expect(try await browser.get("/me/cases/\(id)").html.contains("taking longer"))
        }
    }

    /// Whatever numbers are made up, no two cases have the same one.
    @Test(arguments: TestDatabases.engines) func aNumberThatIsTakenIsMadeUpAgain(engine: TestEngine) async throws {
        let made = Counter()
        try await Country.with(engine, numbering: { CaseNumber.make(on: $0, random: UInt32(made.next() / 3)) }) { country in
            for _ in 0..<4 { try await country.send() }
            let id = try await country.paidCafe(area: 900)
            let numbers = try await country.database.read { try $0.query("SELECT number FROM delivery_case", [], { try $0.text(0) }) }
            let legs = try await country.legs(of: id).count
            #expect(numbers.count == 5 + legs && Set(numbers).count == numbers.count)
        }
    }
}

final class Counter: Sendable {
    private let count = Mutex(0)
    func next() -> Int { count.withLock { $0 += 1; return $0 } }
}
