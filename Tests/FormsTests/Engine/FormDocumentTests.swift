@testable import Forms
import Language
import Testing
import Values

@Suite struct FormDocumentTests {
    private func changed(_ pointer: String, _ value: JSON?) -> JSON {
        var source = SampleForm.source
        if let place = JSONPointer(pointer) { source.set(value, at: place) }
        return source
    }

    private func findings(_ source: JSON) throws -> Set<String> {
        Set(FormLinter(try FormDocument(source), knowsConcept: { $0 == "person.name" }).findings().map(\.description))
    }

    @Test func theSampleIsClean() throws { #expect(try findings(SampleForm.source) == []) }

    @Test(arguments: [
        ("/id", "Bad Id"), ("/version", 0), ("/subject", "animal"), ("/steps", []), ("/steps/0/id", "about"), ("/steps/0/id", "check"),
        ("/steps/0/fields/0/widget", "hologram"), ("/steps/0/fields/0/pointer", "student"), ("/steps/0/fields/0/pointer", "/a.b"),
        ("/steps/0/fields/0/pointer", "/$today"), ("/steps/0/fields/0/options", [["value": "x", "label": ["he": "x"]]]), ("/steps/2/fields/0/options", []),
        ("/rules/0/action", "explode"), ("/rules/0/when", ["eval": ["1"]]), ("/rules/0/link", "https://evil.example"), ("/rules/0/link", "//evil.example"),
        ("/data", ["type": "nonsense"]), ("/title", "text"), ("/title", ["xx": "text"]), ("/basis/kind", "whim"), ("/rules/1/id", "not-a-student"),
        ("/steps/1/fields/0/pointer", "/student"),
    ] as [(String, JSON)])
    func damagedDocumentsAreRefused(pointer: String, value: JSON) {
        #expect(throws: FormDocumentError.self) { try FormDocument(changed(pointer, value)) }
    }

    @Test func missingLanguages() throws {
        #expect(try findings(changed("/steps/0/title/fr", nil)) == ["missingLanguage at /steps/0/title: fr"])
        #expect(try findings(changed("/steps/2/fields/0/options/1/label/ar", "")) == ["missingLanguage at /steps/2/fields/0/options/1/label: ar"])
    }

    @Test func unknownPlaces() throws {
        #expect(try findings(changed("/steps/1/fields/0/pointer", "/nome")).contains("unknownPointer at /nome: not in the data schema"))
        #expect(try findings(changed("/rules/1/target", "/nothing")) == ["unknownPointer at rent-amount: /nothing is no question"])
        #expect(try findings(changed("/rules/0/from", "nowhere")) == ["unknownStep at not-a-student: nowhere"])
        #expect(try findings(changed("/rules/4/when", [">": [["var": "weight"], 1]])) == ["unknownVariable at too-old: weight"])
        #expect(try findings(changed("/rules/4/when", [">": [["var": "$sources.age"], "x"]])) == [])
        #expect(
            try findings(changed("/bindings", ["prefill": [["pointer": "/name", "concept": "person.shoeSize"]]])) == ["unknownConcept at bindings: person.shoeSize"])
        #expect(try findings(changed("/steps/2/fields/0/options/0/value", "tent")).contains("notInSchema at /tenancy: tent"))
    }

    @Test func branchesThatNeverAre() throws {
        #expect(try findings(changed("/rules/1/when", ["==": [["var": "tenancy"], "tent"]])) == ["deadBranch at rent-amount: tenancy is never \"tent\""])
        #expect(try findings(changed("/rules/3/when", ["==": [1, 2]])) == ["deadBranch at adult: never true"])
        #expect(try findings(changed("/rules/2/when", false)) == ["deadBranch at landlord-page: never true", "unreachablePage at landlord: no way leads here"])
    }

    /// More operations in one another than the evaluator follows.
    static let tooDeep: JSON = ["and": [["!!": [["var": "student"]]], (0..<JsonLogic.depthLimit).reduce(1) { inner, _ in ["!": [inner]] }]]

    /// Everybody with everybody: more steps than a rule may take.
    static let tooLong: JSON = {
        let many = JSON.array(Array(repeating: 1, count: 150))
        return ["and": [["!!": [["var": "student"]]], ["map": [many, ["map": [many, 1]]]]]]
    }()

    @Test func rulesThatCannotBeEvaluated() throws {
        #expect(try findings(changed("/rules/4/when", FormDocumentTests.tooDeep)) == ["brokenRule at too-old: The rule is nested deeper than 60"])
        let justFits: JSON = ["and": [["var": "age"], (0..<JsonLogic.depthLimit - 3).reduce(1) { inner, _ in ["!": [inner]] }]]
        #expect(try findings(changed("/rules/4/when", justFits)) == [])
        // Hidden in a branch that is seldom taken.
        let hidden: JSON = ["if": [["==": [["var": "age"], 99]], FormDocumentTests.tooDeep, false]]
        #expect(try findings(changed("/rules/4/when", hidden)) == ["brokenRule at too-old: The rule is nested deeper than 60"])
        #expect(try findings(changed("/rules/4/when", FormDocumentTests.tooLong)) == ["brokenRule at too-old: The rule takes more than 20000 steps"])
        // Too long only when the list is full.
        let many = JSON.array(Array(repeating: 1, count: 10_000))
        #expect(try findings(changed("/rules/3/value", ["map": [["var": "members"], ["map": [many, 1]]]])) == ["brokenRule at adult: The rule takes more than 20000 steps"])
    }

    @Test func computedAnswersMayHaveALabel() throws {
        var source = changed("/rules/3/label", SampleForm.text("Of age"))
        #expect(throws: FormDocumentError.self) { try FormDocument(source) }
        for (widget, isFit) in [("yesNo", true), ("file", false), ("hologram", false)] {
            source.set(.string(widget), at: JSONPointer(tokens: ["rules", "3", "widget"]))
            #expect(((try? FormDocument(source)) != nil) == isFit, "\(widget)")
        }
    }

    @Test func waysThatLeadNowhere() throws {
        let skips = try findings(changed("/rules/7/when", true))
        #expect(skips == ["unreachablePage at landlord: no way leads here", "unreachablePage at members: no way leads here"])
        #expect(try findings(changed("/rules/7/to", "student")) == ["loop at owners-skip: home → student → … → home"])
        // A loop that is published all the same ends the walk instead of hanging it.
        let document = try FormDocument(changed("/rules/7/to", "student"))
        let journey = Journey.replay(document, SampleForm.answers(["student": true, "name": "Dana", "age": 20, "tenancy": "own"]), SampleForm.context)
        #expect(!journey.isComplete)
    }
}
