import Contracts
import Database
import Foundation
import HTTPTypes
import Jobs
import Language
import Logging
@testable import Payments
import Synchronization
import TestKit
import Testing
import Trust
import Values
import Web

let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../../Sources"

/// A clock that tests move. It goes a microsecond by itself at each look, so that what came later has a later id.
final class Hand: Sendable {
    private let time = Mutex(Instant(seconds: 1_800_000_000))
    var source: TimeSource {
        TimeSource {
            self.time.withLock { time in
                time.microseconds += 1
                return time
            }
        }
    }
    var now: Instant { time.withLock { $0 } }
    func move(seconds: Int64) { time.withLock { $0 = $0.adding(seconds: seconds) } }
}

struct OneBody: BodyDirectory {
    let bodies = [
        PublicBody(
            id: "haifa", kind: .municipality, parentID: nil, number: nil, localityCode: 4000,
            name: LocalizedText([.he: "עיריית חיפה", .en: "Haifa"]), about: LocalizedText([:]), phone: nil, site: nil)
    ]
    var localities: [Locality] { [] }
    func body(_ id: String) -> PublicBody? { bodies.first { $0.id == id } }
    func locality(_ code: Int) -> Locality? { nil }
    func municipality(of locality: Int) -> PublicBody? { nil }
}

final class AuditSpy: AuditLog {
    private let entries = Mutex<[AuditEntry]>([])
    var all: [AuditEntry] { entries.withLock { $0 } }
    func record(_ entry: AuditEntry, in connection: any Connection) throws { entries.withLock { $0.append(entry) } }
}

/// Signs in whoever's id is the session cookie.
struct CookiePerson: Authenticator {
    func actor(cookies: [String: String], authorization: String?, remoteAddress: String) async throws -> Actor {
        guard let id = cookies[Dispatcher.sessionCookie] else { return .anonymous }
        return Actor(kind: .person, id: id, name: "Dana", sessionID: id, assurance: .substantial)
    }
}

func paymentGraph() throws -> PaymentGraph {
    let path = "\(sources)/../Data/payment-states.json"
    return try PaymentGraph(json: JSON.parse([UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))))
}

func paymentSite() throws -> Site {
    let places = [("web", "Core/Web"), ("payments", "Components/Payments")]
    return try Site(folders: places.map { ResourceFolder(module: $0.0, path: "\(sources)/\($0.1)") })
}

let quiet = { var logger = Logger(label: "test"); logger.logLevel = .critical; return logger }()

/// Payments over an empty database, with everything around it.
struct Stage: Sendable {
    static let person = "0199a000-0000-7000-8000-000000000001"
    static let fee = Money(minorUnits: 37_400)

    let database: any Database
    let payments: Payments
    let worker: Worker
    let acquirer: ScriptedAcquirer
    let audit: AuditSpy
    let hand: Hand

    init(_ database: any Database, capturesSeparately: Bool = false) async throws {
        let folders = [("jobs", "Core/Jobs"), ("payments", "Components/Payments")].map {
            (module: $0.0, folder: "\(sources)/\($0.1)/Schema")
        }
        try await Migrations(folders).apply(to: database)
        let (hand, acquirer, audit) = (Hand(), ScriptedAcquirer(), AuditSpy())
        (self.database, self.hand, self.acquirer, self.audit) = (database, hand, acquirer, audit)
        payments = Payments(
            database: database, site: try paymentSite(), graph: try paymentGraph(), acquirer: acquirer, bodies: OneBody(), audit: audit,
            publicURL: "http://zamin.test", capturesSeparately: capturesSeparately, clock: hand.source, logger: quiet)
        var registry = JobRegistry()
        payments.register(in: &registry)
        worker = Worker(database: database, registry: registry, clock: hand.source, logger: quiet)
    }

    static func with(
        _ engine: TestEngine = .sqlite, capturesSeparately: Bool = false, _ body: @Sendable (Stage) async throws -> Void
    ) async throws {
        try await TestDatabases.with(engine) { try await body(try await Stage($0, capturesSeparately: capturesSeparately)) }
    }

    static func order(_ reference: String = "0199a000-0000-7000-8000-0000000000aa", amount: Money = Stage.fee) -> PaymentOrder {
        PaymentOrder(
            reference: reference, product: "business-licence-fee", payerID: person, bodyID: "haifa", amount: amount,
            description: LocalizedText([.he: "אגרת רישיון עסק", .en: "Business licence fee"]), returnPath: "/me/cases/\(reference)",
            caseID: reference)
    }

    func open(_ order: PaymentOrder = Stage.order()) async throws -> String {
        try await database.write { try payments.open(order, in: $0) }
    }

    /// Opened, and the person is at the acquirer's page.
    func begun() async throws -> String {
        let id = try await open()
        _ = try await payments.begin(id, by: actor, language: .he)
        return id
    }

    var actor: Actor { Actor(kind: .person, id: Stage.person, name: "Dana", assurance: .substantial) }

    func payment(_ id: String) async throws -> Payment { try #require(try await database.read { try payments.store.find(id, in: $0) }) }
    func state(_ id: String) async throws -> String { try await payment(id).state }

    func history(_ id: String) async throws -> [PaymentEvent] {
        let payment = try await payment(id)
        return try await database.read { try payments.store.history(of: payment, in: $0) }
    }

    /// Events told to other modules, as `type state`.
    func told() async throws -> [String] {
        try await database.read { connection in
            try connection.query("SELECT type, payload FROM jobs_event ORDER BY at, id", []) { row in
                let state = try row.json(1)["state"]?.string
                return try row.text(0) + (state.map { " \($0)" } ?? "")
            }
        }
    }

    func dispatcher(_ settings: RateSettings = .unlimited) throws -> Dispatcher {
        try Dispatcher(
            routes: payments.routes, site: payments.site, authenticator: CookiePerson(),
            settings: .init(
                rates: settings, clock: hand.source, formKey: HMACKey(bytes: Array("a key for tests".utf8)),
                formTargets: payments.formTargets),
            logger: quiet)
    }
}
