import Contracts
import Database
import Foundation
import Jobs
import Language
import Logging
import Synchronization
import TestKit
import Trust
import Values
import Web
@testable import Messages

/// A module on an empty database, with people and bodies made up here, a clock that stands still until it is moved, and a carrier that does
/// as it is told.
struct Post: Sendable {
    static let now = Instant(seconds: 1_795_450_000)
    let database: any Database
    let clock = TestClock(Post.now)
    let carrier: TestCarrier
    let messages: Messages
    let audit = TestAudit()
    let worker: Worker

    init(_ database: any Database, carrier: (any MailCarrier)? = nil, site: Site = Post.site) async throws {
        let (clock, audit, fallback) = (clock, audit, TestCarrier())
        self.database = database
        self.carrier = fallback
        let folders = [("jobs", "Core/Jobs"), ("messages", "Components/Messages")]
        try await Migrations(folders.map { (module: $0.0, folder: "\(Post.sources)/\($0.1)/Schema") }).apply(to: database)
        messages = try Messages(
            database: database, vault: Vault(keyring: .random()), site: site, bodies: TestBodies(), audit: audit,
            carrier: carrier ?? fallback,
            from: "no-reply@zamin.example", publicURL: "https://zamin.example", clock: clock.source)
        var jobs = JobRegistry()
        messages.register(in: &jobs, people: TestPeople())
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        worker = Worker(database: database, registry: jobs, clock: clock.source, logger: logger)
    }

    static let sources = "\(TestPython.root)/Sources"
    static let site: Site = {
        do {
            return try Site(folders: [
                ResourceFolder(module: "web", path: "\(sources)/Core/Web"),
                ResourceFolder(module: "messages", path: "\(sources)/Components/Messages"),
            ])
        } catch { fatalError("\(error)") }
    }()

    static func notice(
        _ key: String = "k1", to recipient: String = "dana", template: String = "case.received", extra: [String: String] = [:]
    ) -> Notice {
        var values = ["number": "2026-4711-08", "service": "הנחה בארנונה", "body": "עיריית חיפה", "stage": "בבדיקה", "date": "22.12.2026"]
        values.merge(extra) { _, new in new }
        return Notice(
            recipientID: recipient, bodyID: "haifa", template: template, values: values, caseID: "case-1", link: "/me/cases/case-1",
            idempotencyKey: key)
    }

    func send(_ notice: Notice) async throws {
        let messages = messages
        try await database.write { try messages.send(notice, in: $0) }
    }

    func inbox(of subject: String = "dana") async throws -> [Message] {
        let store = messages.store
        return try await database.read { try store.list(of: subject, before: nil, limit: 100, in: $0) }
    }

    func dead() async throws -> [Job] { try await database.read { try JobQueue.dead(limit: 100, in: $0) } }
    func openJobs() async throws -> Int { try await database.read { try JobQueue.openCount(in: $0) } }
}

/// Takes letters, or refuses them with what it was given.
final class TestCarrier: MailCarrier {
    private let state = Mutex<(letters: [Letter], failure: MailFailure?, calls: Int)>(([], nil, 0))

    func carry(_ letter: Letter) async throws {
        try state.withLock { state in
            state.calls += 1
            if let failure = state.failure { throw failure }
            state.letters.append(letter)
        }
    }

    func fail(with failure: MailFailure?) { state.withLock { $0.failure = failure } }
    var letters: [Letter] { state.withLock { $0.letters } }
    var calls: Int { state.withLock { $0.calls } }
}

struct TestPeople: People {
    static let cards: [String: (email: String, language: Language)] = [
        "dana": ("dana@mail.example", .he), "samir": ("samir@mail.example", .ar), "kate": ("kate@mail.example", .en),
        "broken": ("dana@mail.example\r\nRCPT TO:<thief@mail.example>", .he), "gone": ("permanent-failure@mail.example", .ru),
        "busy": ("temporary-failure@mail.example", .fr),
    ]
    func card(of id: String, in connection: any Connection) throws -> PersonCard? {
        guard let known = TestPeople.cards[id], let birth = CalendarDate(year: 2001, month: 5, day: 17) else { return nil }
        return PersonCard(id: id, givenName: "דנה", familyName: "כהן", birthDate: birth, email: known.email, phone: nil,
            language: known.language)
    }
    func nationalNumber(of id: String, in connection: any Connection) throws -> String? { nil }
    func subject(nationalNumber: String, in connection: any Connection) throws -> String? { nil }
    func officers(of bodyID: String, role: String?, in connection: any Connection) throws -> [PersonCard] { [] }
}
