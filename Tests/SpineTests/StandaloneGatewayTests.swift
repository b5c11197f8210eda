import Contracts
import Database
import Foundation
import HTTPTypes
import Logging
@testable import Spine
import Synchronization
import TestKit
import Testing
import Trust
import Values
import Web

/// The way to the centre.
private final class Wire: Sendable { let isCut = Mutex(false) }

/// Two gateways in houses of their own, a register behind one of them, and a centre that can be cut off.
struct Country: Sendable {
    let clock: TestClock
    let spine: Spine
    let centre: Centre
    let audit = RememberedAudit()
    let consents = KeptConsents()
    let asker: StandaloneGateway
    let answerer: StandaloneGateway
    let askerDatabase: any Database
    let askerKey: SigningKey
    let register: TestRegister
    let centreURL: String
    let centreKey: VerifyingKey
    private let wire = Wire()

    func cut(_ isCut: Bool) { wire.isCut.withLock { $0 = isCut } }

    static func with(
        _ engine: TestEngine = .sqlite, askerBodies: Set<String> = ["municipality-haifa"], consents allowsConsent: Bool = false,
        _ body: @Sendable (Country) async throws -> Void
    ) async throws {
        try await TestDatabases.with(engine) { database in
            try await TestDatabases.withFolder { folder in
                let country = try await Country(database, folder, askerBodies, allowsConsent)
                try await country.serve(body)
            }
        }
    }

    private let ports: [Int]

    private init(_ database: any Database, _ folder: String, _ askerBodies: Set<String>, _ allowsConsent: Bool) async throws {
        let schema = [(module: "spine", folder: Project.root + "/Sources/Components/Spine/Schema")]
        try await Migrations(schema).apply(to: database)
        clock = TestClock()
        ports = Loopback.freePorts(4)
        let urls = ports.map { "http://127.0.0.1:\($0)" }
        var document = try Project.json("Data/agreements.json")
        if allowsConsent {
            document["agreements"] = .array(
                (document["agreements"]?.array ?? []).map { agreement in
                    var agreement = agreement
                    if agreement["id"] == "municipal-discount-person" { agreement["bases"] = ["law", "consent"] }
                    return agreement
                })
        }
        spine = Spine(database: database, clock: clock.source)
        try await spine.loadDemo(document, bodies: [Project.haifa], keyFolder: "\(folder)/keys")
        let keys = (centre: SigningKey.generate(), asker: SigningKey.generate(), answerer: SigningKey.generate())
        (askerKey, centreURL, centreKey) = (keys.asker, urls[0], keys.centre.verifyingKey)
        centre = try Centre(
            database: database, key: keys.centre, baseURL: urls[0], services: RegisterDirectory(json: document), consents: consents, audit: audit,
            people: OnePerson(), clock: clock.source)
        try await spine.setGateway(Peer(baseURL: urls[1], key: keys.asker.verifyingKey, bodies: askerBodies))
        try await spine.setGateway(Peer(baseURL: urls[2], key: keys.answerer.verifyingKey, bodies: ["population-authority"]))
        register = try TestRegister(baseURL: urls[3], client: keys.answerer.verifyingKey, clock: clock)
        let peer = Peer(baseURL: urls[0], key: keys.centre.verifyingKey)
        let registers = [Peer(baseURL: urls[3], key: register.key.verifyingKey, bodies: ["population-authority"])]
        let time = clock.source
        (asker, askerDatabase) = try await Country.gateway("\(folder)/asker", urls[1], keys.asker, [], peer, time)
        (answerer, _) = try await Country.gateway("\(folder)/answerer", urls[2], keys.answerer, registers, peer, time)
    }

    private static func gateway(
        _ path: String, _ url: String, _ key: SigningKey, _ registers: [Peer], _ centre: Peer, _ time: TimeSource
    ) async throws -> (StandaloneGateway, any Database) {
        let own = try SQLiteDatabase(path: "\(path).sqlite")
        try await Migrations([(module: "spine", folder: Project.root + "/Sources/Components/Spine/Schema")]).apply(to: own)
        let settings = GatewaySettings(
            baseURL: url, key: key, localToken: Chain.token, registers: registers, services: .empty, peerTimeoutMilliseconds: 40_000, clock: time)
        let gateway = try StandaloneGateway(
            settings, centre: centre, centreTLS: nil, database: own, vault: Vault(keyring: .random()), logger: TestLog().logger)
        return (gateway, own)
    }

