import Contracts
import Database
import HTTPTypes
import Jobs
import Language
import TestKit
import Testing
import Values
import Web
@testable import Documents

@Suite struct DocumentPagesTests {
    @Test(arguments: TestDatabases.engines) func aPersonDownloadsHerOwn(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            let archive = try await Archive(database)
            let (id, server) = (try await archive.order(), try archive.server())
            let early = await server.page("/he/me/documents/\(id)")
            #expect(early.status == 409 && early.text.contains("עוד בהכנה"))
            #expect(await server.page("/he/me/documents").text.contains("בהכנה"))
            try await archive.worker.runUntilIdle()
            let file = await server.answer(Incoming(.get, "/he/me/documents/\(id)"))
            #expect(file.status == 200 && file.body == archive.press.made.first && file.headers[.contentType] == "application/pdf")
            #expect(file.headers[.contentDisposition]?.contains("2026-4711-08.pdf") == true && file.headers[.cacheControl] == "no-store")
            // Her own reading leaves no entry.
            #expect(archive.audit.entries.map(\.what) == ["document.issue"])
            #expect(await server.page("/he/me/documents").text.contains("/he/me/documents/\(id)"))
        }
    }

    @Test func nobodyDownloadsAnothers() async throws {
        try await TestDatabases.with(.sqlite) { database in
            let archive = try await Archive(database)
            let id = try await archive.order()
            try await archive.worker.runUntilIdle()
            let other = try archive.server(as: "0193f6a0-0000-7000-8000-000000000002")
            #expect(await other.page("/he/me/documents/\(id)").status == 404)
            #expect(await other.page("/he/me/documents").text.contains("אין עדיין מסמכים"))
            #expect(try await archive.server(as: nil).page("/he/me/documents/\(id)").status == 303)
            #expect(archive.audit.entries.map(\.what) == ["document.issue"])
        }
    }

    @Test func whoActsForABusinessSeesTheBusinesssPapersOnly() async throws {
        try await TestDatabases.with(.sqlite) { database in
            let archive = try await Archive(database)
            let business = "0193f6a0-0000-7000-8000-00000000000b"
            let (own, its) = (try await archive.order(Archive.order("k1")), try await archive.order(Archive.order("k2", subject: business)))
            try await archive.worker.runUntilIdle()
            let server = try archive.server(capacity: .representative(of: business))
            #expect(await server.page("/he/me/documents/\(its)").status == 200)
            #expect(await server.page("/he/me/documents/\(own)").status == 404)
            #expect(try await archive.server().page("/he/me/documents/\(its)").status == 404)
        }
    }

    @Test func theZoneLeadsToWhatIsReady() async throws {
        try await TestDatabases.with(.sqlite) { database in
            let archive = try await Archive(database)
            let id = try await archive.order()
            let section = archive.documents.zoneSection
            let actor = Actor(kind: .person, id: Archive.subject, name: "")
            let before = try await database.read { try section.items(for: actor, language: .he, limit: 4, in: $0) }
            #expect(before.map(\.href) == ["/me/documents"])
            try await archive.worker.runUntilIdle()
            let after = try await database.read { try section.items(for: actor, language: .he, limit: 4, in: $0) }
            #expect(after.map(\.href) == ["/me/documents/\(id)"])
        }
    }

    @Test(arguments: TestDatabases.engines) func anybodyChecksACode(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            let archive = try await Archive(database)
            let id = try await archive.order()
            let (code, server) = (try #require(try await archive.found(id)).code, try archive.server(as: nil))
            // Until it is signed there is nothing to stand for.
            #expect(await server.page("/he/verify?code=\(code)").text.contains("לא הצלחנו לאמת"))
            try await archive.worker.runUntilIdle()
            let page = await server.page("/he/verify?code=\(code.text.lowercased())")
            #expect(page.status == 200 && page.text.contains("המסמך אמיתי") && page.text.contains("עיריית חיפה"))
            #expect(page.text.contains("החלטה: אישור בקשה") && page.text.contains("23 בנובמבר 2026"))
            for secret in ["דנה", "2026-4711-08", "ארנונה", Archive.subject, id] { #expect(!page.text.contains(secret)) }
            let other = VerificationCode.random()
            #expect(await server.page("/he/verify?code=\(other)").text.contains("לא הונפק מסמך עם קוד כזה"))
        }
    }

    @Test func badCodesAreExplained() async throws {
        try await TestDatabases.with(.sqlite) { database in
            let server = try await Archive(database).server(as: nil)
            let bad = [("", "יש להקליד את הקוד"), ("%20", "יש להקליד את הקוד"), ("abc", "זה לא קוד"), ("%3Cscript%3E", "זה לא קוד")]
            for (query, text) in bad {
                let page = await server.page("/he/verify?code=\(query)")
                #expect(page.status == 422 && page.text.contains(text) && page.text.contains("aria-invalid=\"true\"")
                    && !page.text.contains("<script>"))
            }
            #expect(await server.page("/he/verify?code=\(String(repeating: "A", count: 8_000))").status == 422)
            #expect(await server.page("/he/verify").status == 200)
        }
    }

    @Test(arguments: TestDatabases.engines) func anybodyChecksAFile(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            let archive = try await Archive(database)
            try await archive.order()
            try await archive.worker.runUntilIdle()
            let (server, pdf) = (try archive.server(as: nil), archive.press.made[0])
            let genuine = await server.upload(pdf)
            #expect(genuine.status == 200 && genuine.text.contains("המסמך אמיתי") && !genuine.text.contains("2026-4711-08"))
            var altered = pdf
            altered[pdf.count / 2] ^= 1
            #expect(await server.upload(altered).text.contains("אינו זהה לאף מסמך שהונפק"))
            #expect(await server.upload(pdf + [10]).text.contains("אינו זהה לאף מסמך שהונפק"))
            #expect(await server.upload(Array("hello".utf8)).text.contains("אינו PDF"))
            #expect(await server.upload([]).status == 422)
            #expect(await server.upload(pdf, field: "other").status == 422)
            archive.press.fail(with: .busy)
            #expect(await server.upload(pdf).status == 503)
        }
    }
}
