@testable import Delivery
import Contracts
import Database
import Foundation
import HTTPTypes
import Jobs
import Language
import Logging
import Synchronization
import TestKit
import Testing
import Trust
import Values
import Web

/// A small country around cases: a town, three bodies that approve, a cash desk, and people. What neighbours keep stands in a table of its
/// own, so that it comes and goes with the transaction.
final class Country: Sendable {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../.."

    let database: any Database
    let delivery: Delivery
    let near = Neighbourhood()
    let time = TestClock()
    let dispatcher: Dispatcher
    let worker: Worker

    init(_ database: any Database, types: CaseTypes?, numbering: (@Sendable (CalendarDate) -> String)? = nil) async throws {
        self.database = database
        let folders = [("web", "Core/Web"), ("delivery", "Journeys/Delivery")].map { ResourceFolder(module: $0.0, path: "\(Country.root)/Sources/\($0.1)") }
        let site = try Site(folders: folders)
        let near = near
        var delivery = Delivery(
            database: database, vault: Vault(keyring: .random()), site: site, types: try types ?? demoTypes(),
            neighbours: .init(
                bodies: near, services: near, people: near, mandates: near, submissions: near, attachments: near, cashier: near, postman: near, documents: near,
                audit: near, exchange: near, events: near), clock: time.source)
        if let numbering { delivery.numbering = numbering }
        self.delivery = delivery
        var jobs = JobRegistry()
        delivery.register(in: &jobs)
        worker = Worker(database: database, registry: jobs, clock: time.source, logger: Logger(label: "test"))
        dispatcher = try Dispatcher(
            routes: delivery.routes, site: site, authenticator: TestAuthenticator(),
            settings: .init(rates: .unlimited, clock: time.source, formKey: HMACKey(bytes: Array("test".utf8))), logger: Logger(label: "test"))
        try await Migrations([
            (module: "jobs", folder: "\(Country.root)/Sources/Core/Jobs/Schema"),
            (module: "delivery", folder: "\(Country.root)/Sources/Journeys/Delivery/Schema"),
        ]).apply(to: database)
        _ = try await database.write { try $0.execute("CREATE TABLE test_kept (kind TEXT, id TEXT, holder TEXT, content TEXT)", []) }
    }

    static func with(
        _ engine: TestEngine, types: CaseTypes? = nil, numbering: (@Sendable (CalendarDate) -> String)? = nil,
        _ body: @Sendable (Country) async throws -> Void
    ) async throws {
        try await TestDatabases.with(engine) { database in try await body(try await Country(database, types: types, numbering: numbering)) }
    }

    /// What a neighbour has kept, oldest first.
    func kept(_ kind: String) async throws -> [Kept] {
        try await database.read { connection in
            try connection.query("SELECT id, holder, content FROM test_kept WHERE kind = $1 ORDER BY id", [.text(kind)]) { row in
                Kept(id: try row.text(0), holder: try row.text(1), content: try row.json(2))
            }
        }
    }

    func audited(_ what: String) async throws -> [Kept] { try await kept("audit").filter { $0.content["what"]?.string == what } }
    func told(_ template: String) async throws -> [Kept] { try await kept("notice").filter { $0.content["template"]?.string == template } }