    private func serve(_ body: @Sendable (Country) async throws -> Void) async throws {
        let cuttable = centre.routes.map { route in
            Route.api(.post, route.path, for: route.audience, route.operation, route.summary, answers: route.answers) { call in
                if wire.isCut.withLock({ $0 }) { throw Problem.unavailable }
                return try await route.handler(call)
            }
        }
        let servers = [
            (try Loopback.dispatcher(cuttable, clock), ports[0]), (try Loopback.dispatcher(asker.peerRoutes, clock), ports[1]),
            (try Loopback.dispatcher(answerer.peerRoutes, clock), ports[2]), (try Loopback.dispatcher([register.route], clock), ports[3]),
        ]
        let result = await Result.make {
            try await Loopback.serving(servers) {
                let inner = await Result.make {
                    await turn()
                    try await body(self)
                }
                register.release()
                await asker.close()
                await answerer.close()
                try inner.get()
            }
        }
        try result.get()
    }

    func turn() async {
        await asker.turn()
        await answerer.turn()
        // The tables are read anew after a second.
        clock.advance(seconds: 2)
    }

    func question(_ basis: Basis = .law("arnona-regulations-1993"), number: String = "600000012") -> ExchangeRequest {
        ExchangeRequest(
            consumerID: "municipality-haifa", operation: "population.person", parameters: ["nationalNumber": number], subjectID: nil,
            actor: Actor(kind: .person, id: "somebody", name: "נועה ברק", assurance: .substantial), purpose: "municipal-tax-discount", basis: basis,
            caseID: "case-1")
    }

    func ask(_ basis: Basis = .law("arnona-regulations-1993")) async -> Result<ExchangeAnswer, any Error> {
        await Result.make { try await asker.ask(question(basis)) }
    }

    func waiting() async throws -> Int { try await askerDatabase.read { try SpineStore().looks(limit: 100, in: $0).count } }
}

struct OnePerson: People {
    func card(of id: String, in connection: any Connection) throws -> PersonCard? { nil }
    func nationalNumber(of id: String, in connection: any Connection) throws -> String? { nil }
    func subject(nationalNumber: String, in connection: any Connection) throws -> String? { nationalNumber == "600000012" ? "subject-1" : nil }
    func officers(of bodyID: String, role: String?, in connection: any Connection) throws -> [PersonCard] { [] }
}

