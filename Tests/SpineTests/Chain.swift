import Contracts
import Database
import Foundation
import Logging
@testable import Spine
import Synchronization
import TestKit
import Trust
import Values
import Web

/// Remembers what would be written to the person's log.
final class RememberedAudit: AuditLog {
    private let state = Mutex((entries: [AuditEntry](), isBroken: false))
    var entries: [AuditEntry] { state.withLock { $0.entries } }
    func failFromNowOn() { state.withLock { $0.isBroken = true } }

    func record(_ entry: AuditEntry, in connection: any Connection) throws {
        try state.withLock { state in
            guard !state.isBroken else { throw DatabaseError.full }
            state.entries.append(entry)
        }
    }
}

/// Consents in memory, and how often they were read.
final class KeptConsents: ConsentRegister {
    private let kept = Mutex<[String: ConsentGrant]>([:])
    private let broken = Mutex(false)
    func put(_ consent: ConsentGrant) { kept.withLock { $0[consent.id] = consent } }
    func failFromNowOn() { broken.withLock { $0 = true } }

    func consent(_ id: String) async throws -> ConsentGrant? {
        if broken.withLock({ $0 }) { throw DatabaseError.full }
        return kept.withLock { $0[id] }
    }
}

/// A register and two gateways, each on a port of its own, with the agreements of the demo country.
struct Chain: Sendable {
    static let vault = Vault(keyring: .random())
    static let token = String(repeating: "t", count: 32)
    let database: any Database
    let clock: TestClock
    let register: TestRegister
    let consumer: Gateway
    let provider: Gateway
    let consumerKey: SigningKey
    let providerKey: VerifyingKey?
    let consumerURL: String
    let providerURL: String
    let spine: Spine
    let audit: RememberedAudit
    /// What the consumer's gateway reads, and what the provider's does.
    let consents = KeptConsents()
    let providerConsents = KeptConsents()

    static func with(
        _ engine: TestEngine = .sqlite, document change: @Sendable (JSON) -> JSON = { $0 }, consumerBodies: Set<String>? = nil,
        registerTimeoutMilliseconds: Int64 = 30_000, _ body: @Sendable (Chain) async throws -> Void
    ) async throws {
        let document = change(try Project.json("Data/agreements.json"))
        try await TestDatabases.with(engine) { database in
            try await TestDatabases.withFolder { folder in
                try await Migrations([(module: "spine", folder: Project.root + "/Sources/Components/Spine/Schema")]).apply(to: database)
                let clock = TestClock()
                let spine = Spine(database: database, clock: clock.source)
                try await spine.loadDemo(document, bodies: [Project.haifa], keyFolder: folder)
                let chain = try Chain(
                    database, clock, spine, try RegisterDirectory(json: document), consumerBodies, registerTimeoutMilliseconds)
                try await chain.serve(body)
            }
        }
    }

    private let ports: [Int]
    private let providerSettings: GatewaySettings

    /// The provider's gateway once more, as if its process had started again.
    func anotherProvider() throws -> Gateway {
        try Gateway(providerSettings, database: database, audit: audit, consents: providerConsents, vault: Chain.vault, logger: Logger(label: "test"))
    }

    private init(
        _ database: any Database, _ clock: TestClock, _ spine: Spine, _ services: RegisterDirectory, _ consumerBodies: Set<String>?,
        _ registerTimeoutMilliseconds: Int64
    ) throws {
        (self.database, self.clock, self.spine, audit) = (database, clock, spine, RememberedAudit())
        ports = Loopback.freePorts(3)
        let urls = ports.map { "http://127.0.0.1:\($0)" }
        (consumerURL, providerURL, consumerKey) = (urls[0], urls[1], SigningKey.generate())
        let providerKey = SigningKey.generate()
        self.providerKey = providerKey.verifyingKey
        register = try TestRegister(baseURL: urls[2], client: providerKey.verifyingKey, clock: clock)
        let logger = Logger(label: "test")
        consumer = try Gateway(
            GatewaySettings(
                baseURL: urls[0], key: consumerKey, localToken: Chain.token,
                providers: [Peer(baseURL: urls[1], key: providerKey.verifyingKey)],
                services: services, peerTimeoutMilliseconds: 40_000, clock: clock.source),
            database: database, audit: audit, consents: consents, vault: Chain.vault, logger: logger)
        providerSettings = GatewaySettings(
            baseURL: urls[1], key: providerKey, localToken: Chain.token,
            consumers: [Peer(baseURL: urls[0], key: consumerKey.verifyingKey, bodies: consumerBodies)],
            registers: [Peer(baseURL: urls[2], key: register.key.verifyingKey, bodies: ["population-authority"])], services: services,
            registerTimeoutMilliseconds: registerTimeoutMilliseconds, clock: clock.source)
        provider = try Gateway(providerSettings, database: database, audit: audit, consents: providerConsents, vault: Chain.vault, logger: logger)
    }

    private func serve(_ body: @Sendable (Chain) async throws -> Void) async throws {
        let servers = [
            (try Loopback.dispatcher(consumer.routes, clock), ports[0]), (try Loopback.dispatcher(provider.routes, clock), ports[1]),
            (try Loopback.dispatcher([register.route], clock), ports[2]),
        ]
        let result = await Result.make {
            try await Loopback.serving(servers) {
                let inner = await Result.make { try await body(self) }
                register.release()
                await consumer.close()
                await provider.close()
                try inner.get()
            }
        }
        try result.get()
    }

    func question(
        consumer: String = "municipality-haifa", operation: String = "population.person", number: String = "600000012",
        subject: String? = "subject-1",
        purpose: String = "municipal-tax-discount", basis: Basis = .law("arnona-regulations-1993"), assurance: Assurance = .substantial,
        by actor: Actor? = nil
    ) -> ExchangeRequest {
        ExchangeRequest(
            consumerID: consumer, operation: operation, parameters: ["nationalNumber": number], subjectID: subject,
            actor: actor ?? Actor(kind: .person, id: "subject-1", name: "נועה ברק", assurance: assurance), purpose: purpose, basis: basis,
            caseID: "case-1")
    }

    struct Row: Sendable { let face, body, decision, outcome, id: String; let dropped: Int64 }

    func rows() async throws -> [Row] {
        try await database.read { connection in
            try connection.query("SELECT face, body_id, decision, outcome, id, dropped FROM spine_message ORDER BY at, id, face", []) {
                row in
                Row(
                    face: try row.text(0), body: try row.text(1), decision: try row.text(2), outcome: try row.text(3), id: try row.text(4),
                    dropped: try row.int(5))
            }
        }
    }
}

extension Result where Failure == any Error {
    static func make(_ body: () async throws -> Success) async -> Result {
        do { return .success(try await body()) } catch { return .failure(error) }
    }
}

extension JSON {
    /// `agreements.json` with another rate in every agreement.
    func withRate(_ perMinute: Int64) -> JSON {
        var document = self
        document["agreements"] = .array(
            (self["agreements"]?.array ?? []).map { entry in
                var entry = entry
                entry["ratePerMinute"] = .int(perMinute)
                return entry
            })
        return document
    }
}
