import Contracts
@testable import Corrections
import Database
import HTTPTypes
import Language
import Synchronization
import TestKit
import Testing
import Trust
import Values
import Web

/// The module on a database of its own: “school” keeps a register of students, “haifa” and “tax” had values of it. Cookies: `noa` and `ron`
/// are people, `school` and `haifa` officers there.
struct CorrectionsWorld: Sendable {
    static let noa = Actor(kind: .person, id: "noa", name: "Noa Barak", sessionID: "s", assurance: .substantial)
    static let ron = Actor(kind: .person, id: "ron", name: "Ron", sessionID: "s", assurance: .substantial)
    static func officer(_ body: String) -> Actor {
        Actor(
            kind: .person, id: "officer-\(body)", name: "Officer", sessionID: "s", assurance: .substantial,
            capacity: .office(organisation: body, role: OfficerRole.caseOfficer), roles: [OfficerRole.caseOfficer])
    }
    static let operation = ExchangeOperation(
        id: "students.status", serviceID: "students", ownerID: "school", name: LocalizedText([.he: "לימודים", .en: "Studies"]), fields: [])

    let corrections: Corrections
    let past = KeptLooks()
    let postman = KeptNotices()
    let audit = TestAudit()
    let clock = TestClock(Instant(seconds: 1_800_000_000))
    let database: any Database
    let dispatcher: Dispatcher
    var now: Instant { corrections.clock.now() }

    init(_ database: any Database) async throws {
        let sources = "\(TestPython.root)/Sources"
        try await Migrations([(module: "corrections", folder: "\(sources)/Components/Corrections/Schema")]).apply(to: database)
        let site = try Site(
            folders: [("web", "Core/Web"), ("audit", "Components/Audit"), ("corrections", "Components/Corrections")].map {
                ResourceFolder(module: $0.0, path: "\(sources)/\($0.1)")
            })
        self.database = database
        corrections = Corrections(
            database: database, vault: Vault(keyring: .random()), desk: OneRegister(), looks: past, bodies: TestBodies(), postman: postman, audit: audit,
            site: site, clock: clock.source)
        dispatcher = try Dispatcher(
            routes: corrections.routes, site: site, authenticator: CookieActor(),
            settings: .init(rates: .unlimited, clock: clock.source, formKey: HMACKey(bytes: Array(repeating: 7, count: 32)), explain: { _ in nil }),
            logger: TestLog().logger)
    }

    static func with(_ engine: TestEngine = .sqlite, _ body: @Sendable (CorrectionsWorld) async throws -> Void) async throws {
        try await TestDatabases.with(engine) { try await body(try await CorrectionsWorld($0)) }
    }

    func open(_ labels: [String] = []) async throws -> String {
        try await corrections.open(Self.operation, labels: labels, statement: "I study full time, not half", by: Self.noa)
    }

    func told(_ id: String) async throws -> [String] { try await database.read { try corrections.store.notices(of: id, in: $0) }.map(\.bodyID) }

    private func headers(_ cookie: String, _ more: HTTPFields = [:]) -> HTTPFields {
        var headers = more
        headers[.accept] = "text/html"
        headers[.cookie] = "\(Dispatcher.sessionCookie)=\(cookie)"
        return headers
    }

    func get(_ path: String, as cookie: String, language: String = "en") async -> Reply {
        await dispatcher.answer(Incoming(.get, "/\(language)\(path)", headers: headers(cookie)))
    }

    func post(_ path: String, from page: String, _ fields: [(String, String)] = [], as cookie: String) async -> Reply {
        let token = await get(page, as: cookie).text.split(separator: "name=\"_csrf\" value=\"").dropFirst().first.map { String($0.prefix { $0 != "\"" }) } ?? ""
        let body = ([("_csrf", token)] + fields).map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
        return await dispatcher.answer(
            Incoming(.post, "/en\(path)", headers: headers(cookie, [.contentType: "application/x-www-form-urlencoded"]), body: Array(body.utf8)))
    }
}

extension Reply { var text: String { String(decoding: body, as: UTF8.self) } }

struct CookieActor: Authenticator {
    func actor(cookies: [String: String], authorization: String?, remoteAddress: String) async throws -> Actor {
        switch cookies[Dispatcher.sessionCookie] {
        case "noa": CorrectionsWorld.noa
        case "ron": CorrectionsWorld.ron
        case let body?: CorrectionsWorld.officer(body)
        case nil: .anonymous
        }
    }
}