@Suite struct StandaloneGatewayTests {
    @Test(arguments: TestDatabases.engines)
    func takesEverythingFromTheCentreAndTellsItOfLooks(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let answer = try await country.ask().get()
            #expect(answer.value?["givenName"] == "נועה" && answer.value?["cardIssueDate"] == nil)
            #expect(country.audit.entries.isEmpty)
            await country.turn()
            let entry = try #require(country.audit.entries.first)
            #expect(entry.subjectID == "subject-1" && entry.bodyID == "municipality-haifa" && entry.what == "register.population.person")
            #expect(entry.law == "arnona-regulations-1993" && entry.caseID == "case-1" && entry.fields.contains("address"))
            await country.turn()
            #expect(country.audit.entries.count == 1)
            // A suspension is in force with the next turn.
            try await country.spine.setStatus(.suspended, of: answer.agreementID)
            await country.turn()
            let refused = await country.ask()
            #expect(throws: ExchangeError.notCovered("municipality-haifa population.person: other-purpose")) { try refused.get() }
        }
    }

    @Test func goesOnWhenTheCentreIsAway() async throws {
        try await Country.with(consents: true) { country in
            let now = country.clock.now
            let live = try await country.spine.agreements().first { $0.agreement.id == "municipal-discount-person.municipality-haifa" }?.agreement
            let consent = ConsentGrant(
                id: "consent-1", subjectID: "subject-1", personMark: ConsentGrant.mark(of: "600000012", id: "consent-1"),
                consumerID: "municipality-haifa", agreementID: try #require(live?.id), purpose: "municipal-tax-discount",
                operations: ["population.person"], fields: live?.fields.map(\.pointer.description) ?? [], givenAt: now,
                validUntil: now.adding(days: 30), revokedAt: nil)
            country.consents.put(consent)
            try await #expect(country.ask(.consent("consent-1")).get().value?["givenName"] == "נועה")
            country.cut(true)
            await country.turn()
            for _ in 0..<3 { try await #expect(country.ask().get().value?["givenName"] == "נועה") }
            // Whether a consent stands nobody knows now.
            let onConsent = await country.ask(.consent("consent-1"))
            #expect(throws: ExchangeError.unavailable("the records of consent cannot be read")) { try onConsent.get() }
            try await #expect(country.waiting() == 4)
            country.cut(false)
            country.clock.advance(seconds: 10)
            await country.turn()
            try await #expect(country.waiting() == 0)
            #expect(country.audit.entries.count == 4)
        }
    }

    @Test func notForEver() async throws {
        try await Country.with { country in
            country.cut(true)
            country.clock.advance(seconds: Centre.validSeconds - 60)
            try await #expect(country.ask().get().value != nil)
            country.clock.advance(seconds: 60)
            let late = await country.ask()
            #expect(throws: ExchangeError.notCovered("no register answers population.person")) { try late.get() }
            country.cut(false)
            country.clock.advance(seconds: 10)
            await country.turn()
            try await #expect(country.ask().get().value != nil)
        }
    }

    @Test func speaksForItsOwnBodiesAlone() async throws {
        try await Country.with(askerBodies: ["municipality-tel-aviv-yafo"]) { country in
            // It is told of no agreement of Haifa's, ...
            let refused = await country.ask()
            #expect(throws: ExchangeError.notCovered("municipality-haifa population.person: no-agreement")) { try refused.get() }
            // ... and is believed neither looks nor questions in Haifa's name.
            let centre = try SignedHop(
                to: Peer(baseURL: country.centreURL, key: country.centreKey), exchange: .centre, key: country.askerKey, hop: HTTPHop(),
                clock: country.clock.source)
            let entry = AuditEntry(
                subjectID: "subject-1", actor: .system("x"), action: .fetch, what: "register.population.person", basis: .law("x"), at: country.clock.now)
            var told = entry
            (told.bodyID, told.agreementID) = ("municipality-haifa", "a")
            let look = try #require(Look(told))
            func tell(_ body: JSON) async throws -> Int {
                let looks: JSON = ["looks": [["id": .string(UUIDv7.next(at: country.clock.now)), "entry": body]]]
                return try await centre.ask("/spine/looks", headers: [], body: looks.bytes, timeoutMilliseconds: 9_000).status
            }
            await #expect(throws: HopFailure.self) { try await tell(look.json) }
            var own = look.json
            own["body"] = "municipality-tel-aviv-yafo"
            // That it should be hidden, a gateway cannot say: only an agreement that both bodies signed can.
            own["visibility"] = LookVisibility.hidden(law: "law-1", until: CalendarDate("2099-01-01")!).json
            try await #expect(tell(own) == 200)
            #expect(country.audit.entries.map(\.visibility) == [.now])
        }
    }

    @Test func isToldTwiceAndWrittenOnce() async throws {
        try await Country.with { country in
            _ = try await country.ask().get()
            let looks = try await country.askerDatabase.read { try SpineStore().looks(limit: 10, in: $0) }
            await country.turn()
            // As if the centre's answer had been lost.
            try await country.askerDatabase.write { connection in
                for look in looks { try SpineStore().insertLook(look.id, look.sealed, in: connection) }
            }
            await country.turn()
            try await #expect(country.waiting() == 0)
            #expect(looks.count == 1 && country.audit.entries.count == 1)
        }
    }

    @Test func aStrangerIsToldNothing() async throws {
        try await Country.with { country in
            let stranger = try SignedHop(
                to: Peer(baseURL: country.centreURL, key: country.centreKey), exchange: .centre, key: SigningKey.generate(), hop: HTTPHop(),
                clock: country.clock.source)
            for path in ["/spine/configuration", "/spine/consent", "/spine/looks"] {
                await #expect(throws: HopFailure.self) { try await stranger.ask(path, headers: [], body: Array("{}".utf8), timeoutMilliseconds: 9_000) }
            }
            // A gateway that is taken off the list is a stranger, to the others too.
            try await #expect(country.spine.removeGateway(country.askerKey.keyID))
            await country.turn()
            let refused = await country.ask()
            #expect(throws: ExchangeError.self) { try refused.get() }
        }
    }

    @Test func whatGoesOverTheWireComesBack() throws {
        let services = try RegisterDirectory(json: try Project.json("Data/agreements.json"))
        #expect(try RegisterDirectory(json: services.json).operations.map(\.id).sorted() == services.operations.map(\.id).sorted())
        let peer = Peer(baseURL: "https://a.test:1", key: SigningKey.generate().verifyingKey, bodies: ["a", "b"])
        let configuration = CentreConfiguration(edition: 3, agreements: [], keys: ["a": peer.key.jwk], gateways: [peer], services: services)
        let back = try #require(CentreConfiguration(configuration.json))
        #expect(back.json == configuration.json && back.gateways.first?.bodies == ["a", "b"])
        #expect(CentreConfiguration(["edition": 1]) == nil && CentreConfiguration(.null) == nil)
    }
}
