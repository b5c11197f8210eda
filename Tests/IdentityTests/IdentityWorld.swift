import Authenticators
import Contracts
import Database
import Foundation
import HTTPTypes
import Identity
import Language
import Logging
import Synchronization
import TestAuthenticators
import TestKit
import Trust
import Values
import Web

/// The module on a database of its own, with its real pages and dispatcher; what lies outside it is scripted or recorded.
final class IdentityWorld: Sendable {
    let database: any Database
    let vault = Vault(keyring: .random())
    let hasher: PasswordHasher
    let exchange = ScriptedExchange()
    let mandates = ScriptedMandates()
    let postman = RecordingPostman()
    let auditLog = RecordingAuditLog()
    let clock = TestClock()
    let identity: Identity
    let dispatcher: Dispatcher
    /// The listener that reads cards.
    let cardDispatcher: Dispatcher

    static let origin = "https://zamin.test"
    static let quickHasher = PasswordHasher(cost: PasswordCost(memoryKiB: 64, passes: 1), threads: 2)

    init(database: any Database, hasher: PasswordHasher = IdentityWorld.quickHasher) throws {
        (self.database, self.hasher) = (database, hasher)
        let bodies = TestBodies()
        let names = OrganisationNames(bodies: bodies)
        let site = try Site(
            folders: [
                ResourceFolder(module: "web", path: "\(IdentityWorld.root)/Sources/Core/Web"),
                ResourceFolder(module: "identity", path: "\(IdentityWorld.root)/Sources/Components/Identity"),
            ], frame: .init(organisationName: { names.name(of: $0, in: $1) }))
        identity = Identity(
            database: database, vault: vault, hasher: hasher,
            commonPasswords: try CommonPasswords(path: "\(IdentityWorld.root)/Data/common-passwords.txt"), exchange: exchange,
            mandates: mandates, postman: postman,
            auditLog: auditLog, bodies: bodies, organisations: names, site: site, publicURL: IdentityWorld.origin,
            cards: CardDesk(
                authorities: CardAuthorities(
                    authoritiesPath: "\(TestCards.shared.folder)/authorities.pem", revocationsPath: "\(TestCards.shared.folder)/revocations.pem"),
                url: "https://cards.zamin.test:8087", issuerID: "population-authority"), clock: clock.source)
        let extra: [Route] = [
            .page(.get, "/me", for: .person(.substantial), "test.zone", "Zone") {
                .html("zone of \($0.actor.name), \($0.actor.assurance.name)")
            },
            .page(.get, "/desk", for: .officer(role: nil), "test.desk", "Desk") { .html("desk \($0.actor.organisation ?? "")") },
        ]
        cardDispatcher = try Dispatcher(
            routes: identity.cardRoutes, site: site, authenticator: NobodySignsIn(),
            settings: .init(rates: .unlimited, clock: clock.source, formKey: vault.key(for: "forms")), logger: Logger(label: "test"))
        dispatcher = try Dispatcher(
            routes: identity.routes + extra, site: site, authenticator: identity.authenticator,
            settings: .init(rates: .unlimited, clock: clock.source, formKey: vault.key(for: "forms")), logger: Logger(label: "test"))
    }

    static func with(_ engine: TestEngine = .sqlite, _ body: @Sendable @escaping (IdentityWorld) async throws -> Void) async throws {
        try await TestDatabases.with(engine) { database in
            try await migrate(database)
            try await body(try IdentityWorld(database: database))
        }
    }

    static func migrate(_ database: any Database) async throws {
        let modules = [("jobs", "Core/Jobs"), ("identity", "Components/Identity")]
        try await Migrations(modules.map { (module: $0.0, folder: "\(root)/Sources/\($0.1)/Schema") }).apply(to: database)
    }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .path
}

final class TestClock: Sendable {
    private let time = Mutex(Instant(seconds: 1_795_000_000))
    var source: TimeSource { TimeSource { self.now } }
    var now: Instant { time.withLock { $0 } }
    func advance(seconds: Int64) { time.withLock { $0 = $0.adding(seconds: seconds) } }
}

/// Whoever the test lets act for somebody.
final class ScriptedMandates: Mandates {
    private let kept = Mutex<[HeldMandate]>([])
    func set(_ held: [HeldMandate]) { kept.withLock { $0 = held } }
    func held(by attorneyID: String, on date: CalendarDate, in connection: any Connection) throws -> [HeldMandate] {
        kept.withLock { $0 }.filter { $0.attorneyID == attorneyID && $0.until >= date }
    }
    func held(by attorneyID: String, for principalID: String, on date: CalendarDate, in connection: any Connection) throws -> [HeldMandate] {
        try held(by: attorneyID, on: date, in: connection).filter { $0.mandate.principalID == principalID }
    }
    func held(_ id: String, by attorneyID: String, on date: CalendarDate, in connection: any Connection) throws -> HeldMandate? {
        try held(by: attorneyID, on: date, in: connection).first { $0.mandate.id == id }
    }
}

/// Registers that know the people they were told of.
final class ScriptedExchange: Exchange {
    struct Resident: Sendable {
        var number = "600000012"
        var birthDate = "2004-03-14"
        var cardIssueDate = "2020-05-11"
        var localityCode = "4000"
        var businesses: [JSON] = []
        var licences: [JSON] = []
    }

