@testable import Consents
import Contracts
import Database
import HTTPTypes
import Language
import Synchronization
import TestKit
import Trust
import Values
import Web

/// The module on a database of its own: the body “haifa” may ask “school” about students who agree. A cookie `officer` is an officer of
/// it, `noa` and `ron` are people.
struct ConsentsWorld: Sendable {
    static let officer = Actor(
        kind: .person, id: "officer", name: "Officer", sessionID: "s", assurance: .substantial,
        capacity: .office(organisation: "haifa", role: OfficerRole.caseOfficer), roles: [OfficerRole.caseOfficer])
    static let noa = Actor(kind: .person, id: "noa", name: "Noa", sessionID: "s", assurance: .substantial)
    static let ron = Actor(kind: .person, id: "ron", name: "Ron", sessionID: "s", assurance: .substantial)
    static let numbers = ["noa": "600000012", "ron": "600000020"]
    static let reason = "To decide on the grant you asked for"

    let consents: Consents
    let records: ConsentRecords
    let key = SigningKey.generate()
    let desk = OneAgreement()
    let exchange = TestExchange()
    let references = KeptReferences()
    let postman = KeptNotices()
    let audit = TestAudit()
    let clock = TestClock(Instant(seconds: 1_800_000_000))
    let database: any Database
    let dispatcher: Dispatcher
    var now: Instant { consents.clock.now() }

    init(_ database: any Database, _ vault: Vault) async throws {
        let sources = "\(TestPython.root)/Sources"
        try await Migrations([(module: "jobs", folder: "\(sources)/Core/Jobs/Schema"), (module: "consents", folder: "\(sources)/Components/Consents/Schema")])
            .apply(to: database)
        let site = try Site(
            folders: [("web", "Core/Web"), ("audit", "Components/Audit"), ("consents", "Components/Consents")].map {
                ResourceFolder(module: $0.0, path: "\(sources)/\($0.1)")
            })
        self.database = database
        consents = Consents(
            database: database, vault: vault, key: key, desk: desk, exchange: exchange, references: references, people: TwoPeople(),
            bodies: TestBodies(), postman: postman, audit: audit, site: site, publicURL: "https://zamin.test", clock: clock.source)
        records = ConsentRecords(database: database, vault: vault)
        dispatcher = try Dispatcher(
            routes: consents.routes, site: site, authenticator: CookieActor(),
            settings: .init(rates: .unlimited, clock: clock.source, formKey: HMACKey(bytes: Array(repeating: 7, count: 32)), explain: { _ in nil }),
            logger: TestLog().logger)
    }

    static func with(_ engine: TestEngine = .sqlite, _ body: @Sendable (ConsentsWorld) async throws -> Void) async throws {
        try await TestDatabases.with(engine) { try await body(try await ConsentsWorld($0, Vault(keyring: .random()))) }
    }

    func ask(_ person: String = "noa", days: Int = 30) async throws -> String {
        try await consents.ask(
            Self.numbers[person] ?? "000000018", agreementID: "grant", purpose: "student-grant", days: days, reason: Self.reason, by: Self.officer)
    }

    func given(days: Int = 30) async throws -> String {
        try await consents.give(try await ask(days: days), version: 1, language: .en, by: Self.noa)
    }

    func request(_ id: String) async throws -> ConsentRequest {
        try await database.read { try consents.store.request(id, ofBody: "haifa", in: $0) }!
    }

    func record(_ id: String) async throws -> ConsentRecord? { try await database.read { try consents.store.consent(id, in: $0) } }

    // MARK: Pages

    private func headers(_ cookie: String, _ more: HTTPFields = [:]) -> HTTPFields {
        var headers = more
        headers[.accept] = "text/html"
        headers[.cookie] = "\(Dispatcher.sessionCookie)=\(cookie)"
        return headers
    }

    func get(_ path: String, as cookie: String, language: String = "/en") async -> Reply {
        await dispatcher.answer(Incoming(.get, "\(language)\(path)", headers: headers(cookie)))
    }

    func post(_ path: String, from page: String, _ fields: [(String, String)] = [], as cookie: String) async -> Reply {
        let token = await get(page, as: cookie).text.split(separator: "name=\"_csrf\" value=\"").dropFirst().first.map { String($0.prefix { $0 != "\"" }) } ?? ""
        let body = ([("_csrf", token)] + fields).map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
        return await dispatcher.answer(
            Incoming(.post, "/en\(path)", headers: headers(cookie, [.contentType: "application/x-www-form-urlencoded"]), body: Array(body.utf8)))
    }
}

extension Reply {
    var text: String { String(decoding: body, as: UTF8.self) }
    var location: String? { headers[.location] }
}

