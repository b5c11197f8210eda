import Contracts
import Database
import HTTPTypes
import Language
@testable import Officers
import Synchronization
import TestKit
import Trust
import Values
import Web

/// The module on a database of its own, with people who are simply there. A browser's cookie is the actor's key.
struct OfficersWorld: Sendable {
    static let authority = "haifa"
    static let people = [
        "ron": "000000018", "dana": "000000026", "noa": "000000034",
    ]

    let officers: Officers
    let offices = KeptOffices()
    let postman = KeptPostman()
    let audit = TestAudit()
    let clock = TestClock(Instant(seconds: 1_800_000_000))
    let database: any Database
    let dispatcher: Dispatcher
    var today: CalendarDate { IsraelTime.date(clock.source.now()) }

    init(_ database: any Database) async throws {
        let sources = "\(TestPython.root)/Sources"
        try await Migrations([(module: "jobs", folder: "\(sources)/Core/Jobs/Schema"), (module: "officers", folder: "\(sources)/Components/Officers/Schema")])
            .apply(to: database)
        let site = try Site(
            folders: [("web", "Core/Web"), ("officers", "Components/Officers")].map { ResourceFolder(module: $0.0, path: "\(sources)/\($0.1)") })
        self.database = database
        officers = Officers(
            database: database, vault: Vault(keyring: .random()), offices: offices, people: SomePeople(), bodies: TestBodies(), postman: postman,
            audit: audit, site: site, authority: OfficersWorld.authority, clock: clock.source)
        dispatcher = try Dispatcher(
            routes: officers.routes, site: site, authenticator: CookieActor(),
            settings: .init(rates: .unlimited, clock: clock.source, formKey: HMACKey(bytes: Array(repeating: 7, count: 32)), explain: { _ in nil }),
            logger: TestLog().logger)
        for (person, role) in [("ron", OfficerRole.administrator), ("dana", OfficerRole.administrator)] { hold(person, role) }
    }

    static func with(_ engine: TestEngine = .sqlite, _ body: @Sendable (OfficersWorld) async throws -> Void) async throws {
        try await TestDatabases.with(engine) { try await body(try await OfficersWorld($0)) }
    }

    func hold(_ person: String, _ role: String) {
        offices.keep(OfficeHolding(subjectID: person, bodyID: OfficersWorld.authority, role: role, from: today.adding(days: -10), to: nil))
    }

    func holds(_ person: String, _ role: String) -> Bool {
        offices.all.contains { $0.subjectID == person && $0.role == role && $0.from <= today && ($0.to.map { today <= $0 } ?? true) }
    }

    static func actor(_ id: String, _ role: String? = OfficerRole.administrator) -> Actor {
        Actor(
            kind: .person, id: id, name: id, sessionID: "s-\(id)", assurance: .substantial,
            capacity: role.map { .office(organisation: authority, role: $0) } ?? .own, roles: role.map { [$0] } ?? [])
    }

    func invite(_ person: String = "noa", _ role: String = OfficerRole.caseOfficer, by proposer: String = "ron") async throws -> Appointment {
        try await officers.propose(
            number: OfficersWorld.people[person] ?? person, role: role, unitID: nil, from: today, to: nil, at: OfficersWorld.authority,
            by: OfficersWorld.actor(proposer))
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

/// `ron:administrator` is Ron in that role, `noa` is Noa for herself.
struct CookieActor: Authenticator {
    func actor(cookies: [String: String], authorization: String?, remoteAddress: String) async throws -> Actor {
        guard let cookie = cookies[Dispatcher.sessionCookie] else { return .anonymous }
        let parts = cookie.split(separator: ":").map(String.init)
        return OfficersWorld.actor(parts[0], parts.count > 1 ? parts[1] : nil)
    }
}

final class KeptOffices: Offices {
    private let kept = Mutex<[OfficeHolding]>([])
    var all: [OfficeHolding] { kept.withLock { $0 } }
    func keep(_ holding: OfficeHolding) {
        kept.withLock { kept in
            kept.removeAll { $0.subjectID == holding.subjectID && $0.bodyID == holding.bodyID && $0.role == holding.role }
            kept.append(holding)
        }
    }
    func holdings(of bodyID: String, from date: CalendarDate, in connection: any Connection) throws -> [OfficeHolding] {
        all.filter { $0.bodyID == bodyID && ($0.to.map { date <= $0 } ?? true) }
    }
    func holdings(ofPerson subjectID: String, from date: CalendarDate, in connection: any Connection) throws -> [OfficeHolding] {
        all.filter { $0.subjectID == subjectID && ($0.to.map { date <= $0 } ?? true) }
    }
    func set(_ holding: OfficeHolding, in connection: any Connection) throws { keep(holding) }
}

final class KeptPostman: Postman {
    private let kept = Mutex<[Notice]>([])
    var notices: [Notice] { kept.withLock { $0 } }
    func send(_ notice: Notice, in connection: any Connection) throws { kept.withLock { $0.append(notice) } }
    func sendCode(_ code: String, to email: String, language: String, minutesValid: Int, in connection: any Connection) throws {}
}

/// Ron, Dana and Noa; `late` registers when the test says so.
struct SomePeople: People {
    static let late = Mutex(false)
    func card(of id: String, in connection: any Connection) throws -> PersonCard? {
        guard OfficersWorld.people[id] != nil || id == "late" else { return nil }
        return PersonCard(
            id: id, givenName: id, familyName: "Test", birthDate: CalendarDate(year: 1990, month: 1, day: 1)!, email: "\(id)@example.test", phone: nil,
            language: .en)
    }
    func nationalNumber(of id: String, in connection: any Connection) throws -> String? { OfficersWorld.people[id] }
    func subject(nationalNumber: String, in connection: any Connection) throws -> String? {
        if nationalNumber == "000000042" { return SomePeople.late.withLock { $0 } ? "late" : nil }
        return OfficersWorld.people.first { $0.value == nationalNumber }?.key
    }
    func officers(of bodyID: String, role: String?, in connection: any Connection) throws -> [PersonCard] {
        role == OfficerRole.administrator ? try ["ron", "dana"].compactMap { try card(of: $0, in: connection) } : []
    }
}