final class KeptLooks: LookHistory {
    private let kept = Mutex<[PastLook]>([])
    func put(_ looks: [PastLook]) { kept.withLock { $0 = looks } }
    func looks(
        at subjectID: String, through operation: String, since: Instant, now: Instant, limit: Int, in connection: any Connection
    ) throws -> [PastLook] {
        kept.withLock { $0.filter { subjectID == "noa" && operation == "students.status" && $0.at >= since } }
    }
}

struct OneRegister: AgreementDesk {
    func operations(in connection: any Connection) throws -> [ExchangeOperation] { [CorrectionsWorld.operation] }
    func agreements(of bodyID: String?, in connection: any Connection) throws -> [AgreementState] { [] }
    func agreement(_ id: String, in connection: any Connection) throws -> AgreementState? { nil }
    func fault(in content: JSON) -> String? { nil }
    func signature(under content: JSON, of bodyID: String) throws -> String { "" }
    func activate(_ content: JSON, signatures: [String: String], at time: Instant, in connection: any Connection) throws {}
    func suspend(_ id: String, at time: Instant, in connection: any Connection) throws {}
}

final class KeptNotices: Postman {
    private let kept = Mutex<[Notice]>([])
    var notices: [Notice] { kept.withLock { $0 } }
    func send(_ notice: Notice, in connection: any Connection) throws { kept.withLock { $0.append(notice) } }
    func sendCode(_ code: String, to email: String, language: String, minutesValid: Int, in connection: any Connection) throws {}
}

@Suite struct CorrectionsTests {
    private static func look(_ body: String, _ fields: [String], daysAgo: Int64, from now: Instant, isShown: Bool = true) -> PastLook {
        PastLook(bodyID: body, agreementID: "agreement-\(body)", fields: fields, at: now.adding(days: -daysAgo), isShown: isShown)
    }

    @Test(arguments: TestDatabases.engines)
    func whoHadTheWrongValueIsTold(engine: TestEngine) async throws {
        try await CorrectionsWorld.with(engine) { world in
            world.past.put([
                Self.look("haifa", ["yearOfStudy"], daysAgo: 1, from: world.now), Self.look("haifa", ["yearOfStudy"], daysAgo: 9, from: world.now),
                Self.look("tax", ["institution"], daysAgo: 5, from: world.now), Self.look("school", ["yearOfStudy"], daysAgo: 5, from: world.now),
                Self.look("old", ["yearOfStudy"], daysAgo: Claim.daysBack + 1, from: world.now),
            ])
            let id = try await world.open(["yearOfStudy"])
            try await #expect(world.told(id).isEmpty)
            try await world.corrections.decide(id, isAccepted: true, answer: "Corrected to full time", by: CorrectionsWorld.officer("school"))
            // Once each, of the last time; not the owner, not who had something else, not from long ago.
            let notices = try await world.database.read { try world.corrections.store.notices(of: id, in: $0) }
            #expect(notices.map(\.bodyID) == ["haifa"] && notices.first?.receivedAt == world.now.adding(days: -1))
            #expect(world.postman.notices.map(\.template) == ["corrections.accepted"])
            #expect(world.audit.entries.map(\.what) == ["corrections.open", "corrections.accept"])
            // Of all of it: everybody.
            let all = try await world.open()
            try await world.corrections.decide(all, isAccepted: true, answer: "Corrected", by: CorrectionsWorld.officer("school"))
            try await #expect(world.told(all) == ["haifa", "tax"])
            // The data was right: nobody.
            let refused = try await world.open()
            try await world.corrections.decide(refused, isAccepted: false, answer: "It is right", by: CorrectionsWorld.officer("school"))
            try await #expect(world.told(refused).isEmpty)
        }
    }

