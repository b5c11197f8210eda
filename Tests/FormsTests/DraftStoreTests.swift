@testable import Forms
import Contracts
import Database
import Language
import TestKit
import Testing
import Trust
import Values
import Web

@Suite struct DraftStoreTests {
    private func draft(_ country: Country, _ actor: Actor = Country.student) async throws -> Draft {
        let form = actor.business == nil ? "municipal-tax-discount-student" : "business-licence"
        return try await country.forms.begin(try #require(country.forms.library.current(form)), actor: actor)
    }

    @Test(arguments: TestDatabases.engines)
    func draftsComeBackWholeAndSealed(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let begun = try await draft(country)
            _ = try await country.forms.change(begun.id, actor: Country.student) { draft, _ in
                draft.answers.set("דנה הסודית", at: JSONPointer(tokens: ["applicant", "givenName"]))
                draft.answers.confirmed.insert("person")
                draft.evidence["person.givenName"] = Draft.Fetched(outcome: .unavailable(ownerID: "x"), consumerID: "b", dueAt: Instant(seconds: 1))
            }
            let loaded = try await country.forms.load(begun.id, actor: Country.student).draft
            #expect(loaded.answers.value(at: JSONPointer(tokens: ["applicant", "givenName"])) == "דנה הסודית")
            #expect(loaded.answers.confirmed == ["person"])
            #expect(loaded.evidence["person.givenName"] == Draft.Fetched(outcome: .unavailable(ownerID: "x"), consumerID: "b", dueAt: Instant(seconds: 1)))
            let stored = try await country.database.read { try $0.query("SELECT content FROM forms_draft", []) { try $0.blob(0) } }
            #expect(stored.count == 1)
            #expect(!String(decoding: stored[0], as: UTF8.self).contains("הסודית"))
            // Moved to another row, the content does not open.
            let second = try await draft(country)
            _ = try await country.database.write { try $0.execute("UPDATE forms_draft SET content = $1 WHERE id = $2", [.blob(stored[0]), .text(second.id)]) }
            await #expect(throws: VaultError.notAuthentic) { try await country.forms.load(second.id, actor: Country.student) }
        }
    }