    func find(_ id: String) async throws -> Case { try #require(try await database.read { try self.delivery.store.find(id, in: $0) }) }
    func legs(of id: String) async throws -> [Case] { try await database.read { try self.delivery.store.legs(of: id, in: $0) } }
    func leg(_ body: String, of id: String) async throws -> Case { try #require(try await legs(of: id).first { $0.bodyID == body }) }

    func rows(_ item: Case) async throws -> [CaseStatus] { try await database.read { try self.delivery.store.history(of: item, in: $0) } }

    /// A student's request, or a café's with these answers.
    @discardableResult
    func send(_ form: String = "municipal-tax-discount-student", by actor: Actor = Cast.dana, answers: JSON = Samples.student) async throws -> String {
        let id = UUIDv7.next()
        near.answers.withLock { $0[id] = answers }
        let submission = Submission(
            id: id, formID: form, formVersion: 1, serviceID: form, subjectID: actor.subjectID, actor: actor, bodyID: "municipality-haifa",
            answers: answers, language: .he, at: time.source.now())
        return try await database.write { try self.delivery.intake.open(submission, in: $0) }.caseID
    }

    func sendCafe(alcohol: Bool = true, area: Int64 = 60, by actor: Actor = Cast.owner) async throws -> String {
        try await send("business-licence", by: actor, answers: Samples.cafe(alcohol: alcohol, area: area))
    }

    func publish(_ type: String, _ key: String, _ payload: JSON = ["payment": "p"]) async throws {
        let now = time.source.now()
        _ = try await database.write { try Outbox.publish(type, key: key, payload, at: now, in: $0) }
        try await worker.runUntilIdle()
    }

    /// A café's request at its legs.
    func paidCafe(alcohol: Bool = true, area: Int64 = 60, by actor: Actor = Cast.owner) async throws -> String {
        let id = try await sendCafe(alcohol: alcohol, area: area, by: actor)
        try await publish("payment.captured", id)
        return id
    }

    /// A page with the form token of this actor's session.
    func token(of actor: Actor) async throws -> Page {
        let foreign = try await send(by: Cast.other)
        let body = actor.organisation ?? "municipality-haifa"
        _ = try await database.write { try $0.execute("UPDATE delivery_case SET body_id = $1 WHERE id = $2", [.text(body), .text(foreign)]) }
        let page = try await Browser(country: self, actor: actor).get("/desk/cases/\(foreign)")
        #expect(!page.token.isEmpty)
        return page
    }

    @discardableResult
    func desk(_ verb: String, _ id: String, by officer: Actor, _ fields: [(String, String)] = []) async throws -> Page {
        let browser = Browser(country: self, actor: officer)
        let page = try await browser.get("/desk/cases/\(id)")
        let reply = try await browser.post("/desk/cases/\(id)/\(verb)", fields, on: page)
        try await worker.runUntilIdle()
        return reply
    }
}

struct Kept: Sendable {
    let id: String
    let holder: String
    let content: JSON
}

final class TestClock: Sendable {
    /// Long ago: ids of the test's time and of the wall clock's would otherwise mix.
    static let start = Instant(seconds: 1_700_000_000)
    private let now = Mutex(start)
    var source: TimeSource { TimeSource { [self] in now.withLock { $0 } } }
    func advance(days: Int64) { now.withLock { $0 = $0.adding(days: days) } }
    func advance(seconds: Int64) { now.withLock { $0 = $0.adding(seconds: seconds) } }
}

enum Cast {
    static func person(_ number: Int, _ name: String, _ capacity: Capacity = .own, session: String? = nil) -> Actor {
        let roles: Set<String> = if case .office = capacity { [OfficerRole.caseOfficer] } else { [] }
        return Actor(
            kind: .person, id: "person-\(number)", name: name, sessionID: session ?? "s\(number)", assurance: .substantial, capacity: capacity,
            roles: roles, holdsOffice: !roles.isEmpty)
    }

    static func officer(_ number: Int, _ body: String, session: String? = nil) -> Actor {
        person(number, "Officer \(number)", .office(organisation: body, role: OfficerRole.caseOfficer), session: session)
    }

    static let dana = person(1, "דנה לוי")
    static let other = person(2, "Other")
    static let owner = person(3, "Owner", .representative(of: "515000003"))
    /// The owner, acting for herself.
    static let ownerHerself = person(3, "Owner", session: "s3-own")
    static let partner = person(4, "Partner", .representative(of: "515000003"))
    static let clerk = officer(5, "municipality-haifa")
    static let colleague = officer(6, "municipality-haifa")
    static let foreign = officer(7, "municipality-tel-aviv")
    static let police = officer(8, "police")
    static let health = officer(9, "health")
    /// Dana and the owner hold offices, too.
    static let danaAtWork = officer(1, "municipality-haifa", session: "s1-office")
    static let ownerAtWork = officer(3, "police", session: "s3-office")
    /// The other one, acting for Dana by mandates of various width.
    static let attorney = attorney("one", ["municipal-tax-discount-student"])
    static let follower = attorney("follower", ["municipal-tax-discount-student"], mayAct: false)
    static let attorneyElsewhere = attorney("elsewhere", ["business-licence"])
    static let attorneyForNothing = attorney("nothing", [])
    static let attorneyForAll = attorney("all", nil)
    static let all = [
        dana, other, owner, ownerHerself, partner, clerk, colleague, foreign, police, health, danaAtWork, ownerAtWork, attorney, follower,
        attorneyElsewhere, attorneyForNothing, attorneyForAll,
    ]

    private static func attorney(_ name: String, _ services: Set<String>?, mayAct: Bool = true) -> Actor {
        person(2, "Other", .attorney(Mandate(id: name, principalID: dana.id, services: services, mayAct: mayAct)), session: "s2-\(name)")
    }
}

/// The session cookie names the person and her capacity.
struct TestAuthenticator: Authenticator {
    func actor(cookies: [String: String], authorization: String?, remoteAddress: String) async throws -> Actor {
        Cast.all.first { $0.sessionID == cookies[Dispatcher.sessionCookie] } ?? .anonymous
    }
}

/// One person at a browser: follows nothing by itself, fills in forms with the token of the page.
struct Browser: Sendable {
    let country: Country
    let actor: Actor
    var language = "en"

    private var headers: HTTPFields { [.cookie: "\(Dispatcher.sessionCookie)=\(actor.sessionID)", .accept: "text/html"] }
    private func full(_ path: String) -> String { path.hasPrefix("/\(language)/") ? path : "/\(language)\(path)" }

    func get(_ path: String) async throws -> Page { Page(await country.dispatcher.answer(Incoming(.get, full(path), headers: headers))) }

    func post(_ path: String, _ fields: [(String, String)], on page: Page) async throws -> Page {
        let body = ([("_csrf", page.token)] + fields).map { "\(PercentEncoding.encode($0.0))=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
        var headers = headers
        headers[.contentType] = "application/x-www-form-urlencoded"
        return Page(await country.dispatcher.answer(Incoming(.post, full(path), headers: headers, body: Array(body.utf8))))
    }

    /// Answers a question with files of these contents.
    func complete(_ id: String, _ question: String, _ answer: String, files: [String] = [], on page: Page) async throws -> Page {
        var body = ""
        for (name, value) in [("_csrf", page.token), ("completion", question), ("answer", answer)] {
            body += "--x\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
        }
        for (index, file) in files.enumerated() {
            body += "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(index).pdf\"\r\nContent-Type: application/pdf\r\n\r\n\(file)\r\n"
        }
        var headers = headers
        headers[.contentType] = "multipart/form-data; boundary=x"
        return Page(await country.dispatcher.answer(
            Incoming(.post, full("/me/cases/\(id)/complete"), headers: headers, body: Array("\(body)--x--\r\n".utf8))))
    }
}

struct Page: Sendable {
    let reply: Reply
    init(_ reply: Reply) { self.reply = reply }
    var status: Int { reply.status }
    var html: String { String(decoding: reply.body, as: UTF8.self) }
    var location: String { reply.headers[.location] ?? "" }
    var token: String { value(of: "_csrf") ?? "" }
    /// The questions that the page asks, in order.
    var questions: [String] {
        html.ranges(of: "name=\"completion\" value=\"").map { String(html[$0.upperBound...].prefix { $0 != "\"" }) }
    }

    func value(of name: String) -> String? {
        html.range(of: "name=\"\(name)\" value=\"").map { String(html[$0.upperBound...].prefix { $0 != "\"" }) }
    }

    /// The address of the first link that begins so.
    func link(_ start: String) -> String? {
        html.range(of: start).map { String(html[$0.lowerBound...].prefix { $0 != "\"" }).replacing("&amp;", with: "&") }
    }

    /// Whether every link inside the page leads to a part of it.
    var isWhole: Bool {
        html.ranges(of: "href=\"#").allSatisfy { range in html.contains("id=\"\(html[range.upperBound...].prefix { $0 != "\"" })\"") }
    }
}

enum Samples {
    static let student: JSON = [
        "applicant": [
            "givenName": "דנה", "nationalNumber": "000000018",
            "registeredAddress": ["localityCode": 4000, "locality": "חיפה", "street": "הרצל", "house": "12"],
        ],
        "property": ["localityCode": 4000, "sameAddress": true, "accountNumber": "12345678"],
    ]

    static func cafe(alcohol: Bool, area: Int64) -> JSON {
        [
            "premises": ["kind": "בית קפה/מסעדה", "area": .int(area), "street": "הנמל", "house": "3"], "business": ["name": "קפה הדר"],
            "applicant": ["nationalNumber": "000000026", "givenName": "Secret"], "activity": ["alcohol": .bool(alcohol)],
            "documents": ["plan": [["id": "plan-file"]], "lease": [["id": "lease-file"]]],
        ]
    }
}
