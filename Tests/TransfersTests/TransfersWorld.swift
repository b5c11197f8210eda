import Contracts
import Database
import HTTPTypes
import Language
import Synchronization
import TestKit
@testable import Transfers
import Trust
import Values
import Web

/// The module on a database of its own: the body “haifa” asks “registry”. A cookie `ron:haifa:signatory` is Ron in that role.
struct TransfersWorld: Sendable {
    static let operations = [
        ExchangeOperation(
            id: "people.person", serviceID: "people", ownerID: "registry", name: LocalizedText([.he: "אדם", .en: "A person"]),
            fields: [
                ExchangeField(pointer: "/name", type: "string", description: "", fieldClass: .personal),
                ExchangeField(pointer: "/new", type: "string", description: "", fieldClass: nil),
            ]),
        ExchangeOperation(
            id: "cars.car", serviceID: "cars", ownerID: "transport", name: LocalizedText([.he: "רכב", .en: "A car"]),
            fields: [ExchangeField(pointer: "/plate", type: "string", description: "", fieldClass: .identifier)]),
    ]

    static var terms: TransferTerms {
        var terms = TransferTerms()
        (terms.operations, terms.purpose, terms.reason) = (["people.person"], "discount", "To know where to write to whoever asked")
        (terms.law, terms.population, terms.bases, terms.actors) = ("law-1", "Whoever asked", ["request"], ["person"])
        terms.fields = [.init(pointer: "/name", need: "To write the letter", law: "")]
        return terms
    }

    static let requester = officer("requester", "haifa", OfficerRole.dataRequester)
    static let privacy = officer("privacy", "haifa", OfficerRole.privacyOfficer)
    static let legal = officer("legal", "haifa", OfficerRole.legalAdviser)
    static let committee = officer("committee", "registry", OfficerRole.transferCommittee)
    static let security = officer("security", "registry", OfficerRole.securityOfficer)
    static func signatory(_ body: String) -> Actor { officer("signs-for-\(body)", body, OfficerRole.signatory) }

    static func officer(_ id: String, _ body: String, _ role: String) -> Actor {
        Actor(
            kind: .person, id: id, name: id, sessionID: "s-\(id)", assurance: .substantial, capacity: .office(organisation: body, role: role), roles: [role])
    }

    let transfers: Transfers
    let desk = KeptDesk()
    let postman = KeptPostman()
    let clock = TestClock(Instant(seconds: 1_800_000_000))
    let database: any Database
    let dispatcher: Dispatcher

    init(_ database: any Database) async throws {
        let sources = "\(TestPython.root)/Sources"
        try await Migrations([(module: "jobs", folder: "\(sources)/Core/Jobs/Schema"), (module: "transfers", folder: "\(sources)/Components/Transfers/Schema")])
            .apply(to: database)
        let site = try Site(
            folders: [("web", "Core/Web"), ("transfers", "Components/Transfers")].map { ResourceFolder(module: $0.0, path: "\(sources)/\($0.1)") })
        self.database = database
        transfers = Transfers(
            database: database, desk: desk, monitor: desk, people: Staff(), bodies: TestBodies(), postman: postman, site: site, laws: ["law-1"],
            clock: clock.source)
        dispatcher = try Dispatcher(
            routes: transfers.routes, site: site, authenticator: CookieOfficer(),
            settings: .init(rates: .unlimited, clock: clock.source, formKey: HMACKey(bytes: Array(repeating: 7, count: 32)), explain: { _ in nil }),
            logger: TestLog().logger)
    }

    static func with(_ engine: TestEngine = .sqlite, _ body: @Sendable (TransfersWorld) async throws -> Void) async throws {
        try await TestDatabases.with(engine) { try await body(try await TransfersWorld($0)) }
    }

    func draft() async throws -> String {
        let id = try await transfers.create(title: "Present address", from: nil, isRenewal: false, by: Self.requester)
        try await transfers.edit(id, by: Self.requester) { $0.terms = Self.terms }
        return id
    }

    /// A request on its way, as far as this state.
    func handedIn(to state: TransferRequest.State) async throws -> String { try await handIn(try await draft(), to: state) }

    func renewal(of agreementID: String) async throws -> String {
        try await handIn(try await transfers.create(title: "Again", from: agreementID, isRenewal: true, by: Self.requester), to: .signing)
    }

    private func handIn(_ id: String, to state: TransferRequest.State) async throws -> String {
        try await transfers.edit(id, by: Self.requester) { $0.terms.reason = Self.terms.reason }
        try await transfers.handIn(id, by: Self.requester)
        let order: [TransferRequest.State] = [.opinions, .committee, .security, .signing]
        for (stage, judges) in [(0, [Self.privacy, Self.legal]), (1, [Self.committee]), (2, [Self.security])] where stage < order.firstIndex(of: state) ?? 0 {
            for judge in judges { try await transfers.judge(id, .approve, note: "", by: judge) }
        }
        return id
    }

