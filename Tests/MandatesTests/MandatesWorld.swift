import Contracts
import Database
import HTTPTypes
import Language
@testable import Mandates
import Synchronization
import TestKit
import Trust
import Values
import Web

/// The module on a database of its own. Ron gives, Dana holds; a browser's cookie is the actor's id.
struct MandatesWorld: Sendable {
    static let numbers = ["ron": "000000018", "dana": "000000026"]
    static let late = "000000042"

    let holding: MandateHolding
    let people = SomePeople()
    let register = SomeRegister()
    let postman = KeptPostman()
    let audit = TestAudit()
    let clock = TestClock(Instant(seconds: 1_800_000_000))
    let database: any Database
    let dispatcher: Dispatcher
    var today: CalendarDate { IsraelTime.date(clock.source.now()) }

    init(_ database: any Database) async throws {
        let sources = "\(TestPython.root)/Sources"
        try await Migrations([(module: "jobs", folder: "\(sources)/Core/Jobs/Schema"), (module: "mandates", folder: "\(sources)/Components/Mandates/Schema")])
            .apply(to: database)
        let site = try Site(
            folders: [("web", "Core/Web"), ("mandates", "Components/Mandates")].map { ResourceFolder(module: $0.0, path: "\(sources)/\($0.1)") })
        self.database = database
        holding = MandateHolding(
            database: database, store: MandateStore(vault: Vault(keyring: .random()), key: .generate()), people: people, wards: people,
            exchange: register, services: SomeServices(), personalServices: ["discount", "passport"], postman: postman, audit: audit, site: site,
            authority: "haifa", clock: clock.source)
        dispatcher = try Dispatcher(
            routes: holding.routes, site: site, authenticator: CookieActor(),
            settings: .init(rates: .unlimited, clock: clock.source, formKey: HMACKey(bytes: Array(repeating: 7, count: 32)), explain: { _ in nil }),
            logger: TestLog().logger)
    }

    static func with(_ engine: TestEngine = .sqlite, _ body: @Sendable (MandatesWorld) async throws -> Void) async throws {
        try await TestDatabases.with(engine) { try await body(try await MandatesWorld($0)) }
    }

    static func actor(_ id: String) -> Actor { Actor(kind: .person, id: id, name: id, sessionID: "s-\(id)", assurance: .substantial) }

    func terms(_ services: Set<String>? = nil, mayAct: Bool = true, days: Int = 30) -> MandateTerms {
        MandateTerms(services: services, mayAct: mayAct, until: today.adding(days: days))
    }

    /// Ron's offer to whoever has the number.
    func offer(to number: String? = MandatesWorld.numbers["dana"], _ terms: MandateTerms? = nil) async throws -> MandateRecord {
        try await holding.offer(to: number ?? "", terms ?? self.terms(), by: Self.actor("ron"))
        return try await records(of: "ron")[0]
    }

    /// The same, accepted.
    func give(_ terms: MandateTerms? = nil) async throws -> MandateRecord {
        let offered = try await offer(terms)
        try await holding.answer(offered.id, isAccepted: true, by: Self.actor("dana"))
        return try await records(of: "ron")[0]
    }

    private func offer(_ terms: MandateTerms?) async throws -> MandateRecord { try await offer(to: MandatesWorld.numbers["dana"], terms) }

    func records(of person: String) async throws -> [MandateRecord] {
        try await database.read { try holding.store.records(of: person, in: $0) }
    }

    func held(by person: String = "dana") async throws -> [HeldMandate] {
        let today = today
        return try await database.read { try holding.store.held(by: person, on: today, in: $0) }
    }

    // MARK: Pages

    func get(_ path: String, as cookie: String) async -> Reply {
        await dispatcher.answer(Incoming(.get, "/en\(path)", headers: [.accept: "text/html", .cookie: "\(Dispatcher.sessionCookie)=\(cookie)"]))
    }

    func post(_ path: String, from page: String, _ fields: KeyValuePairs<String, String>, as cookie: String) async -> Reply {
        let html = String(decoding: await get(page, as: cookie).body, as: UTF8.self)
        let token = html.split(separator: "name=\"_csrf\" value=\"").dropFirst().first.map { String($0.prefix { $0 != "\"" }) } ?? ""
        let body = ([("_csrf", token)] + fields.map { ($0.key, $0.value) }).map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
        return await dispatcher.answer(
            Incoming(
                .post, "/en\(path)",
                headers: [.contentType: "application/x-www-form-urlencoded", .cookie: "\(Dispatcher.sessionCookie)=\(cookie)"], body: Array(body.utf8)))
    }
}

struct CookieActor: Authenticator {
    func actor(cookies: [String: String], authorization: String?, remoteAddress: String) async throws -> Actor {
        cookies[Dispatcher.sessionCookie].map(MandatesWorld.actor) ?? .anonymous
    }
}

final class KeptPostman: Postman {
    private let kept = Mutex<[Notice]>([])
    var notices: [Notice] { kept.withLock { $0 } }
    func send(_ notice: Notice, in connection: any Connection) throws { kept.withLock { $0.append(notice) } }
    func sendCode(_ code: String, to email: String, language: String, minutesValid: Int, in connection: any Connection) throws {}
}

/// Ron and Dana; `late` registers when the test says so; children get a subject by their number.
final class SomePeople: People, Wards {
    let isLateHere = Mutex(false)

    func card(of id: String, in connection: any Connection) throws -> PersonCard? {
        PersonCard(
            id: id, givenName: id, familyName: "Test", birthDate: CalendarDate(year: 1990, month: 1, day: 1)!, email: "\(id)@example.test", phone: nil,
            language: .en)
    }
    func nationalNumber(of id: String, in connection: any Connection) throws -> String? { MandatesWorld.numbers[id] }
    func subject(nationalNumber: String, in connection: any Connection) throws -> String? {
        if nationalNumber == MandatesWorld.late { return isLateHere.withLock { $0 } ? "late" : nil }
        return MandatesWorld.numbers.first { $0.value == nationalNumber }?.key
    }
    func officers(of bodyID: String, role: String?, in connection: any Connection) throws -> [PersonCard] { [] }
    func subject(of card: WardCard, at time: Instant, in connection: any Connection) throws -> String? { "child-\(card.nationalNumber)" }
}

/// Says who the children are, or nothing.
final class SomeRegister: Exchange {
    let children = Mutex<[JSON]?>([])
    let asked = Mutex<[ExchangeRequest]>([])

    func ask(_ request: ExchangeRequest) async throws(ExchangeError) -> ExchangeAnswer {
        asked.withLock { $0.append(request) }
        guard let found = children.withLock({ $0 }) else { throw .unavailable("down") }
        return ExchangeAnswer(value: ["children": .array(found)], ownerID: "population-authority", agreementID: "a", at: Instant(seconds: 1_800_000_000))
    }

    func name(_ number: String, born: String) {
        children.withLock {
            $0?.append(["nationalNumber": .string(number), "givenName": "Itay", "familyName": "Test", "birthDate": .string(born)])
        }
    }
}

struct SomeServices: ServiceDirectory {
    func service(_ id: String) -> ServiceCard? {
        ServiceCard(id: id, name: LocalizedText([.he: id, .en: id]), bodyIDs: ["haifa"], formID: nil, cost: Money(minorUnits: 0), workingDays: 5)
    }
    func service(form: String) -> ServiceCard? { nil }
}

extension Reply {
    var location: String { headers[.location] ?? "" }
}
