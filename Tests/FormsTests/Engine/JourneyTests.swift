@testable import Forms
import Contracts
import JSONSchema
import Testing
import Values
import Web

@Suite struct JourneyTests {
    private func replay(_ values: JSON, confirmed: [String]? = nil) throws -> Journey {
        let answers = confirmed.map { SampleForm.answers(values, confirmed: $0) } ?? SampleForm.answers(values)
        return Journey.replay(try SampleForm.document(), answers, SampleForm.context)
    }
    private func steps(_ journey: Journey) -> [String] { journey.pages.map(\.step.id) }

    @Test func beginsWithTheFirstPage() throws {
        let journey = try replay([:], confirmed: [])
        #expect(steps(journey) == ["student"])
        #expect(journey.current?.step.id == "student")
        #expect(journey.current?.faults == [FieldFault("/student", "choose")])
        #expect(!journey.isComplete)
    }

    @Test func aPageThatWasNotConfirmedIsShownEvenWhenNothingIsMissing() throws {
        let journey = try replay(["student": true, "name": "Dana", "age": 20, "tenancy": "own"], confirmed: ["student", "about", "home"])
        #expect(steps(journey) == ["student", "about", "home", "reason"])
        #expect(journey.current?.step.id == "reason")
        #expect(journey.current?.faults == [])
    }

    @Test func exitsAndBlocksEndTheJourney() throws {
        let exit = try replay(["student": false, "name": "Dana"])
        #expect(steps(exit) == ["student"])
        #expect(exit.end?.isExit == true)
        #expect(exit.end?.ruleID == "not-a-student")
        #expect(!exit.isComplete)
        #expect(exit.current == nil)
        #expect(exit.effective.values == ["student": false])
        let block = try replay(["student": true, "name": "Dana", "age": 121])
        #expect(block.end?.isExit == false)
        #expect(block.end?.after == "about")
    }

    @Test func showRulesHideAnswersThatWereGiven() throws {
        let full: JSON = ["student": true, "name": "Dana", "age": 20, "tenancy": "rent", "rentAmount": 300_000, "landlord": "Levi"]
        let renting = try replay(full)
        #expect(renting.isComplete)
        #expect(steps(renting) == ["student", "about", "home", "landlord", "members", "reason"])
        var owner = full
        owner["tenancy"] = "own"
        let owning = try replay(owner)
        #expect(steps(owning) == ["student", "about", "home", "reason"])
        #expect(Set(owning.stale.map(\.description)) == ["/rentAmount", "/landlord"])
        #expect(owning.effective.values == ["student": true, "name": "Dana", "age": 20, "tenancy": "own", "adult": true])
        #expect(owning.isComplete)
    }

    @Test func requireRulesHold() throws {
        let journey = try replay(["student": true, "name": "Dana", "age": 20, "tenancy": "parents"])
        #expect(journey.current?.step.id == "reason")
        #expect(journey.current?.faults == [FieldFault("/reason", "missing")])
    }

    @Test func setRulesKeepTheirSource() throws {
        let journey = try replay(["student": true, "name": "Dana", "age": 20, "adult": false])
        #expect(journey.effective.value(at: JSONPointer(tokens: ["adult"])) == true)
        #expect(journey.effective.sources["/adult"] == .rule("adult"))
        // What a person sends for an answer that only a rule may give does not count.
        let minor = try replay(["student": true, "name": "Dana", "age": 17, "adult": true])
        #expect(minor.effective.value(at: JSONPointer(tokens: ["adult"])) == nil)
    }

    @Test func refuseRulesPutAFaultAtTheField() throws {
        let journey = try replay(["student": true, "name": "Dana", "age": 20, "tenancy": "rent", "rentAmount": 2_000_000])
        #expect(journey.current?.faults == [FieldFault("/rentAmount", "rule", ["rule": "rent-limit"])])
    }

