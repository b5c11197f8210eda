@testable import Delivery
import Contracts
import Database
import Language
import Synchronization
import TestKit
import Testing
import Values
import Web

/// What somebody sees and does who acts for another person, on both databases.
@Suite struct MandateTests {
    /// Dana's mandate in the hands of the other one, as sessions carry it.
    private func give(_ actor: Actor, _ country: Country) throws -> Browser {
        let mandate = try #require(actor.mandate)
        country.near.mandates.withLock {
            $0 = [
                HeldMandate(
                    mandate: mandate, kind: .attorney, attorneyID: actor.id, principalName: Cast.dana.name, until: CalendarDate(year: 2099, month: 1, day: 1)!)
            ]
        }
        return Browser(country: country, actor: actor)
    }

    @Test(arguments: TestDatabases.engines) func aRequestSentByMandateIsHersAndBothAreTold(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let attorney = Cast.attorney
            let browser = try give(attorney, country)
            let id = try await country.send(by: attorney)
            let item = try await country.find(id)
            #expect(item.subjectID == Cast.dana.id && item.applicantID == attorney.id)
            #expect(try await Set(country.told("case.received").map { $0.content["to"] }) == [.string(Cast.dana.id), .string(attorney.id)])
            #expect(try await browser.get("/me/cases/\(id)").isWhole)
            #expect(try await Browser(country: country, actor: Cast.dana).get("/me/cases/\(id)").isWhole)
            #expect(try await browser.get("/me/cases").html.contains("/me/cases/\(id)"))
            let looks = try await country.audited("case.view")
            #expect(looks.map { $0.content["subject"] } == [.string(Cast.dana.id)], "the look of the attorney is in her log; her own is not")
            // The mandate ends: only she is told from now on.
            country.near.mandates.withLock { $0 = [] }
            try await country.desk("ask", id, by: Cast.clerk, [("question", "Which flat?")])
            #expect(try await country.told("case.completion-asked").map { $0.content["to"] } == [.string(Cast.dana.id)])
        }
    }

    @Test(arguments: TestDatabases.engines) func whatTheMandateDoesNotCoverDoesNotExist(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let id = try await country.send()
            let other = try give(Cast.attorneyElsewhere, country)
            #expect(try await other.get("/me/cases/\(id)").status == 404)
            #expect(try await !other.get("/me/cases").html.contains(id))
            let none = try give(Cast.attorneyForNothing, country)
            #expect(try await none.get("/me/cases/\(id)").status == 404)
            #expect(try await !none.get("/me/cases").html.contains(id))
            let all = try give(Cast.attorneyForAll, country)
            #expect(try await all.get("/me/cases/\(id)").status == 200)
            #expect(try await all.get("/me/cases").html.contains(id))
            #expect(try await country.audited("case.view").count == 1)
        }
    }

    @Test(arguments: TestDatabases.engines) func whoMayOnlyFollowChangesNothing(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let id = try await country.send()
            try await country.desk("ask", id, by: Cast.clerk, [("question", "Which flat?")])
            let follower = try give(Cast.follower, country)
            let page = try await follower.get("/me/cases/\(id)")
            #expect(page.isWhole && page.questions.isEmpty && !page.html.contains("/withdraw"))
            let asked = try await Browser(country: country, actor: Cast.dana).get("/me/cases/\(id)")
            let question = try #require(asked.questions.first)
            #expect(try await follower.complete(id, question, "The second floor", files: [], on: page).status == 403)
            #expect(try await country.find(id).state == .waiting)
            let actor = try give(Cast.attorney, country)
            let own = try await actor.get("/me/cases/\(id)")
            #expect(try await actor.complete(id, question, "The second floor", files: [], on: own).status == 303)
            #expect(try await country.find(id).state == .open)
        }
    }
}