    @Test(arguments: TestDatabases.engines)
    func anotherPersonsDraftIsNotThere(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let mine = try await draft(country)
            await #expect(throws: FormsError.noDraft) { try await country.forms.load(mine.id, actor: Country.other) }
            await #expect(throws: FormsError.noDraft) { try await country.forms.discard(mine.id, actor: Country.other) }
            await #expect(throws: FormsError.noDraft) { try await country.forms.send(mine.id, actor: Country.other, language: .he) }
            // The same person acting for a business sees the drafts of that business only.
            var representative = Country.student
            representative.capacity = .representative(of: "515000003")
            await #expect(throws: FormsError.noDraft) { try await country.forms.load(mine.id, actor: representative) }
            await #expect(throws: FormsError.otherCapacity) { try await country.forms.begin(try #require(country.forms.library.current("business-licence")), actor: Country.student) }
            let acting = representative
            let (drafts, now) = (country.forms.drafts, country.time.source.now())
            #expect(try await country.database.read { try drafts.list(of: acting, at: now, in: $0) }.isEmpty)
            #expect(try await country.database.read { try drafts.list(of: Country.student, at: now, in: $0) }.map(\.id) == [mine.id])
        }
    }

    @Test(arguments: TestDatabases.engines)
    func draftsExpire(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let old = try await draft(country)
            let file = UploadedFile(field: "f", name: "a.pdf", declaredType: "", bytes: Samples.pdf)
            _ = try await country.room.accept(file, holderID: old.id, scope: DraftStore.scope, subjectID: Country.student.id)
            country.time.advance(days: 60)
            _ = try await country.forms.change(old.id, actor: Country.student) { _, _ in }
            country.time.advance(days: 89)
            _ = try await country.forms.load(old.id, actor: Country.student)
            country.time.advance(days: 2)
            await #expect(throws: FormsError.draftExpired) { try await country.forms.load(old.id, actor: Country.student) }
            try await country.forms.expireDrafts()
            let left = try await country.database.read { connection in
                (
                    try connection.query("SELECT content FROM forms_draft", []) { try $0.blob(0).count },
                    try connection.query("SELECT id FROM forms_attachment", []) { try $0.text(0) }
                )
            }
            #expect(left.0 == [0])
            #expect(left.1.isEmpty)
            await #expect(throws: FormsError.draftExpired) { try await country.forms.load(old.id, actor: Country.student) }
            country.time.advance(days: 181)
            try await country.forms.expireDrafts()
            await #expect(throws: FormsError.noDraft) { try await country.forms.load(old.id, actor: Country.student) }
        }
    }

    @Test(arguments: TestDatabases.engines)
    func thereIsALimit(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            for _ in 0..<Draft.countLimit { _ = try await draft(country) }
            await #expect(throws: FormsError.tooManyDrafts(limit: Draft.countLimit)) { try await draft(country) }
        }
    }

    /// A draft stays on its version; a version in use cannot change its text.
    @Test(arguments: TestDatabases.engines)
    func draftsArePinnedToTheirVersion(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            let first = try FormDocument(SampleForm.source)
            let country = try await Country(database, documents: [first])
            let draft = try await country.forms.begin(first, actor: Country.student)
            var changed = SampleForm.source
            changed["minutes"] = 7
            let altered = FormLibrary([try FormDocument(changed)])
            await #expect(throws: FormLibraryError.self) { try await database.write { try altered.publish(in: $0, at: Instant(seconds: 1)) } }
            changed["version"] = 2
            let next = FormLibrary([try FormDocument(changed)])
            try await database.write { try next.publish(in: $0, at: Instant(seconds: 1)) }
            #expect(next.current("sample")?.version == 2)
            #expect(next.document("sample", version: draft.formVersion)?.minutes == 5)
        }
    }

    @Test(arguments: TestDatabases.engines)
    func filesAreChecked(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            func accept(_ bytes: [UInt8], _ name: String = "תעודה.exe") async throws -> Contracts.Attachment {
                try await country.room.accept(
                    UploadedFile(field: "f", name: name, declaredType: "application/pdf", bytes: bytes), holderID: "draft-1", scope: "body", subjectID: "person-1")
            }
            let pdf = try await accept(Samples.pdf)
            #expect(pdf.type == "application/pdf")
            #expect(pdf.name == "תעודה.exe.pdf")
            #expect(pdf.scan == "not-scanned")
            #expect(try await accept(Samples.png, "a/b\u{202E}.PNG").name == "ab.png")
            #expect(try await accept(Samples.jpeg, "...").name == "file.jpg")
            await #expect(throws: FormsError.fileType) { try await accept(Samples.heic, "photo.jpg") }
            await #expect(throws: FormsError.fileType) { try await accept(Array("<script>".utf8), "a.pdf") }
            await #expect(throws: FormsError.fileEmpty) { try await accept([]) }
            await #expect(throws: FormsError.fileTooLarge) { try await accept(Samples.pdf + [UInt8](repeating: 0, count: AttachmentRoom.sizeLimit)) }
            let (room, id) = (country.room, pdf.id)
            let found = try await country.database.read { try room.content(of: id, holderID: "draft-1", in: $0) }
            #expect(found?.1 == Samples.pdf)
            #expect(try await country.database.read { try room.content(of: id, holderID: "draft-2", in: $0)?.0 } == nil)
            #expect(try await country.database.read { try room.list(holderID: "draft-1", in: $0) }.count == 3)
            let raw = try await country.database.read { try $0.query("SELECT content FROM forms_attachment WHERE id = $1", [.text(id)]) { try $0.blob(0) } }
            #expect(!String(decoding: raw[0], as: UTF8.self).contains("%PDF"))
            try await country.database.write { try room.handOver(holderID: "draft-1", keeping: [id], scope: "municipality-haifa", in: $0) }
            #expect(try await country.database.read { try room.content(of: id, holderID: "draft-1", in: $0) }?.1 == Samples.pdf)
            #expect(try await country.database.read { try room.list(holderID: "draft-1", in: $0) }.map(\.id) == [id])
        }
    }
}