    private struct State {
        var residents: [String: Resident] = ["600000012": Resident()]
        var down: Set<String> = []
        var names: [String: (given: String, family: String)] = [:]
        var passport = "PH-P6000001A"
        var asked: [ExchangeRequest] = []
        var owners = ["population": "population-authority", "addresses": "national-insurance", "businesses": "corporations-authority", "foreigners": "population-authority",
            "foreignInsured": "national-insurance",
        ]
    }

    private let state = Mutex(State())

    var asked: [ExchangeRequest] { state.withLock { $0.asked } }
    /// How often the register of businesses was asked.
    var signatoryQuestions: Int { asked.count { $0.operation == "businesses.ofSignatory" } }
    func add(_ resident: Resident) { state.withLock { $0.residents[resident.number] = resident } }
    func rename(_ number: String, _ given: String, _ family: String) { state.withLock { $0.names[number] = (given, family) } }
    func renewPassport(_ number: String) { state.withLock { $0.passport = number } }
    func takeDown(_ operations: Set<String>) { state.withLock { $0.down = operations } }
    func own(_ register: String, by body: String) { state.withLock { $0.owners[register] = body } }

    func ask(_ request: ExchangeRequest) async throws(ExchangeError) -> ExchangeAnswer {
        let (resident, isDown, owner) = state.withLock { state in
            state.asked.append(request)
            let register = String(request.operation.prefix { $0 != "." })
            return (
                state.residents[request.parameters["nationalNumber"] ?? ""], state.down.contains(request.operation),
                state.owners[register] ?? ""
            )
        }
        if isDown { throw .unavailable(request.operation) }
        let value: JSON? =
            switch request.operation {
            case "population.check":
                [
                    "matches": .bool(
                        resident?.birthDate == request.parameters["birthDate"]
                            && resident?.cardIssueDate == request.parameters["cardIssueDate"])
                ]
            case "addresses.check": ["matches": .bool(resident?.localityCode == request.parameters["localityCode"])]
            case "population.person":
                resident.map { resident in
                    let name = state.withLock { $0.names[resident.number] } ?? (given: "נועה", family: "ברק")
                    return ["givenName": .string(name.given), "familyName": .string(name.family), "birthDate": .string(resident.birthDate)]
                }
            case "foreigners.check":
                [
                    "matches": .bool(
                        foreigner(request) && request.parameters["birthDate"] == "1990-05-17" && request.parameters["issueDate"] == "2024-08-21")
                ]
            case "foreignInsured.check": ["matches": .bool(foreigner(request) && request.parameters["localityCode"] == "4000")]
            case "foreigners.person":
                foreigner(request) ? ["givenName": "מריה", "familyName": "סנטוס", "permit": "F60000015", "passport": .string(state.withLock { $0.passport })] : nil
            case "professions.ofPerson": resident.flatMap { $0.licences.isEmpty ? nil : ["licences": .array($0.licences)] }
            case "businesses.ofSignatory": resident.flatMap { $0.businesses.isEmpty ? nil : ["businesses": .array($0.businesses)] }
            default: nil
            }
        return ExchangeAnswer(value: value, ownerID: owner, agreementID: "a-1", at: Instant(seconds: 1_795_000_000))
    }

    /// The one person with a passport, here also by her permit.
    private func foreigner(_ request: ExchangeRequest) -> Bool {
        ["passport \(state.withLock { $0.passport })", "permit F60000015"].contains("\(request.parameters["paper"] ?? "") \(request.parameters["number"] ?? "")")
    }
}

final class RecordingPostman: Postman {
    struct Sent: Sendable { let code: String; let email: String; let language: String }
    private let sent = Mutex<[Sent]>([])
    private let posted = Mutex<[Notice]>([])
    var codes: [Sent] { sent.withLock { $0 } }
    /// Empty when none was sent.
    var lastCode: String { codes.last?.code ?? "" }
    var notices: [Notice] { posted.withLock { $0 } }

    func send(_ notice: Notice, in connection: any Connection) throws { posted.withLock { $0.append(notice) } }
    func sendCode(_ code: String, to email: String, language: String, minutesValid: Int, in connection: any Connection) throws {
        sent.withLock { $0.append(Sent(code: code, email: email, language: language)) }
    }
}

final class RecordingAuditLog: AuditLog {
    private let kept = Mutex<[AuditEntry]>([])
    var entries: [AuditEntry] { kept.withLock { $0 } }
    func record(_ entry: AuditEntry, in connection: any Connection) throws { kept.withLock { $0.append(entry) } }
}

struct TestBodies: BodyDirectory {
    let bodies = [
        PublicBody(
            id: "municipality-haifa", kind: .municipality, parentID: nil, number: nil, localityCode: 4000,
            name: LocalizedText([.he: "עיריית חיפה", .en: "Haifa Municipality"]), about: LocalizedText([:]), phone: nil, site: nil)
    ]
    let localities = [
        (4000, "חיפה", "Haifa"), (5000, "תל אביב - יפו", "Tel Aviv - Yafo"), (3000, "ירושלים", "Jerusalem"), (111, "זוהר", "Zohar"),
        (112, "זהר שני", "Zohar"),
    ].map { Locality(code: $0.0, name: LocalizedText([.he: $0.1, .en: $0.2]), district: "", population: 1) }

    func body(_ id: String) -> PublicBody? { bodies.first { $0.id == id } }
    func locality(_ code: Int) -> Locality? { localities.first { $0.code == code } }
    func municipality(of locality: Int) -> PublicBody? { nil }
}