    /// A rule that cannot be evaluated lets nobody through, whatever it would have done.
    @Test(arguments: [("/rules/4/when", "too-old", "about"), ("/rules/5/when", "rent-limit", "home"), ("/rules/2/when", "landlord-page", "landlord"),
        ("/rules/3/value", "adult", "about"), ("/rules/6/when", "explain", "reason"), ("/rules/0/when", "not-a-student", "student")])
    func brokenRulesStopTheJourney(pointer: String, rule: String, step: String) throws {
        var source = SampleForm.source
        source.set(FormDocumentTests.tooDeep, at: try #require(JSONPointer(pointer)))
        let answers = SampleForm.answers(["student": true, "name": "Dana", "age": 20, "tenancy": "rent", "rentAmount": 300_000, "landlord": "Levi"])
        let journey = Journey.replay(try FormDocument(source), answers, SampleForm.context)
        #expect(!journey.isComplete)
        #expect(journey.end == nil)
        #expect(journey.broken?.ruleID == rule)
        #expect(journey.current?.step.id == step)
        #expect(journey.current?.faults.map(\.code) == ["unchecked"])
    }

    @Test func schemaFaultsStandAtTheirPage() throws {
        let short = try replay(["student": true, "name": "D", "age": 12])
        #expect(short.current?.step.id == "about")
        #expect(short.current?.faults.map(\.code) == ["too-short", "too-small"])
        #expect(short.current?.faults.map(\.pointer) == ["/name", "/age"])
    }

    @Test func entriesOfAGroupAreChecked() throws {
        let values: JSON = ["student": true, "name": "Dana", "age": 20, "tenancy": "parents", "reason": "x", "members": [["name": "A"], ["income": -5]]]
        let journey = try replay(values)
        #expect(journey.current?.step.id == "members")
        #expect(journey.current?.faults.map { "\($0.pointer) \($0.code)" } == ["/members/1/name missing"])
    }

    @Test func aDeepLinkToAPageNotReachedIsNoPage() throws {
        let journey = try replay(["student": true], confirmed: ["student"])
        #expect(journey.page("home") == nil)
        #expect(journey.page("about") != nil)
        #expect(journey.page(before: "about")?.step.id == "student")
    }

    /// Whatever somebody answers: all pages but the last are complete, only reached answers count, replaying what counts changes nothing,
    /// and what does not count has no influence.
    @Test func replayIsStable() throws {
        let document = try SampleForm.document()
        var random = Seeded(42)
        let pool: [String: [JSON?]] = [
            "student": [nil, true, false, "yes"], "name": [nil, "Dana", "D", "", 5], "age": [nil, 12, 20, 130, "20"],
            "tenancy": [nil, "rent", "own", "parents", "tent"], "rentAmount": [nil, 100, 2_000_000, -1], "landlord": [nil, "Levi", ""],
            "members": [nil, [], [["name": "A"]], [["income": 1]], [["name": "A"], ["name": "B"], ["name": "C"], ["name": "D"]], "x"],
            "reason": [nil, "because"], "adult": [nil, false], "intruder": [nil, 1],
        ]
        for _ in 0..<2_000 {
            var values: JSON = [:]
            for (name, options) in pool.sorted(by: { $0.key < $1.key }) { values[name] = options.randomElement(using: &random) ?? nil }
            let confirmed = document.steps.map(\.id).filter { _ in Int.random(in: 0..<5, using: &random) > 0 }
            let answers = SampleForm.answers(values, confirmed: confirmed)
            let journey = Journey.replay(document, answers, SampleForm.context)
            #expect(journey.pages.dropLast().allSatisfy { $0.isComplete })
            #expect(journey.isComplete == (journey.end == nil && journey.pages.allSatisfy { $0.isComplete }))
            let seen = Set(journey.pages.flatMap { $0.fields.map { $0.pointer.tokens[0] } } + ["adult"])
            #expect(Set((journey.effective.values.object ?? [:]).keys).isSubset(of: seen))
            #expect(journey.effective.values["intruder"] == nil)
            let again = Journey.replay(document, journey.effective, SampleForm.context)
            #expect(again.pages.map(\.step.id) == journey.pages.map(\.step.id))
            #expect(again.effective.values == journey.effective.values)
            #expect(again.isComplete == journey.isComplete)
            #expect(again.stale.isEmpty)
            if journey.isComplete { #expect(document.schema.faults(in: journey.effective.values).isEmpty) }
        }
    }

    @Test func answersSurviveStorage() throws {
        var answers = SampleForm.answers(["a": ["b": 1]])
        answers.set("x", at: JSONPointer(tokens: ["c"]), source: .register(ownerID: "population-authority", operation: "population.person", agreementID: "a-1", at: Instant(seconds: 5)))
        answers.set(nil, at: JSONPointer(tokens: ["gone"]))
        answers.notes["about"] = "not my name"
        answers.set([Answers.Entry(id: "first", value: ["name": "A"]), Answers.Entry(id: "second", value: ["name": "B"])], at: JSONPointer(tokens: ["members"]))
        #expect(Answers(json: try JSON.parse(answers.json.bytes)) == answers)
        #expect(answers.entries(at: JSONPointer(tokens: ["members"])).map(\.id) == ["first", "second"])
        #expect(answers.values["members"] == [["name": "A"], ["name": "B"]])
        #expect(Answers(json: []) == nil)
    }

    @Test func aLargeFormIsWalkedWhole() throws {
        var properties: [String: JSON] = [:]
        var steps: [JSON] = []
        var rules: [JSON] = []
        var values: [String: JSON] = [:]
        for index in 0..<1_000 {
            properties["q\(index)"] = ["type": "string", "maxLength": 50]
            steps.append(SampleForm.step("s\(index)", [SampleForm.field("/q\(index)", "text")]))
            values["q\(index)"] = "answer"
            if index > 0 {
                rules.append(["id": .string("r\(index)"), "when": ["!!": [["var": .string("q\(index - 1)")]]], "action": "show", "target": .string("/q\(index)")])
            }
        }
        let document = try FormDocument(SampleForm.json(data: ["type": "object", "properties": .object(properties)], steps: steps, rules: rules))
        let answers = SampleForm.answers(.object(values), confirmed: steps.compactMap { $0["id"]?.string })
        let journey = Journey.replay(document, answers, SampleForm.context)
        #expect(journey.isComplete)
        #expect(journey.pages.count == 1_000)
    }
}
