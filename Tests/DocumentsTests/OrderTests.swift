import Contracts
import Database
import Jobs
import Language
import TestKit
import Testing
import Trust
import Values
import Web
@testable import Documents

@Suite struct OrderTests {
    @Test(arguments: TestDatabases.engines) func anOrderBecomesADocument(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            let archive = try await Archive(database)
            let id = try await archive.order()
            #expect(try await archive.cards().map(\.isReady) == [false])
            #expect(try await archive.pdf(id) == nil)
            try await archive.worker.runUntilIdle()
            let card = try #require(try await archive.cards().first)
            #expect(card.id == id && card.isReady && card.bodyID == "haifa")
            #expect(try await archive.pdf(id) == archive.press.made.first)
            #expect(try await archive.pdf(id, caseID: "case-2") == nil)
            let event = try #require(archive.ready.events.first)
            #expect(archive.ready.events.count == 1 && event.key == "case-1")
            #expect(event.payload == ["document": .string(id), "case": "case-1", "subject": .string(Archive.subject)])
            #expect(archive.audit.entries.map(\.what) == ["document.issue"])
        }
    }

    @Test(arguments: TestDatabases.engines) func theSameKeyMakesOneDocument(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            let archive = try await Archive(database)
            let first = try await archive.order()
            #expect(try await archive.order() == first)
            #expect(try await archive.order(Archive.order("k2")) != first)
            try await archive.worker.runUntilIdle()
            #expect(try await archive.cards().count == 2 && archive.press.calls == 2 && archive.audit.entries.count == 2)
        }
    }

    @Test(arguments: TestDatabases.engines) func aLostWorkerMakesNoSecondDocument(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            let archive = try await Archive(database)
            let id = try await archive.order()
            let document = try #require(try await archive.found(id))
            let store = archive.documents.store
            // Two workers render the same order and both finish.
            let first = try await database.write { try store.finish(document, pdf: Array("%PDF-a".utf8), at: Archive.now, in: $0) }
            let second = try await database.write { try store.finish(document, pdf: Array("%PDF-b".utf8), at: Archive.now, in: $0) }
            #expect(first && !second)
            #expect(try await archive.pdf(id) == Array("%PDF-a".utf8))
            #expect(try await database.read { try $0.first("SELECT count(*) FROM documents_proof") { try $0.int(0) } } == 2)
            // The job that is tried again finds nothing to do.
            try await archive.worker.runUntilIdle()
            #expect(archive.press.calls == 0 && archive.ready.events.isEmpty)
        }
    }

    @Test func aPressThatIsDownIsTriedAgain() async throws {
        try await TestDatabases.with(.sqlite) { database in
            let archive = try await Archive(database)
            archive.press.fail(with: .timedOut(seconds: 60))
            let id = try await archive.order()
            try await archive.worker.runUntilIdle()
            #expect(try await database.read { try JobQueue.openCount(in: $0) } == 1)
            archive.press.fail(with: nil)
            archive.clock.advance(seconds: 300)
            try await archive.worker.runUntilIdle()
            #expect(try await archive.cards().map(\.id) == [id])
            #expect(try await archive.cards().map(\.isReady) == [true])
        }
    }

    @Test func whatCannotBecomeAPaperIsNotTriedAgain() async throws {
        try await TestDatabases.with(.sqlite) { database in
            let archive = try await Archive(database)
            archive.press.fail(with: .refused("no"))
            try await archive.order()
            try await archive.worker.runUntilIdle()
            #expect(try await database.read { try JobQueue.dead(limit: 9, in: $0) }.count == 1)
            #expect(archive.log.lines == ["error a paper could not be made"])
        }
    }

    @Test(arguments: TestDatabases.engines, [PressError.notInstalled("no weasyprint"), .timedOut(seconds: 120)])
    func whatFailsAgainAndAgainIsSeenByAnOperator(engine: TestEngine, failure: PressError) async throws {
        try await TestDatabases.with(engine) { database in
            let archive = try await Archive(database)
            archive.press.fail(with: failure)
            let id = try await archive.order()
            for _ in 0..<60 {
                try await archive.worker.runUntilIdle()
                archive.clock.advance(seconds: 300)
            }
            #expect(archive.press.calls == Rendering.retry.tries)
            #expect(archive.log.lines == ["error a paper could not be made"])
            let dead = try await database.read { try JobQueue.dead(limit: 9, in: $0) }
            #expect(dead.map(\.type) == [Rendering.job])
            // Mended, and replayed by the operator.
            archive.press.fail(with: nil)
            let time = archive.clock.source.now()
            #expect(try await database.write { try JobQueue.replay(dead[0].id, at: time, in: $0) })
            try await archive.worker.runUntilIdle()
            let card = try #require(try await archive.cards().first)
            #expect(card.id == id && card.isReady)
        }
    }

    @Test func ordersAreCheckedWhenTheyAreMade() async throws {
        try await TestDatabases.with(.sqlite) { database in
            let archive = try await Archive(database)
            await #expect(throws: DocumentsError.unknownTemplate("passport")) {
                try await archive.order(Archive.order(template: "passport"))
            }
            await #expect(throws: DocumentsError.malformedContent("/lines/0")) {
                try await archive.order(Archive.order(value: String(repeating: "א", count: 10_001)))
            }
            #expect(try await archive.cards().isEmpty)
        }
    }

    @Test(arguments: TestDatabases.engines) func contentAndFileLieSealed(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            let archive = try await Archive(database)
            try await archive.order(Archive.order(value: "SECRETNAME"))
            try await archive.worker.runUntilIdle()
            let blobs = try await database.read { connection in
                try connection.query("SELECT content, pdf FROM documents_document", []) { [try $0.blob(0), try $0.blob(1)] }
            }
            #expect(blobs.joined().allSatisfy { $0.firstRange(of: Array("SECRETNAME".utf8)) == nil })
            #expect(archive.press.made[0].firstRange(of: Array("SECRETNAME".utf8)) != nil)
        }
    }
}
