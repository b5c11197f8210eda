@testable import Delivery
import Database
import Foundation
import Language
import Synchronization
import TestKit
import Testing
import Values
import Web

/// Approvals of other bodies, on both databases.
@Suite struct LegTests {
    @Test(arguments: TestDatabases.engines) func aRefusedLegLeavesRefusalAlone(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let id = try await country.paidCafe()
            #expect(try await country.legs(of: id).map(\.bodyID).sorted() == ["health", "police"])
            let early = try await country.desk("approve", id, by: Cast.clerk)
            #expect(early.status == 409 && early.isWhole)
            try await country.desk("refuse", try await country.leg("police", of: id).id, by: Cast.police, [("reason", "Too near a school.")])
            try await country.desk("approve", try await country.leg("health", of: id).id, by: Cast.health)
            #expect(try await country.find(id).stage == "decision")
            // The body that decides reads why, and may only refuse.
            let page = try await Browser(country: country, actor: Cast.clerk).get("/desk/cases/\(id)")
            #expect(!page.html.contains("/approve\"") && page.html.contains("By law a request cannot be approved"))
            #expect(page.html.contains("name=\"reason\" rows=\"3\" maxlength=\"4000\">Police: Too near a school.</textarea>"))
            // The person, too.
            let own = try await Browser(country: country, actor: Cast.owner).get("/me/cases/\(id)")
            #expect(own.html.contains("Answer of Police: Did not approve") && own.html.contains("Too near a school."))
            let forced = try await country.desk("approve", id, by: Cast.clerk)
            #expect(forced.status == 409 && forced.isWhole)
            #expect(try await country.find(id).state == .open)
            #expect(try await country.desk("refuse", id, by: Cast.clerk, [("reason", "Police: too near.")]).status == 303)
            #expect(try await country.find(id).result == .refused)
            let paper = try #require(try await country.kept("paper").first)
            #expect(paper.content.text.contains("בכתב אל עיריית חיפה") && !paper.content.text.contains("האזור האישי"))
        }
    }

    @Test(arguments: TestDatabases.engines) func aLicenceSaysHowLongItIsValid(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let id = try await country.paidCafe()
            for (body, officer) in [("police", Cast.police), ("health", Cast.health)] {
                try await country.desk("approve", try await country.leg(body, of: id).id, by: officer)
            }
            #expect(try await country.desk("approve", id, by: Cast.clerk).status == 303)
            let text = try #require(try await country.kept("paper").first).content.text
            let today = IsraelTime.date(country.time.source.now())
            let years = try #require(try demoTypes().licensing.rule(kind: "בית קפה/מסעדה", area: 60)?.years)
            #expect(text.contains("בתוקף מיום") && text.contains(Formats.date(today, in: .he)))
            #expect(text.contains("בתוקף עד יום") && text.contains(Formats.date(today.lastDay(ofYears: years), in: .he)))
        }
    }

    @Test(arguments: TestDatabases.engines) func aLegSeesWhatItNeedsAndNoMore(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let id = try await country.paidCafe()
            let browser = Browser(country: country, actor: Cast.police)
            let leg = try await country.leg("police", of: id)
            let page = try await browser.get("/desk/cases/\(leg.id)")
            #expect(page.html.contains("/premises/street") && page.html.contains("/activity/alcohol") && page.html.contains("plan-file"))
            for hidden in ["000000026", "Secret", "lease-file", "Given person-3"] { #expect(!page.html.contains(hidden), "\(hidden)") }
            let clerk = try await Browser(country: country, actor: Cast.clerk).get("/desk/cases/\(id)")
            for shown in ["Secret", "lease-file", "Given person-3"] { #expect(clerk.html.contains(shown), "\(shown)") }
            // Files are guarded by the same list.
            let (plan, lease) = (UUIDv7.next(), UUIDv7.next())
            var answers = Samples.cafe(alcohol: true, area: 60)
            answers.set(["plan": [["id": .string(plan)]], "lease": [["id": .string(lease)]]], at: JSONPointer("/documents")!)
            country.near.answers.withLock { [answers] in $0[leg.submissionID] = answers }
            try await country.database.write { connection in
                for file in [plan, lease] { try country.near.keep("file", file, holder: leg.submissionID, ["name": "f.pdf"], in: connection) }
            }
            #expect(try await browser.get("/desk/cases/\(leg.id)/files/\(plan)").status == 200)
            #expect(try await browser.get("/desk/cases/\(leg.id)/files/\(lease)").status == 404)
            #expect(try await Browser(country: country, actor: Cast.clerk).get("/desk/cases/\(id)/files/\(lease)").status == 200)
            #expect(try await country.audited("attachment.view").map { $0.content["body"]?.string }.sorted { ($0 ?? "") < ($1 ?? "") }
                == ["municipality-haifa", "municipality-haifa", "police", "police"])
            // That the bodies got it is in the log, in their names.
            let opened = try await country.audited("case.leg").filter { $0.content["subject"]?.string == "515000003" }
            #expect(Set(opened.compactMap { $0.content["body"]?.string }) == ["police", "health"])
        }
    }

    @Test(arguments: TestDatabases.engines) func aLegAsksAndThePersonAnswersOnHerRequest(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let id = try await country.paidCafe()
            let (police, health) = (try await country.leg("police", of: id), try await country.leg("health", of: id))
            #expect(try await country.desk("ask", police.id, by: Cast.police, [("question", "Which guard?")]).status == 303)
            try await country.desk("ask", health.id, by: Cast.health, [("question", "Which sink?")])
            #expect(try await country.desk("approve", police.id, by: Cast.police).status == 409)
            let notice = try #require(try await country.told("case.completion-asked").first { $0.content["from"] == "police" })
            #expect(notice.content["link"]?.string == "/me/cases/\(id)")
            #expect(notice.content["values"]?["number"]?.string == (try await country.find(id).number))
            let promised = try await country.find(id).promisedOn
            country.time.advance(days: 7)
            let browser = Browser(country: country, actor: Cast.owner)
            #expect(try await browser.get("/me/cases").html.contains("Waiting for you"))
            let page = try await browser.get("/me/cases/\(id)")
            #expect(page.isWhole && page.html.contains("Which guard?") && page.html.contains("Which sink?") && page.questions.count == 2)
            let sink = try await country.database.read { try country.delivery.store.completions(of: health, in: $0) }
            #expect(try await browser.complete(id, try #require(sink.first?.id), "A steel one.", files: ["sink"], on: page).status == 303)
            #expect(try await country.find(police.id).state == .waiting)
            let answered = try await country.find(health.id)
            #expect(answered.state == .open && answered.promisedOn > health.promisedOn)
            #expect(try await country.find(id).promisedOn > promised)
            // The file goes to the body that asked, and to no other.
            let file = try #require(try await country.kept("file").first)
            #expect(file.holder == health.id)
            #expect(try await Browser(country: country, actor: Cast.health).get("/desk/cases/\(health.id)/files/\(file.id)").status == 200)
            #expect(try await Browser(country: country, actor: Cast.police).get("/desk/cases/\(police.id)/files/\(file.id)").status == 404)
            #expect(try await browser.get("/me/cases/\(id)/files/\(file.id)").status == 200)
            let seen = try await Browser(country: country, actor: Cast.health).get("/desk/cases/\(health.id)")
            #expect(seen.html.contains("A steel one.") && !seen.html.contains("Which guard?"))
            // Her earlier answer stays on her own page.
            #expect(try await browser.get("/me/cases/\(id)").html.contains("A steel one."))
        }
    }
}