    func request(_ id: String) async throws -> TransferRequest {
        try await database.read { try transfers.store.request(id, with: "haifa", in: $0) }!
    }
    func allActs(_ id: String) async throws -> [TransferAct] { try await database.read { try transfers.store.acts(of: id, in: $0) } }
    func acts(_ id: String) async throws -> [String] { try await allActs(id).map(\.what) }

    // MARK: Pages

    private func headers(_ cookie: String?, _ more: HTTPFields = [:]) -> HTTPFields {
        var headers = more
        headers[.accept] = "text/html"
        if let cookie { headers[.cookie] = "\(Dispatcher.sessionCookie)=\(cookie)" }
        return headers
    }

    func get(_ path: String, as cookie: String?) async -> Reply { await dispatcher.answer(Incoming(.get, "/en\(path)", headers: headers(cookie))) }

    func post(_ path: String, from page: String, _ fields: [(String, String)], as cookie: String) async -> Reply {
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

struct CookieOfficer: Authenticator {
    func actor(cookies: [String: String], authorization: String?, remoteAddress: String) async throws -> Actor {
        guard let parts = cookies[Dispatcher.sessionCookie]?.split(separator: ":").map(String.init) else { return .anonymous }
        guard parts.count == 3 else { return Actor(kind: .person, id: parts[0], name: parts[0], sessionID: "s", assurance: .substantial) }
        return TransfersWorld.officer(parts[0], parts[1], parts[2])
    }
}

/// Agreements in memory.
final class KeptDesk: AgreementDesk, AgreementMonitor {
    /// What went through under any agreement.
    let used = Mutex<[AgreementUse]>([])
    func use(of agreementID: String, from: Instant, before: Instant, in connection: any Connection) throws -> [AgreementUse] { used.withLock { $0 } }

    private let kept = Mutex<[String: AgreementState]>([:])
    private let signed = Mutex<[String: [String: String]]>([:])
    var live: [AgreementState] { kept.withLock { $0.values.filter { $0.status == "live" } } }
    var signatures: [String: [String: String]] { signed.withLock { $0 } }

    func operations(in connection: any Connection) throws -> [ExchangeOperation] { TransfersWorld.operations }
    func agreements(of bodyID: String?, in connection: any Connection) throws -> [AgreementState] {
        kept.withLock { kept in kept.values.filter { bodyID == nil || $0.consumerID == bodyID || $0.providerID == bodyID } }
    }
    func agreement(_ id: String, in connection: any Connection) throws -> AgreementState? { kept.withLock { $0[id] } }
    func fault(in content: JSON) -> String? { nil }
    func signature(under content: JSON, of bodyID: String) throws -> String { "\(bodyID) signs \(content["version"]?.int ?? 0)" }
    func activate(_ content: JSON, signatures: [String: String], at time: Instant, in connection: any Connection) throws {
        let state = AgreementState(content: content, status: "live", since: time, lastUsedAt: nil)
        kept.withLock { $0[state.id] = state }
        signed.withLock { $0[state.id] = signatures }
    }
    func suspend(_ id: String, at time: Instant, in connection: any Connection) throws {
        kept.withLock { kept in kept[id] = kept[id].map { AgreementState(content: $0.content, status: "suspended", since: time, lastUsedAt: $0.lastUsedAt) } }
    }
}

final class KeptPostman: Postman {
    private let kept = Mutex<[Notice]>([])
    var notices: [Notice] { kept.withLock { $0 } }
    func send(_ notice: Notice, in connection: any Connection) throws {
        kept.withLock { kept in if !kept.contains(where: { $0.idempotencyKey == notice.idempotencyKey }) { kept.append(notice) } }
    }
    func sendCode(_ code: String, to email: String, language: String, minutesValid: Int, in connection: any Connection) throws {}
}

/// One person in each role.
struct Staff: People {
    func card(of id: String, in connection: any Connection) throws -> PersonCard? {
        PersonCard(
            id: id, givenName: id, familyName: "Test", birthDate: CalendarDate(year: 1990, month: 1, day: 1)!, email: "\(id)@example.test", phone: nil,
            language: .en)
    }
    func nationalNumber(of id: String, in connection: any Connection) throws -> String? { nil }
    func subject(nationalNumber: String, in connection: any Connection) throws -> String? { nil }
    func officers(of bodyID: String, role: String?, in connection: any Connection) throws -> [PersonCard] {
        let names = [
            OfficerRole.dataRequester: "requester", OfficerRole.privacyOfficer: "privacy", OfficerRole.legalAdviser: "legal",
            OfficerRole.transferCommittee: "committee", OfficerRole.securityOfficer: "security", OfficerRole.signatory: "signs-for-\(bodyID)",
        ]
        return try [role.flatMap { names[$0] }].compactMap { try $0.flatMap { try card(of: $0, in: connection) } }
    }
}
