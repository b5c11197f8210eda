import Contracts
import Database
import Jobs
import Language
import TestKit
import Testing
import Trust
import Values
@testable import Messages

@Suite struct DeliveryOfMailTests {
    @Test(arguments: TestDatabases.engines) func eachRecipientGetsHerLanguage(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            let post = try await Post(database)
            for name in ["dana", "samir", "kate"] { try await post.send(Post.notice(to: name)) }
            try await post.worker.runUntilIdle()
            let letters = Dictionary(uniqueKeysWithValues: post.carrier.letters.map { ($0.to.local, $0) })
            #expect(letters["dana"]?.subject.hasPrefix("הבקשה התקבלה") == true && letters["dana"]?.fromName == "עיריית חיפה")
            #expect(letters["samir"]?.subject.hasPrefix("استُلم") == true && letters["samir"]?.html.contains("dir=\"rtl\"") == true)
            #expect(letters["kate"]?.html.contains("<html lang=\"en\" dir=\"ltr\">") == true)
            #expect(letters["kate"]?.text.contains("https://zamin.example/en/me/cases/case-1") == true)
            #expect(try await post.inbox().map(\.state) == [.sent])
            #expect(try await post.inbox(of: "samir").first?.language == .ar)
            #expect(try await post.openJobs() == 0)
        }
    }

    @Test(arguments: TestDatabases.engines) func aServerThatIsDownLosesNothing(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            let post = try await Post(database)
            post.carrier.fail(with: .temporary("down"))
            for index in 0..<5 { try await post.send(Post.notice("k\(index)")) }
            for _ in 0..<6 {
                try await post.worker.runUntilIdle()
                post.clock.advance(seconds: 300)
            }
            #expect(post.carrier.calls == 30 && post.carrier.letters.isEmpty)
            #expect(try await post.inbox().allSatisfy { $0.state == .accepted })
            post.carrier.fail(with: nil)
            try await post.worker.runUntilIdle()
            #expect(Set(post.carrier.letters.map(\.id)).count == 5)
            #expect(try await post.inbox().allSatisfy { $0.state == .sent })
        }
    }

    @Test func after48TriesAnOperatorLooksAtIt() async throws {
        try await TestDatabases.with(.sqlite) { database in
            let post = try await Post(database)
            post.carrier.fail(with: .temporary("down"))
            try await post.send(Post.notice())
            for _ in 0..<60 {
                try await post.worker.runUntilIdle()
                post.clock.advance(seconds: 300)
            }
            #expect(post.carrier.calls == 48)
            #expect(try await post.inbox().map(\.state) == [.failed])
            let job = try #require(try await post.dead().first)
            post.carrier.fail(with: nil)
            let time = post.clock.source.now()
            #expect(try await database.write { try JobQueue.replay(job.id, at: time, in: $0) })
            try await post.worker.runUntilIdle()
            #expect(try await post.inbox().map(\.state) == [.sent])
        }
    }

    @Test(arguments: TestDatabases.engines) func aRefusalIsFinal(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            let post = try await Post(database)
            post.carrier.fail(with: .permanent("SMTP 550"))
            try await post.send(Post.notice())
            try await post.worker.runUntilIdle()
            #expect(post.carrier.calls == 1)
            #expect(try await post.inbox().map(\.state) == [.failed])
            #expect(try await post.dead().map(\.lastError) == ["hopeless(\"SMTP 550\")"])
        }
    }

    @Test func anAddressThatIsNoneReachesNoServer() async throws {
        try await TestDatabases.with(.sqlite) { database in
            let post = try await Post(database)
            try await post.send(Post.notice(to: "broken"))
            try await post.send(Post.notice(to: "nobody"))
            try await post.worker.runUntilIdle()
            #expect(post.carrier.calls == 0)
            #expect(try await post.inbox(of: "broken").map(\.state) == [.failed])
            #expect(try await post.inbox(of: "nobody").map(\.state) == [.failed])
            #expect(try await post.dead().allSatisfy { !($0.lastError ?? "").contains("@") })
        }
    }

    @Test func aJobDoneTwiceSendsOnce() async throws {
        try await TestDatabases.with(.sqlite) { database in
            let post = try await Post(database)
            try await post.send(Post.notice())
            try await post.worker.runUntilIdle()
            let message = try #require(try await post.inbox().first)
            let time = post.clock.source.now()
            try await database.write { connection in
                try JobQueue.enqueue(
                    MessageDelivery.noticeJob, ["subject": "dana", "message": .string(message.id)], runAt: time, in: connection)
            }
            try await post.worker.runUntilIdle()
            #expect(post.carrier.calls == 1)
        }
    }

    @Test(arguments: TestDatabases.engines) func codesGoToNoMailboxAndLieSealed(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            let post = try await Post(database)
            let messages = post.messages
            try await database.write {
                try messages.sendCode("042917", to: "new@mail.example", language: "ru", minutesValid: 10, in: $0)
            }
            let payloads = try await database.read { try $0.query("SELECT payload FROM jobs_job", []) { try $0.text(0) } }
            #expect(payloads.count == 1 && !payloads[0].contains("042917") && !payloads[0].contains("new@mail.example"))
            try await post.worker.runUntilIdle()
            let letter = try #require(post.carrier.letters.first)
            #expect(letter.to.description == "new@mail.example" && letter.subject == "Ваш код: 042917")
            #expect(letter.text.contains("\r\n042917\r\n"))
            #expect(try await database.read { try $0.first("SELECT count(*) FROM messages_message") { try $0.int(0) } } == 0)
        }
    }

    /// Two codes whose sealed texts were exchanged in the table of jobs: neither is sent to the other's address.
    @Test(arguments: TestDatabases.engines) func aSealedCodeOpensInItsOwnJobAlone(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            let post = try await Post(database)
            let messages = post.messages
            for name in ["a", "b"] {
                try await database.write {
                    try messages.sendCode("1", to: "\(name)@mail.example", language: "he", minutesValid: 10, in: $0)
                }
            }
            try await database.write { connection in
                let jobs = try connection.query("SELECT id, payload FROM jobs_job ORDER BY id", []) { (try $0.text(0), try $0.json(1)) }
                for (job, other) in zip(jobs, jobs.reversed()) {
                    var payload = job.1
                    payload["sealed"] = other.1["sealed"]
                    try connection.execute("UPDATE jobs_job SET payload = $1 WHERE id = $2", [.json(payload), .text(job.0)])
                }
            }
            try await post.worker.runUntilIdle()
            #expect(post.carrier.calls == 0)
            #expect(try await post.dead().count == 2)
        }
    }

    @Test func aCodeThatExpiredIsNotSent() async throws {
        try await TestDatabases.with(.sqlite) { database in
            let post = try await Post(database)
            let messages = post.messages
            post.carrier.fail(with: .temporary("down"))
            try await database.write { try messages.sendCode("1", to: "new@mail.example", language: "he", minutesValid: 10, in: $0) }
            try await post.worker.runUntilIdle()
            post.carrier.fail(with: nil)
            post.clock.advance(seconds: 601)
            try await post.worker.runUntilIdle()
            #expect(post.carrier.calls == 1 && post.carrier.letters.isEmpty)
            #expect(try await post.openJobs() == 0)
            #expect(try await post.dead().isEmpty)
        }
    }
}
