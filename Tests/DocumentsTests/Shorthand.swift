import Contracts
import Database
import Foundation
import HTTPTypes
import Jobs
import Language
import Logging
import Synchronization
import TestKit
import Trust
import Values
import Web
@testable import Documents

/// A module on an empty database, with a body made up here and a press that does as it is told.
struct Archive: Sendable {
    static let now = Instant(seconds: 1_795_450_000)
    static let subject = "0193f6a0-0000-7000-8000-000000000001"
    let database: any Database
    let press: TestPress
    let clock = TestClock(Archive.now)
    let audit = TestAudit()
    let documents: Documents
    let worker: Worker
    let ready = Heard()
    let log = TestLog()

    init(_ database: any Database, press other: (any PaperPress)? = nil) async throws {
        let (audit, ready, clock, fallback) = (audit, ready, clock.source, TestPress())
        (self.database, press) = (database, fallback)
        let folders = [("jobs", "Core/Jobs"), ("documents", "Components/Documents")]
        try await Migrations(folders.map { (module: $0.0, folder: "\(Archive.sources)/\($0.1)/Schema") }).apply(to: database)
        documents = Documents(
            database: database, vault: Vault(keyring: .random()), site: Archive.site, bodies: TestBodies(), audit: audit,
            press: other ?? fallback, publicURL: "https://zamin.example", clock: clock, logger: log.logger)
        var jobs = JobRegistry()
        documents.register(in: &jobs)
        jobs.on("document.ready", subscriber: "test") { ready.add($0) }
        worker = Worker(database: database, registry: jobs, clock: clock, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    static let sources = "\(TestPython.root)/Sources"
    static let site: Site = {
        do {
            return try Site(folders: [
                ResourceFolder(module: "web", path: "\(sources)/Core/Web"),
                ResourceFolder(module: "documents", path: "\(sources)/Components/Documents"),
            ])
        } catch { fatalError("\(error)") }
    }()

    static func order(
        _ key: String = "k1", template: String = "decision-approval", subject: String = Archive.subject, language: Language = .he,
        value: String = "דנה כהן-לוי"
    ) -> DocumentOrder {
        DocumentOrder(
            template: template, caseID: "case-1", caseNumber: "2026-4711-08", subjectID: subject, bodyID: "haifa", language: language,
            title: "החלטה: אישור הבקשה להנחה בארנונה",
            content: [
                "lines": [
                    ["label": "שם המבקש", "value": .string(value)], ["label": "השירות", "value": "הנחה בארנונה לסטודנטים"],
                    ["label": "הוגשה ביום", "value": "23 בנובמבר 2026"],
                ],
                "paragraphs": ["עיריית חיפה בחנה את הבקשה ומצאה שהיא עומדת בתנאים.", "שורה ראשונה\nשורה שנייה"],
            ], idempotencyKey: key)
    }

    @discardableResult func order(_ order: DocumentOrder = Archive.order()) async throws -> String {
        let documents = documents
        return try await database.write { try documents.order(order, in: $0) }
    }

    func cards() async throws -> [DocumentCard] {
        let documents = documents
        return try await database.read { try documents.documents(caseID: "case-1", in: $0) }
    }

    func pdf(_ id: String, caseID: String = "case-1") async throws -> [UInt8]? {
        let documents = documents
        return try await database.read { try documents.content(of: id, caseID: caseID, in: $0) }
    }

    func found(_ id: String) async throws -> OfficialDocument? {
        let store = documents.store
        return try await database.read { try store.find(id, subjectID: Archive.subject, in: $0) }
    }

    func server(as subject: String? = Archive.subject, capacity: Capacity = .own) throws -> Dispatcher {
        try Dispatcher(
            routes: documents.routes, site: Archive.site, authenticator: TestSession(id: subject, capacity: capacity),
            settings: .init(rates: .unlimited, clock: TimeSource { Archive.now }, formKey: HMACKey(bytes: [1])),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }
}

/// Makes a "PDF" of the HTML itself, and knows its own again.
final class TestPress: PaperPress {
    private let state = Mutex<(made: [[UInt8]], failure: PressError?, calls: Int)>(([], nil, 0))

    func press(_ html: String, signer: String, reason: String) async throws -> [UInt8] {
        try state.withLock { state in
            state.calls += 1
            if let failure = state.failure { throw failure }
            state.made.append(Array("%PDF-1.7 \(state.calls) \(signer)\n\(html)".utf8))
            return state.made[state.made.count - 1]
        }
    }

    func isGenuine(_ pdf: [UInt8]) async throws -> Bool {
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            return state.made.contains(pdf)
        }
    }

    func fail(with failure: PressError?) { state.withLock { $0.failure = failure } }
    var calls: Int { state.withLock { $0.calls } }
    var made: [[UInt8]] { state.withLock { $0.made } }
}

final class Heard: Sendable {
    private let kept = Mutex<[Event]>([])
    func add(_ event: Event) { kept.withLock { $0.append(event) } }
    var events: [Event] { kept.withLock { $0 } }
}
