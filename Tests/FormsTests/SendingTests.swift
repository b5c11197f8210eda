@testable import Forms
import Contracts
import Database
import Language
import Synchronization
import TestKit
import Testing
import Values
import Web

/// Sending, and what other tabs do meanwhile.
@Suite struct SendingTests {
    static let crowds = TestDatabases.engines.flatMap { engine in [2, 8].map { (engine, $0) } }

    /// A form without files: nothing but the draft itself keeps two sendings apart.
    @Test(arguments: crowds)
    func tabsThatSendAtOnceMakeOneCase(engine: TestEngine, tabs: Int) async throws {
        try await Country.with(engine) { country in
            let browser = Browser(country: country, actor: Country.student)
            for _ in 0..<3 {
                let draft = try await browser.readyDraft()
                let check = try await browser.get("\(draft)/check")
                let answers = try await withThrowingTaskGroup(of: String.self) { tasks in
                    for _ in 0..<tabs {
                        tasks.addTask {
                            let page = try await browser.post("\(draft)/check", [], on: check)
                            return "\(page.status) \(page.location)"
                        }
                    }
                    return try await tasks.reduce(into: Set<String>()) { $0.insert($1) }
                }
                let id = try #require(draft.split(separator: "/").last.map(String.init))
                #expect(answers == ["303 /he/me/cases/\(id)?new=1"])
            }
            #expect(try await country.database.read { try $0.first("SELECT count(*) FROM forms_submission") { try $0.int(0) } } == 3)
            #expect(try await country.database.read { try $0.first("SELECT count(*) FROM jobs_event") { try $0.int(0) } } == 3)
        }
    }

    /// For the meters: what a form asks, what it fetches, and how often it was sent where.
    @Test(arguments: TestDatabases.engines)
    func figuresOfForms(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let path = try await Browser(country: country, actor: Country.student).readyDraft()
            let id = try #require(path.split(separator: "/").last.map(String.init))
            _ = try await country.forms.send(id, actor: Country.student, language: .he)
            let now = country.forms.clock.now()
            let figures = try await country.database.read { try country.forms.forms(from: now.adding(days: -1), before: now.adding(days: 1), in: $0) }
            let sent = try #require(figures.first { !$0.sent.isEmpty })
            let document = try #require(country.forms.library.current(sent.formID))
            #expect(Array(sent.sent.values) == [1] && sent.asked + sent.fetched == document.fields.count && sent.fetched > 0)
            let before = try await country.database.read { try country.forms.forms(from: now.adding(days: -9), before: now.adding(days: -1), in: $0) }
            #expect(before.count == figures.count && before.allSatisfy { $0.sent.isEmpty })
        }
    }

    @Test(arguments: TestDatabases.engines)
    func noFileIsLeftOfADraftThatIsGone(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let browser = Browser(country: country, actor: Country.student)
            let path = try await browser.readyDraft()
            let id = try #require(path.split(separator: "/").last.map(String.init))
            let (draft, document, _) = try await country.forms.load(id, actor: Country.student)
            let field = try #require(document.fields.first { $0.widget == .file })
            _ = try await country.forms.send(id, actor: Country.student, language: .he)
            let file = UploadedFile(field: field.name, name: "a.pdf", declaredType: "", bytes: Samples.pdf)
            await #expect(throws: FormsError.noDraft) { try await country.forms.attach(file, to: field, draft: draft, actor: Country.student) }
            #expect(try await country.database.read { try $0.first("SELECT count(*) FROM forms_attachment") { try $0.int(0) } } == 0)
        }
    }

    @Test(arguments: TestDatabases.engines)
    func aDraftIsFinishedOnTheVersionItWasBegunOn(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            let old = try await Country(database, documents: [try FormDocument(SampleForm.source)])
            let draft = try await old.forms.begin(try #require(old.forms.library.current("sample")), actor: Country.student)
            var source = SampleForm.source
            source["version"] = 2
            source.set([SampleForm.step("new", [SampleForm.field("/reason", "text")])], at: JSONPointer(tokens: ["steps"]))
            source["rules"] = []
            let new = try await Country(database, documents: [try FormDocument(source)], vault: old.vault)
            #expect(new.forms.library.current("sample")?.version == 2)
            let browser = Browser(country: new, actor: Country.student)
            let page = try await browser.get("/drafts/\(draft.id)/pages/student")
            #expect(page.status == 200)
            #expect(page.html.contains("name=\"student\""))
            let pages: [(String, [(String, String)])] = [
                ("student", [("student", "yes")]), ("about", [("name", "Dana"), ("age", "20")]), ("home", [("tenancy", "own")]), ("reason", []),
            ]
            for (step, fields) in pages { #expect(try await browser.post("/drafts/\(draft.id)/pages/\(step)", fields, on: page).status == 303) }
            #expect(try await browser.get("/drafts/\(draft.id)/check").status == 200)
            #expect(try await browser.post("/drafts/\(draft.id)/check", [], on: page).location == "/he/me/cases/\(draft.id)?new=1")
            let sent = try #require(new.desk.opened.withLock { $0.first })
            #expect(sent.formVersion == 1)
            #expect(sent.answers.value(at: JSONPointer(tokens: ["adult"])) == true)
            // Officers read it by its own version, too, and a later version changes nothing in that.
            let archive = new.archive
            let lines = try await database.read { try archive.sections(of: draft.id, language: .en, in: $0) }.flatMap(\.lines)
            #expect(lines.map(\.label).contains("Question /tenancy"))
            let kept = try await database.read { try $0.query("SELECT version FROM forms_version WHERE form_id = 'sample' ORDER BY version", []) { try $0.int(0) } }
            #expect(kept == [1, 2])
        }
    }
}
