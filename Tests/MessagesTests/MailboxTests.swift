import Contracts
import Database
import HTTPTypes
import Jobs
import Language
import Logging
import TestKit
import Testing
import Trust
import Values
import Web
@testable import Messages

@Suite struct MailboxTests {
    @Test(arguments: TestDatabases.engines) func theSameKeySendsOnce(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            let post = try await Post(database)
            for _ in 0..<3 { try await post.send(Post.notice("k1")) }
            try await post.send(Post.notice("k2"))
            try await post.send(Post.notice("k1", to: "samir"))
            #expect(try await post.inbox().count == 2)
            #expect(try await post.inbox(of: "samir").count == 1)
            #expect(try await post.openJobs() == 3)
            #expect(post.audit.entries.map(\.what) == ["message.send", "message.send", "message.send"])
            #expect(post.audit.entries.first?.bodyID == "haifa" && post.audit.entries.first?.caseID == "case-1")
        }
    }

    @Test(arguments: TestDatabases.engines) func nothingIsLeftOfATransactionThatFailed(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            let post = try await Post(database)
            let messages = post.messages
            await #expect(throws: Stop.self) {
                try await database.write { connection in
                    try messages.send(Post.notice(), in: connection)
                    throw Stop()
                }
            }
            #expect(try await post.inbox().isEmpty)
            #expect(try await post.openJobs() == 0)
        }
    }

    @Test(arguments: TestDatabases.engines) func valuesLieSealed(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            let post = try await Post(database)
            try await post.send(Post.notice(extra: ["text": "SECRETREASON"]))
            let sealed = try await database.read { try $0.query("SELECT fields FROM messages_message", []) { try $0.blob(0) } }
            #expect(sealed.count == 1 && sealed[0].firstRange(of: Array("SECRETREASON".utf8)) == nil)
            #expect(try await post.inbox().first?.values["text"] == "SECRETREASON")
        }
    }

    @Test func whatCannotBeWrittenIsRefusedWhenItIsSent() async throws {
        try await TestDatabases.with(.sqlite) { database in
            let post = try await Post(database)
            await #expect(throws: MessagesError.unknownTemplate("case.lost")) { try await post.send(Post.notice(template: "case.lost")) }
            await #expect(throws: MessagesError.missingField("text", template: "case.completion-asked")) {
                try await post.send(Post.notice(template: "case.completion-asked"))
            }
            for link in ["https://thief.example", "//thief.example", "/a b", "/a\r\nBcc: x", "me"] {
                let notice = Notice(
                    recipientID: "dana", bodyID: "haifa", template: "identity.registered-again", values: [:], link: link,
                    idempotencyKey: link)
                await #expect(throws: MessagesError.malformedLink(link)) { try await post.send(notice) }
            }
            #expect(try await post.inbox().isEmpty)
        }
    }

    @Test(arguments: TestDatabases.engines) func aPersonReadsHerOwnMessages(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            let post = try await Post(database)
            try await post.send(Post.notice("k1"))
            post.clock.advance(seconds: 60)
            try await post.send(Post.notice("k2", template: "case.approved", extra: ["text": "<b>&\"'"]))
            let (server, messages) = (try dispatcher(post, "dana"), post.messages)
            #expect(try await database.read { try messages.unreadCount(of: "dana", in: $0) } == 2)

            let inbox = await server.page("/he/me/messages")
            #expect(inbox.status == 200 && inbox.text.contains("יש שתי הודעות שלא נקראו"))
            let newest = try #require(try await post.inbox().first)
            let page = await server.page("/he/me/messages/\(newest.id)")
            #expect(page.status == 200 && page.text.contains("&lt;b&gt;&amp;&quot;&#39;") && page.text.contains("/he/me/cases/case-1"))
            #expect(try await database.read { try messages.unreadCount(of: "dana", in: $0) } == 1)
            #expect(try await post.inbox().map(\.isRead) == [true, false])
        }
    }

    @Test func nobodyReadsAnothersMessages() async throws {
        try await TestDatabases.with(.sqlite) { database in
            let post = try await Post(database)
            try await post.send(Post.notice())
            let message = try #require(try await post.inbox().first)
            let server = try dispatcher(post, "samir")
            #expect(await server.page("/he/me/messages/\(message.id)").status == 404)
            #expect(await server.page("/he/me/messages/nonsense").status == 404)
            #expect(await server.page("/he/me/messages/\(message.id.uppercased())").status == 404)
            #expect(await server.page("/he/me/messages").text.contains("אין עדיין הודעות"))
            #expect(try await post.inbox().first?.isRead == false)
        }
    }

    @Test func longMailboxesArePaged() async throws {
        try await TestDatabases.with(.sqlite) { database in
            let post = try await Post(database)
            for index in 0..<53 {
                try await post.send(Post.notice("k\(index)"))
                post.clock.advance(seconds: 1)
            }
            let server = try dispatcher(post, "dana")
            let first = await server.page("/en/me/messages")
            #expect(first.text.matches(of: /class="z-inbox-item/).count == 50)
            let next = try #require(first.text.firstMatch(of: /href="([^"]*before=[^"]*)"/)?.1)
            let second = await server.page(String(next))
            #expect(second.text.matches(of: /class="z-inbox-item/).count == 3)
            #expect(await server.page("/en/me/messages?before=%27--").status == 200)
        }
    }

    @Test func theZoneShowsTheNewest() async throws {
        try await TestDatabases.with(.sqlite) { database in
            let post = try await Post(database)
            for index in 0..<6 { try await post.send(Post.notice("k\(index)")) }
            let section = post.messages.zoneSection
            let items = try await database.read { connection in
                try section.items(for: Actor(kind: .person, id: "dana", name: "דנה"), language: .he, limit: 4, in: connection)
            }
            #expect(items.count == 4 && items.allSatisfy { $0.status == "חדשה" && $0.href.hasPrefix("/me/messages/") })
        }
    }

    struct Stop: Error {}

    private func dispatcher(_ post: Post, _ subject: String) throws -> Dispatcher {
        try Dispatcher(
            routes: post.messages.routes, site: Post.site, authenticator: TestSession(id: subject),
            settings: .init(rates: .unlimited, clock: post.clock.source, formKey: HMACKey(bytes: [1])),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }
}

extension Dispatcher {
    func page(_ target: String) async -> (status: Int, text: String) {
        let reply = await answer(Incoming(.get, target))
        return (reply.status, String(decoding: reply.body, as: UTF8.self))
    }
}