struct CookieActor: Authenticator {
    func actor(cookies: [String: String], authorization: String?, remoteAddress: String) async throws -> Actor {
        switch cookies[Dispatcher.sessionCookie] {
        case "officer": ConsentsWorld.officer
        case "stranger":
            Actor(
                kind: .person, id: "stranger", name: "Stranger", sessionID: "s", assurance: .substantial,
                capacity: .office(organisation: "school", role: OfficerRole.caseOfficer), roles: [OfficerRole.caseOfficer])
        case "noa": ConsentsWorld.noa
        case "ron": ConsentsWorld.ron
        default: .anonymous
        }
    }
}

/// One agreement, whose content a test may change.
final class OneAgreement: AgreementDesk {
    static let content: JSON = [
        "id": "grant", "version": 1, "consumer": "haifa", "provider": "school", "operations": ["students.status"],
        "fields": [
            ["pointer": "/institution", "label": "studies", "need": ["he": "המלגה תלויה במוסד", "en": "The grant depends on it"], "law": "law-1"],
            ["pointer": "/active", "label": "studies", "need": ["he": "רק מי שלומד עכשיו", "en": "Only whoever studies now"], "law": "law-1"],
        ], "purposes": ["student-grant"], "law": "privacy-protection-law-1981", "bases": ["consent"], "actors": ["officer"], "retentionDays": 365,
        "validUntil": "2031-12-31",
    ]

    private let kept = Mutex(AgreementState(content: OneAgreement.content, status: "live", since: Instant(seconds: 0), lastUsedAt: nil))

    func change(status: String = "live", _ change: (inout JSON) -> Void = { _ in }) {
        kept.withLock { state in
            var content = state.content
            change(&content)
            state = AgreementState(content: content, status: status, since: state.since, lastUsedAt: nil)
        }
    }

    func operations(in connection: any Connection) throws -> [ExchangeOperation] {
        let name = LocalizedText([.he: "לימודים", .en: "Studies now"])
        return [ExchangeOperation(id: "students.status", serviceID: "students", ownerID: "school", name: name, fields: [])]
    }
    func agreements(of bodyID: String?, in connection: any Connection) throws -> [AgreementState] { [kept.withLock { $0 }] }
    func agreement(_ id: String, in connection: any Connection) throws -> AgreementState? { kept.withLock { $0.id == id ? $0 : nil } }
    func fault(in content: JSON) -> String? { nil }
    func signature(under content: JSON, of bodyID: String) throws -> String { "" }
    func activate(_ content: JSON, signatures: [String: String], at time: Instant, in connection: any Connection) throws {}
    func suspend(_ id: String, at time: Instant, in connection: any Connection) throws {}
}

/// Who holds files on people, as a test says.
final class KeptReferences: ReferenceDirectory {
    private let kept = Mutex<[String: [BodyReference]]>([:])
    func put(_ reference: BodyReference, about number: String) { kept.withLock { $0[number, default: []].append(reference) } }

    func references(to nationalNumber: String, on day: CalendarDate, in connection: any Connection) throws -> [BodyReference] {
        kept.withLock { $0[nationalNumber] ?? [] }.filter { $0.until >= day }
    }
}

/// Answers what a test tells it to, and keeps what it was asked.
final class TestExchange: Exchange {
    private let state = Mutex<(asked: [ExchangeRequest], answer: Result<JSON?, ExchangeError>)>(([], .success(nil)))
    var asked: [ExchangeRequest] { state.withLock { $0.asked } }
    func answer(_ answer: Result<JSON?, ExchangeError>) { state.withLock { $0.answer = answer } }

    func ask(_ request: ExchangeRequest) async throws(ExchangeError) -> ExchangeAnswer {
        let answer = state.withLock { state in
            state.asked.append(request)
            return state.answer
        }
        return ExchangeAnswer(value: try answer.get(), ownerID: "school", agreementID: "grant", at: Instant(seconds: 1_800_000_000))
    }
}

final class KeptNotices: Postman {
    private let kept = Mutex<[Notice]>([])
    var notices: [Notice] { kept.withLock { $0 } }
    func send(_ notice: Notice, in connection: any Connection) throws { kept.withLock { $0.append(notice) } }
    func sendCode(_ code: String, to email: String, language: String, minutesValid: Int, in connection: any Connection) throws {}
}

struct TwoPeople: People {
    func card(of id: String, in connection: any Connection) throws -> PersonCard? {
        guard ConsentsWorld.numbers[id] != nil else { return nil }
        return PersonCard(
            id: id, givenName: id == "noa" ? "Noa" : "Ron", familyName: "Test", birthDate: CalendarDate(year: 1990, month: 1, day: 1)!,
            email: "\(id)@example.test", phone: nil, language: .en)
    }
    func nationalNumber(of id: String, in connection: any Connection) throws -> String? { ConsentsWorld.numbers[id] }
    func subject(nationalNumber: String, in connection: any Connection) throws -> String? {
        ConsentsWorld.numbers.first { $0.value == nationalNumber }?.key
    }
    func officers(of bodyID: String, role: String?, in connection: any Connection) throws -> [PersonCard] { [] }
}
