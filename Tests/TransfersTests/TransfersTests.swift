import Contracts
import Database
import HTTPTypes
import Language
import Synchronization
import TestKit
import Testing
@testable import Transfers
import Trust
import Values
import Web

@Suite struct TransfersTests {
    private typealias World = TransfersWorld

    @Test(arguments: TestDatabases.engines)
    func fromTheDraftToTheAgreementInForce(engine: TestEngine) async throws {
        try await World.with(engine) { world in
            let id = try await world.draft()
            try await world.transfers.handIn(id, by: World.requester)
            #expect(world.postman.notices.map(\.recipientID).sorted() == ["legal", "privacy"])
            try await world.transfers.judge(id, .approve, note: "", by: World.privacy)
            #expect(try await world.request(id).state == .opinions, "the legal adviser is still missing")
            try await world.transfers.judge(id, .approve, note: "", by: World.legal)
            #expect(try await world.request(id).state == .committee)
            try await world.transfers.judge(id, .approve, note: "Fine", by: World.committee)
            try await world.transfers.judge(id, .approve, note: "", by: World.security)
            let approved = try await world.request(id)
            let content = try #require(approved.final)
            #expect(approved.state == .signing && content["version"]?.int == 1 && content["consumer"]?.string == "haifa")
            #expect(try await !world.transfers.sign(id, by: World.signatory("haifa")))
            #expect(world.desk.live.isEmpty)
            await #expect(throws: TransfersError.over) { _ = try await world.transfers.sign(id, by: World.signatory("haifa")) }
            #expect(try await world.transfers.sign(id, by: World.signatory("registry")))
            #expect(world.desk.live.map(\.content) == [content], "exactly what was approved is in force")
            #expect(Set(world.desk.signatures[approved.agreementID, default: [:]].keys) == ["haifa", "registry"])
            #expect(world.postman.notices.last.map { $0.template == "transfers.live" && $0.recipientID == "requester" } == true)
            let acts = try await world.acts(id)
            #expect(
                acts == ["created", "handed-in", "privacy-approve", "legal-approve", "committee-approve", "security-approve", "signed", "signed", "live"])
        }
    }

    /// Whatever is objected to comes back; then all opinions begin anew, since they were about another text.
    @Test(arguments: TestDatabases.engines)
    func anObjectionBeginsANewEdition(engine: TestEngine) async throws {
        try await World.with(engine) { world in
            let id = try await world.draft()
            try await world.transfers.handIn(id, by: World.requester)
            try await world.transfers.judge(id, .approve, note: "", by: World.privacy)
            await #expect(throws: TransfersError.noteMissing) { try await world.transfers.judge(id, .object, note: "", by: World.legal) }
            await #expect(throws: TransfersError.over) { try await world.transfers.judge(id, .refuse, note: "No", by: World.legal) }
            try await world.transfers.judge(id, .object, note: "The law says otherwise", by: World.legal)
            #expect(try await world.request(id).state == .draft)
            #expect(world.postman.notices.last?.template == "transfers.returned")
            try await world.transfers.edit(id, by: World.requester) { $0.terms.reason = "Another and better reason" }
            try await world.transfers.handIn(id, by: World.requester)
            let again = try await world.request(id)
            let acts = try await world.allActs(id)
            #expect(again.edition == 2 && again.missing(acts) == [.privacy, .legal])
        }
    }

    @Test func theCommitteeMayRefuse() async throws {
        try await World.with { world in
            let id = try await world.handedIn(to: .committee)
            try await world.transfers.judge(id, .refuse, note: "Not needed", by: World.committee)
            #expect(try await world.request(id).state == .refused)
            await #expect(throws: TransfersError.over) { try await world.transfers.withdraw(id, by: World.requester) }
        }
    }

    /// Nobody judges her own draft, nobody twice, nobody for another body or out of turn.
    @Test func whoMayNotJudge() async throws {
        try await World.with { world in
            let id = try await world.draft()
            await #expect(throws: TransfersError.over) { try await world.transfers.judge(id, .approve, note: "", by: World.privacy) }
            try await world.transfers.handIn(id, by: World.requester)
            for actor in [
                World.officer("requester", "haifa", OfficerRole.privacyOfficer), World.officer("privacy", "haifa", OfficerRole.caseOfficer),
                World.officer("x", "registry", OfficerRole.privacyOfficer), World.committee, World.security,
            ] {
                await #expect(throws: TransfersError.over) { try await world.transfers.judge(id, .approve, note: "", by: actor) }
            }
            try await world.transfers.judge(id, .approve, note: "", by: World.privacy)
            await #expect(throws: TransfersError.over) { try await world.transfers.judge(id, .approve, note: "", by: World.privacy) }
            await #expect(throws: TransfersError.over) {
                try await world.transfers.judge(id, .approve, note: "", by: World.officer("privacy", "haifa", OfficerRole.legalAdviser))
            }
            await #expect(throws: Problem.notFound) {
                try await world.transfers.judge(id, .approve, note: "", by: World.officer("y", "police", OfficerRole.legalAdviser))
            }
            await #expect(throws: TransfersError.over) { _ = try await world.transfers.sign(id, by: World.signatory("haifa")) }
        }
    }

    /// When the person sees the looks is asked for whole, and goes into the agreement as it was asked for.
    @Test func visibilityIsAskedForWhole() {
        let (operations, today) = (TransfersWorld.operations, CalendarDate("2027-01-01")!)
        func terms(_ visibility: String, days: Int = 0, law: String = "", until: String = "") -> TransferTerms {
            var terms = TransfersWorld.terms
            (terms.visibility, terms.visibilityDays, terms.visibilityLaw, terms.visibilityUntil) = (visibility, days, law, until)
            return terms
        }
        let whole = [terms("now"), terms("count-only"), terms("delayed", days: 30), terms("hidden", law: "law-1", until: "2028-06-30")]
        for terms in whole {
            #expect(terms.faults(operations, on: today).isEmpty)
            #expect(TransferTerms(json: terms.json) == terms)
            let content = terms.agreement(id: "a", version: 1, consumerID: "haifa", providerID: "registry", from: today)
            #expect(content["visibility"]?.string == terms.visibility && (content["visibilityDays"] != nil) == (terms.visibility == "delayed"))
            #expect((content["visibilityLaw"] != nil) == (terms.visibility == "hidden"))
            let again = TransferTerms(agreement: content)
            #expect(again.visibility == terms.visibility && again.visibilityUntil == terms.visibilityUntil && again.visibilityDays == terms.visibilityDays)
        }
        for terms in [
            terms("delayed"), terms("delayed", days: 366), terms("hidden", until: "2028-06-30"), terms("hidden", law: "law-1"),
            terms("hidden", law: "law-1", until: "2027-02-01"), terms("hidden", law: "law-1", until: "2099-01-01"), terms("never"),
        ] { #expect(terms.faults(operations, on: today) == ["visibility"], "\(terms.visibility) \(terms.visibilityUntil)") }
    }

    @Test func whatIsMissingIsSaid() async throws {
        let today = CalendarDate("2027-01-01")!
        var terms = TransferTerms()
        let operations = TransfersWorld.operations
        #expect(
            Set(terms.faults(operations, on: today)) == ["operations", "fields", "purpose", "reason", "law", "population", "bases", "actors"])
        terms = TransfersWorld.terms
        #expect(terms.faults(operations, on: today).isEmpty)
        terms.fields.append(.init(pointer: "/new", need: "It is needed", law: ""))
        #expect(terms.faults(operations, on: today) == ["class"], "what is not classified nobody gets")
        terms.fields = [.init(pointer: "/name", need: "", law: "")]
        #expect(terms.faults(operations, on: today) == ["need"])
        terms.fields = [.init(pointer: "/other", need: "x", law: "")]
        #expect(terms.faults(operations, on: today) == ["fields"])
        terms = TransfersWorld.terms
        terms.operations = ["people.person", "cars.car"]
        #expect(terms.faults(operations, on: today).contains("operations"), "two bodies are two requests")
        try await World.with { world in
            let id = try await world.transfers.create(title: "Empty", from: nil, isRenewal: false, by: World.requester)
            await #expect(throws: TransfersError.incomplete) { try await world.transfers.handIn(id, by: World.requester) }
        }
    }

    /// A renewal follows its agreement; when another version came first, it is not signed over it.
    @Test(arguments: TestDatabases.engines)
    func aRenewalFollowsItsAgreement(engine: TestEngine) async throws {
        try await World.with(engine) { world in
            let first = try await world.handedIn(to: .signing)
            for body in ["haifa", "registry"] { _ = try await world.transfers.sign(first, by: World.signatory(body)) }
            let agreement = try await world.request(first).agreementID
            let renewals = try await [world.renewal(of: agreement), world.renewal(of: agreement)]
            #expect(try await world.request(renewals[0]).final?["version"]?.int == 2)
            for body in ["haifa", "registry"] { _ = try await world.transfers.sign(renewals[0], by: World.signatory(body)) }
            #expect(world.desk.live.map(\.version) == [2])
            await #expect(throws: TransfersError.overtaken) { _ = try await world.transfers.sign(renewals[1], by: World.signatory("haifa")) }
            // Another body's agreement is a model, not something to follow.
            let model = try await world.transfers.create(
                title: "Like theirs", from: agreement, isRenewal: true, by: World.officer("p", "police", OfficerRole.dataRequester))
            let copy = try await world.database.read { try world.transfers.store.request(model, with: "police", in: $0) }
            #expect(copy?.agreementID != agreement && copy?.terms.fields.map(\.need) == TransfersWorld.terms.fields.map(\.need))
        }
    }

    @Test func timeAloneSuspendsWhatNobodyNeeds() {
        let (start, day): (Instant, Int64) = (Instant(seconds: 1_700_000_000), 86_400)
        let content: JSON = ["id": "a", "validUntil": "2030-01-01"]
        func due(after days: Int64, used: Int64? = nil, justified: Int64? = nil, status: String = "live") -> [Transfers.Due] {
            let agreement = AgreementState(
                content: content, status: status, since: start, lastUsedAt: used.map { start.adding(seconds: $0 * day) })
            return Transfers.due(
                agreement, justifiedAt: justified.map { start.adding(seconds: $0 * day) }, on: IsraelTime.date(start.adding(seconds: days * day)))
        }
        #expect(due(after: 89) == [] && due(after: 90) == [.unused] && due(after: 90, used: 1) == [])
        #expect(due(after: 365, used: 364) == [.justify] && due(after: 395, used: 394) == [.unjustified])
        #expect(due(after: 395, used: 394, justified: 366) == [] && due(after: 731, used: 730, justified: 366) == [.justify])
        #expect(due(after: 90, status: "suspended") == [])
        #expect(due(after: 2_200, used: 2_199, justified: 2_000).contains(.renew))
    }

    @Test(arguments: TestDatabases.engines)
    func theUpkeepSuspendsAndTells(engine: TestEngine) async throws {
        try await World.with(engine) { world in
            let id = try await world.handedIn(to: .signing)
            for body in ["haifa", "registry"] { _ = try await world.transfers.sign(id, by: World.signatory(body)) }
            world.clock.advance(seconds: 91 * 86_400)
            try await world.transfers.keepUp()
            #expect(world.desk.live.isEmpty && world.postman.notices.last?.template == "transfers.suspended")
            let count = world.postman.notices.count
            try await world.transfers.keepUp()
            #expect(world.postman.notices.count == count, "said once")
        }
    }

    // MARK: Pages

    @Test func pagesShowEachWhatIsHers() async throws {
        try await World.with { world in
            let id = try await world.handedIn(to: .opinions)
            let page = "/desk/transfers/\(id)"
            #expect(await world.get(page, as: "privacy:haifa:privacy-officer").text.contains("name=\"verdict\""))
            #expect(await !world.get(page, as: "x:haifa:case-officer").text.contains("name=\"verdict\""))
            #expect(await world.get(page, as: "x:police:case-officer").status == 404)
            #expect(await world.get("/desk/transfers", as: "noa").status == 403)
            let empty = await world.post("\(page)/opinion", from: page, [("verdict", "object")], as: "privacy:haifa:privacy-officer")
            #expect(empty.status == 422 && empty.text.contains("id=\"note-error\""))
            let none = await world.post("\(page)/opinion", from: page, [], as: "privacy:haifa:privacy-officer")
            #expect(none.status == 422)
            let given = await world.post("\(page)/opinion", from: page, [("verdict", "approve")], as: "privacy:haifa:privacy-officer")
            #expect(given.status == 303)
            let comment = await world.post("\(page)/comment", from: page, [("note", "Please <b>hurry</b>")], as: "x:registry:case-officer")
            #expect(comment.status == 303)
            #expect(await world.get(page, as: "x:haifa:case-officer").text.contains("Please &lt;b&gt;hurry"))
        }
    }

    @Test func aRequestIsWrittenOnPages() async throws {
        try await World.with { world in
            let actor = "requester:haifa:data-requester"
            let short = await world.post("/desk/transfers/new", from: "/desk/transfers/new", [("title", "x")], as: actor)
            #expect(short.status == 422 && short.text.contains("id=\"title-error\""))
            let begun = await world.post("/desk/transfers/new", from: "/desk/transfers/new", [("title", "Present address")], as: actor)
            let edit = try #require(begun.location).replacing("/en", with: "")
            let base = edit.replacing("/edit", with: "")
            #expect(await world.get(base, as: actor).text.contains("Choose what is asked"))
            let saved = await world.post(
                edit, from: edit,
                [
                    ("title", "Present address"), ("operations", "people.person"), ("reason", "To know where to write to whoever asked"), ("purpose", "discount"),
                    ("law", "law-1"), ("population", "Whoever asked"), ("bases", "request"), ("actors", "person"), ("rate", "60"), ("retention", "30"), ("years", "2"),
                ], as: actor)
            #expect(saved.location == "/en\(base)/fields")
            let fields = await world.get("\(base)/fields", as: actor).text
            #expect(fields.contains("/name") && fields.contains("/new") && !fields.contains("/plate"))
            let index = try #require(fields.split(separator: "name=\"pointer-").dropFirst().first { $0.contains("value=\"/name\"") }?.prefix { $0 != "\"" })
            let kept = await world.post(
                "\(base)/fields", from: "\(base)/fields",
                [("fields", String(index)), ("pointer-\(index)", "/name"), ("need-\(index)", "To write the letter"), ("law-\(index)", "")], as: actor)
            #expect(kept.location == "/en\(base)?done=saved")
            let handed = await world.post("\(base)/hand-in", from: base, [], as: actor)
            #expect(handed.location == "/en\(base)?done=handed-in")
            #expect(await world.get("\(base)/edit", as: actor).status == 403, "what was handed in is the same for all")
        }
    }

    /// Both bodies see what goes through, day by day, and nobody else does.
    @Test func theBodiesSeeWhatGoesThrough() async throws {
        try await World.with { world in
            let id = try await world.handedIn(to: .signing)
            for body in ["haifa", "registry"] { _ = try await world.transfers.sign(id, by: World.signatory(body)) }
            let page = "/desk/transfers/agreements/\(try await world.request(id).agreementID)"
            #expect(await world.get(page, as: "x:haifa:signatory").text.contains("No message went through here"))
            let day = try #require(CalendarDate("2027-01-14"))
            world.desk.used.withLock {
                $0 = [AgreementUse(day: day, answered: 1_234, refused: 2, failed: 3, dropped: 41, microseconds: 2_345)]
            }
            for actor in ["x:haifa:signatory", "x:registry:signatory"] {
                let text = await world.get(page, as: actor).text
                #expect(text.contains("14 January 2027") && text.contains(">1,234<") && text.contains(">2.3<") && text.contains(">41<"), "\(actor)")
            }
            #expect(await world.get(page, as: "x:police:signatory").status == 404)
        }
    }

    @Test func everybodySeesTheRegister() async throws {
        try await World.with { world in
            #expect(await world.get("/data-transfers", as: nil).text.contains("No agreement is in force yet"))
            let id = try await world.handedIn(to: .signing)
            for body in ["haifa", "registry"] { _ = try await world.transfers.sign(id, by: World.signatory(body)) }
            let agreement = try await world.request(id).agreementID
            #expect(await world.get("/data-transfers", as: nil).text.contains("/data-transfers/\(agreement)"))
            let page = await world.get("/data-transfers/\(agreement)", as: nil)
            #expect(page.status == 200 && page.text.contains("/name") && page.text.contains("To write the letter"))
            #expect(await world.get("/data-transfers/nothing", as: nil).status == 404)
        }
    }
}
