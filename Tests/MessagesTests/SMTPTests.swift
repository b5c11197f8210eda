import Foundation
#if canImport(FoundationNetworking)
import FoundationNetworking
#endif
import Jobs
import Language
import TestKit
import Testing
import Values
@testable import Messages

/// A real mail server of the demo, `Tools/mailcatcher.py`, on ports of its own.
final class MailCatcher: Sendable {
    let smtpPort: Int
    let httpPort: Int
    private let process: Process
    private let input: Pipe

    init() throws {
        let (process, output, input) = (Process(), Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [TestPython.path, "\(TestPython.root)/Tools/mailcatcher.py", "--smtp-port", "0", "--http-port", "0",
            "--until-input-ends"]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        // Held open as long as this process lives, however it ends.
        process.standardInput = input
        try process.run()
        var line: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") { line.append(byte) }
        let ports = String(decoding: line, as: UTF8.self).split { !$0.isNumber }.compactMap { Int($0) }
        guard ports.count == 2 else { throw CocoaError(.fileReadUnknown) }
        (smtpPort, httpPort, self.process, self.input) = (ports[0], ports[1], process, input)
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    var url: String { "smtp://127.0.0.1:\(smtpPort)" }

    func mails() async throws -> [JSON] {
        let (data, _) = try await URLSession.shared.data(from: URL(string: "http://127.0.0.1:\(httpPort)/api/messages").unsafelyUnwrapped)
        return try JSON.parse(Array(data)).array ?? []
    }
}

@Suite struct SilentServerTests {
    /// It takes the connection and never says a word.
    @Test func aServerThatSaysNothingIsLeftAndTheLetterKept() async throws {
        let server = try SilentPort()
        try await TestDatabases.with(.sqlite) { database in
            let carrier = try SMTPCarrier(url: "smtp://127.0.0.1:\(server.port)", timeouts: .init(connect: 10_000, whole: 300))
            let post = try await Post(database, carrier: carrier)
            try await post.send(Post.notice())
            try await post.worker.runUntilIdle()
            #expect(server.hadVisitor())
            #expect(try await post.inbox().map(\.state) == [.accepted])
            #expect(try await post.openJobs() == 1)
            #expect(try await post.dead().isEmpty)
        }
    }

    @Test func noServerHoldsAWorkerForLong() {
        #expect(SMTPCarrier.Timeouts() == SMTPCarrier.Timeouts(connect: 10_000, whole: 30_000))
    }
}

@Suite(.enabled(if: TestPython.has("aiosmtpd"), "ZAMIN_PYTHON has no aiosmtpd: pip install -r Tools/requirements.txt"))
struct SMTPTests {
    private func header(_ name: String, _ mail: JSON?) -> [String] {
        (mail?["headers"]?.array ?? []).filter { $0["name"]?.string?.lowercased() == name }.compactMap { $0["value"]?.string }
    }

    @Test(arguments: TestDatabases.engines) func aMessageArrivesAsItWasWritten(engine: TestEngine) async throws {
        let catcher = try MailCatcher()
        try await TestDatabases.with(engine) { database in
            let post = try await Post(database, carrier: try SMTPCarrier(url: catcher.url))
            try await post.send(Post.notice(extra: ["service": "הנחה \u{05D1}ארנונה <b>\r\nBcc: thief@mail.example\r\n.\r\nDATA"]))
            try await post.worker.runUntilIdle()
            let mails = try await catcher.mails()
            #expect(mails.count == 1)
            let mail = try #require(mails.first)
            #expect(mail["to"]?.array == ["dana@mail.example"] && mail["from"]?.string == "no-reply@zamin.example")
            #expect(mail["subject"]?.string?.hasPrefix("הבקשה התקבלה") == true)
            #expect(mail["text"]?.string?.contains("מספר הבקשה: \u{2068}2026-4711-08\u{2069}") == true)
            #expect(mail["html"]?.string?.contains("&lt;b&gt;") == true && mail["html"]?.string?.contains("text-align:right") == true)
            #expect(header("bcc", mail).isEmpty && header("list-unsubscribe", mail).isEmpty)
            #expect(header("auto-submitted", mail) == ["auto-generated"] && header("content-language", mail) == ["he"])
            #expect(header("date", mail) == ["Mon, 23 Nov 2026 16:06:40 +0000"])
            #expect(header("from", mail) == ["עיריית חיפה <no-reply@zamin.example>"])
            #expect(header("message-id", mail).first?.hasSuffix("@zamin.example>") == true)
            #expect(try await post.inbox().map(\.state) == [.sent])
        }
    }

    @Test func refusalsAreToldApart() async throws {
        let catcher = try MailCatcher()
        try await TestDatabases.with(.sqlite) { database in
            let post = try await Post(database, carrier: try SMTPCarrier(url: catcher.url))
            for name in ["gone", "busy", "kate"] { try await post.send(Post.notice(to: name)) }
            try await post.worker.runUntilIdle()
            #expect(try await post.inbox(of: "gone").map(\.state) == [.failed])
            #expect(try await post.inbox(of: "busy").map(\.state) == [.accepted])
            #expect(try await post.inbox(of: "kate").map(\.state) == [.sent])
            #expect(try await post.dead().compactMap(\.lastError).allSatisfy { $0.contains("550") && !$0.contains("@") })
            #expect(try await catcher.mails().count == 1)
        }
    }

    @Test func whatWasSentWhileTheServerWasDownArrivesLater() async throws {
        try await TestDatabases.with(.sqlite) { database in
            let nowhere = try SMTPCarrier(url: "smtp://127.0.0.1:1", timeouts: .init(connect: 2_000, whole: 4_000))
            let first = try await Post(database, carrier: nowhere)
            try await first.send(Post.notice())
            try await first.worker.runUntilIdle()
            #expect(try await first.inbox().map(\.state) == [.accepted])
            #expect(try await first.openJobs() == 1)
        }
    }

    @Test func oneConnectionCarriesManyLetters() async throws {
        let catcher = try MailCatcher()
        let carrier = try SMTPCarrier(url: catcher.url, connections: 2)
        let address = try #require(MailAddress("kate@mail.example"))
        let letters = try (0..<40).map { index in
            try LetterWriter(site: Post.site, sender: address, publicURL: "https://zamin.example").letter(
                MessageWords(subject: "נושא \(index)", paragraphs: ["."]), to: address, in: .he, senderName: nil, link: nil,
                    id: UUIDv7.next(), at: Post.now)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for letter in letters { group.addTask { try await carrier.carry(letter) } }
            try await group.waitForAll()
        }
        #expect(Set(try await catcher.mails().compactMap { $0["subject"]?.string }).count == 40)
    }
}