    @Test(arguments: TestDatabases.engines)
    func isAnsweredOnceAndByTheOwnerAlone(engine: TestEngine) async throws {
        try await CorrectionsWorld.with(engine) { world in
            let id = try await world.open()
            let (school, haifa) = (CorrectionsWorld.officer("school"), CorrectionsWorld.officer("haifa"))
            await #expect(throws: Problem.notFound) { try await world.corrections.decide(id, isAccepted: true, answer: "Fine", by: haifa) }
            await #expect(throws: Problem.notFound) { try await world.corrections.withdraw(id, by: CorrectionsWorld.ron) }
            try await world.corrections.decide(id, isAccepted: true, answer: "Corrected", by: school)
            await #expect(throws: CorrectionsError.over) { try await world.corrections.decide(id, isAccepted: false, answer: "No", by: school) }
            await #expect(throws: CorrectionsError.over) { try await world.corrections.withdraw(id, by: CorrectionsWorld.noa) }
            await #expect(throws: CorrectionsError.over) { try await world.corrections.acknowledge(id, by: haifa) }
            for _ in 0..<Claim.openLimit { _ = try await world.open() }
            await #expect(throws: CorrectionsError.tooMany(limit: Claim.openLimit)) { try await world.open() }
        }
    }

    @Test func aNoticeIsAcknowledgedOnce() async throws {
        try await CorrectionsWorld.with { world in
            world.past.put([
                Self.look("haifa", ["studies"], daysAgo: 1, from: world.now), Self.look("police", ["studies"], daysAgo: 2, from: world.now, isShown: false),
            ])
            let id = try await world.open()
            try await world.corrections.decide(id, isAccepted: true, answer: "Corrected", by: CorrectionsWorld.officer("school"))
            try await #expect(world.told(id) == ["haifa", "police"])
            // What a law hides from her list is not given away here.
            let page = await world.get("/me/corrections/\(id)", as: "noa")
            #expect(page.status == 200 && page.text.contains("Haifa Municipality") && !page.text.contains("police"))
            let desk = await world.get("/desk/corrections", as: "haifa")
            #expect(desk.text.contains("Noa Barak") && desk.text.contains("agreement-haifa"))
            #expect(world.audit.entries.last?.what == "corrections.notice" && world.audit.entries.last?.actorID == "officer-haifa")
            let path = "/desk/corrections/\(id)/acknowledge"
            await #expect(world.post(path, from: "/desk/corrections", as: "haifa").status == 303)
            await #expect(world.post(path, from: "/desk/corrections", as: "haifa").status != 303)
            await #expect(world.get("/me/corrections/\(id)", as: "noa").text.contains("Acknowledged on"))
        }
    }

    @Test func aPersonSaysItOnPages() async throws {
        try await CorrectionsWorld.with { world in
            world.past.put([Self.look("haifa", ["yearOfStudy", "name"], daysAgo: 1, from: world.now)])
            await #expect(world.get("/me/corrections", as: "noa").text.contains("You have not asked"))
            await #expect(world.get("/me/corrections/new", as: "noa").text.contains("operation=students.status"))
            let new = "/me/corrections/new?operation=students.status"
            let form = await world.get(new, as: "noa", language: "he")
            #expect(form.text.contains("שנת הלימוד") && !form.text.contains("yearOfStudy<"))
            let short = await world.post("/me/corrections/new", from: new, [("operation", "students.status"), ("statement", "x"), ("labels", "name")], as: "noa")
            #expect(short.status == 422 && short.text.contains("id=\"label-name\" name=\"labels\" value=\"name\" checked"))
            let sent = await world.post(
                "/me/corrections/new", from: new,
                [("operation", "students.status"), ("statement", "It is the third year"), ("labels", "yearOfStudy"), ("labels", "made-up")], as: "noa")
            #expect(sent.status == 303)
            let path = String(try #require(sent.headers[.location]).dropFirst(3).prefix { $0 != "?" })
            let claim = await world.get(path, as: "noa")
            #expect(claim.text.contains("It is the third year") && claim.text.contains("Year of study") && !claim.text.contains("made-up"))
            await #expect(world.get(path, as: "ron").status == 404)
            let id = String(path.split(separator: "/").last!)
            let answer = "/desk/corrections/\(id)"
            await #expect(world.get(answer, as: "haifa").status == 404)
            await #expect(world.post("\(answer)/answer", from: answer, [("answer", ""), ("verdict", "accept")], as: "school").status == 422)
            await #expect(world.post("\(answer)/answer", from: answer, [("answer", "It is right"), ("verdict", "refuse")], as: "school").status == 303)
            await #expect(world.get(path, as: "noa").text.contains("Privacy Protection Authority"))
        }
    }
}
