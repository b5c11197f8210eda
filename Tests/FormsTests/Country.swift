@testable import Forms
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

/// A small country around the forms: two towns, one register, one desk that opens cases.
final class Country: Sendable {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../.."
    static let student = Actor(kind: .person, id: "person-1", name: "דנה לוי", sessionID: "s1", assurance: .substantial)
    static let other = Actor(kind: .person, id: "person-2", name: "Other", sessionID: "s2", assurance: .substantial)
    static let owner = Actor(
        kind: .person, id: "person-3", name: "Owner", sessionID: "s3", assurance: .substantial, capacity: .representative(of: "515000003"))

    let database: any Database
    let forms: Forms
    let archive: SubmissionArchive
    let room: AttachmentRoom
    let registers = TestBroker()
    let desk = TestIntake()
    let log = TestAudit()
    let time = TestClock()
    let vault: Vault
    let dispatcher: Dispatcher
    let told = ToldLog()

    init(_ database: any Database, clamd: String? = nil, documents: [FormDocument]? = nil, people: (any People)? = nil, vault: Vault? = nil) async throws {
        self.database = database
        let vault = vault ?? Vault(keyring: .random())
        self.vault = vault
        let folders = [("web", "Core/Web"), ("forms", "Components/Forms")].map { ResourceFolder(module: $0.0, path: "\(Country.root)/Sources/\($0.1)") }
        let site = try Site(folders: folders)
        let bodies = TestBodies()
        let library = try documents.map { FormLibrary($0) } ?? FormLibrary(folder: "\(Country.root)/Data/forms")
        archive = SubmissionArchive(library: library, vault: vault, catalogue: site.catalogue, bodies: bodies)
        room = try AttachmentRoom(database: database, vault: vault, clamd: clamd, clock: time.source)
        forms = Forms(
            database: database, archive: archive, attachments: room, broker: registers, intake: desk, audit: log, bodies: bodies, people: people,
            site: site, clock: time.source, logger: told.logger)
        dispatcher = try Dispatcher(
            routes: forms.routes, site: site, authenticator: TestAuthenticator(),
            settings: .init(clock: time.source, formKey: HMACKey(bytes: Array("test".utf8))), logger: Logger(label: "test"))
        try await Migrations([
            (module: "jobs", folder: "\(Country.root)/Sources/Core/Jobs/Schema"),
            (module: "forms", folder: "\(Country.root)/Sources/Components/Forms/Schema"),
        ]).apply(to: database)
        try await forms.prepare()
    }

    static func with(
        _ engine: TestEngine, clamd: String? = nil, people: (any People)? = nil, _ body: @Sendable (Country) async throws -> Void
    ) async throws {
        try await TestDatabases.with(engine) { database in try await body(try await Country(database, clamd: clamd, people: people)) }
    }
}

final class TestClock: Sendable {
    private let now = Mutex(Instant(seconds: 1_795_000_000))
    var source: TimeSource { TimeSource { [self] in now.withLock { $0 } } }
    func advance(days: Int64) { now.withLock { $0 = $0.adding(days: days) } }
    func advance(seconds: Int64) { now.withLock { $0 = $0.adding(seconds: seconds) } }
}

struct TestBodies: BodyDirectory {
    let localities = [
        WidgetTests.place(4000, "חיפה", "Haifa", 290_000), WidgetTests.place(31, "אופקים", "Ofakim", 30_000),
        WidgetTests.place(8600, "רמת גן", "Ramat Gan", 170_000),
    ]
    let bodies = [
        PublicBody(
            id: "municipality-haifa", kind: .municipality, parentID: nil, number: nil, localityCode: 4000,
            name: LocalizedText([.he: "עיריית חיפה", .en: "Haifa Municipality"]), about: LocalizedText([:]), phone: nil, site: nil),
        PublicBody(
            id: "municipality-ramat-gan", kind: .municipality, parentID: nil, number: nil, localityCode: 8600,
            name: LocalizedText([.he: "עיריית רמת גן", .en: "Ramat Gan Municipality"]), about: LocalizedText([:]), phone: nil, site: nil),
        PublicBody(
            id: "digital-authority", kind: .authority, parentID: nil, number: nil, localityCode: nil,
            name: LocalizedText([.he: "רשות הדיגיטל", .en: "Digital Authority"]), about: LocalizedText([:]), phone: nil, site: nil),
        PublicBody(
            id: "population-authority", kind: .authority, parentID: nil, number: nil, localityCode: nil,
            name: LocalizedText([.he: "רשות האוכלוסין", .en: "Population Authority"]), about: LocalizedText([:]), phone: nil, site: nil),
    ]
    func body(_ id: String) -> PublicBody? { bodies.first { $0.id == id } }
    func locality(_ code: Int) -> Locality? { localities.first { $0.code == code } }
    func municipality(of locality: Int) -> PublicBody? { bodies.first { $0.localityCode == locality } }
}

final class TestBroker: EvidenceBroker {
    struct Question: Sendable { let concepts: [String], subject: String, consumer: String, purpose: String, basis: Basis, parameters: [String: String] }
    let questions = Mutex<[Question]>([])
    let isDown = Mutex(false)
    /// The broker itself fails.
    let fails = Mutex(false)
    /// Values that are not those of `values`.
    let changed = Mutex<[String: JSON]>([:])
    struct Failure: Error {}
    /// A person who studies, or one the student register does not know.
    let studies = Mutex(true)

    static let values: [String: JSON] = [
        "person.givenName": "דנה", "person.familyName": "לוי", "person.nationalNumber": "000000018",
        "person.address": ["localityCode": 4000, "locality": "חיפה", "street": "הרצל", "house": "12", "apartment": "3"],
        "studies.institution": "הטכניון", "studies.programme": "מדעי המחשב", "studies.yearOfStudy": 2, "studies.fullTime": true,
        "studies.active": true,
        "business.number": "515000003", "business.name": "קפה הדר בע״מ", "business.legalForm": "company", "business.status": "active",
    ]

    func evidence(
        for concepts: [String], about subjectID: String, actor: Actor, consumerID: String, purpose: String, basis: Basis, caseID: String?,
        parameters: [String: String]
    ) async throws -> [String: Evidence] {
        questions.withLock {
            $0.append(Question(concepts: concepts, subject: subjectID, consumer: consumerID, purpose: purpose, basis: basis, parameters: parameters))
        }
        let owner = "population-authority"
        if fails.withLock({ $0 }) { throw Failure() }
        if isDown.withLock({ $0 }) { return Dictionary(uniqueKeysWithValues: concepts.map { ($0, .unavailable(ownerID: owner)) }) }
        let knowsStudies = studies.withLock { $0 }
        let values = changed.withLock { TestBroker.values.merging($0) { $1 } }
        return Dictionary(uniqueKeysWithValues: concepts.map { concept in
            if concept.hasPrefix("studies."), !knowsStudies { return (concept, .unknown(ownerID: owner)) }
            let source = AnswerSource.register(ownerID: owner, operation: "register.test", agreementID: "agreement-1", at: Instant(seconds: 1_795_000_000))
            return (concept, values[concept].map { .known($0, source) } ?? .unknown(ownerID: owner))
        })
    }

    func knows(_ concept: String) -> Bool { TestBroker.values[concept] != nil }
}

/// Accounts know the national number of everybody.
struct TestPeople: People {
    func card(of id: String, in connection: any Connection) throws -> PersonCard? { nil }
    func nationalNumber(of id: String, in connection: any Connection) throws -> String? { "000000018" }
    func subject(nationalNumber: String, in connection: any Connection) throws -> String? { nil }
    func officers(of bodyID: String, role: String?, in connection: any Connection) throws -> [PersonCard] { [] }
}

/// What operators were told.
final class ToldLog: Sendable {
    private let kept = Mutex<[String]>([])
    var lines: [String] { kept.withLock { $0 } }
    var logger: Logger { Logger(label: "test") { [self] _ in Handler(log: self) } }

    private struct Handler: LogHandler {
        let log: ToldLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
        func log(
            level: Logger.Level, message: Logger.Message, metadata: Logger.Metadata?, source: String, file: String, function: String, line: UInt
        ) {
            let words = (metadata ?? [:]).map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")
            log.kept.withLock { $0.append("\(level) \(message) \(words)") }
        }
    }
}

final class TestIntake: CaseIntake {
    let opened = Mutex<[Submission]>([])
    let fails = Mutex(false)
    struct Refused: Error {}

    func open(_ submission: Submission, in connection: any Connection) throws -> CaseReceipt {
        if fails.withLock({ $0 }) { throw Refused() }
        opened.withLock { $0.append(submission) }
        return CaseReceipt(caseID: submission.id, number: "ZM-1")
    }
}

final class TestAudit: AuditLog {
    let entries = Mutex<[AuditEntry]>([])
    func record(_ entry: AuditEntry, in connection: any Connection) throws { entries.withLock { $0.append(entry) } }
}

/// The session cookie names the person.
struct TestAuthenticator: Authenticator {
    func actor(cookies: [String: String], authorization: String?, remoteAddress: String) async throws -> Actor {
        [Country.student, Country.other, Country.owner].first { $0.sessionID == cookies[Dispatcher.sessionCookie] } ?? .anonymous
    }
}

/// One person at a browser: follows nothing by itself, fills in forms with the token of the page.
struct Browser: Sendable {
    let country: Country
    let actor: Actor
    var language = "he"

    private var headers: HTTPFields { [.cookie: "\(Dispatcher.sessionCookie)=\(actor.sessionID)", .accept: "text/html"] }

    func get(_ path: String) async throws -> Page {
        Page(await country.dispatcher.answer(Incoming(.get, path.hasPrefix("/\(language)/") ? path : "/\(language)\(path)", headers: headers)))
    }

    func post(_ path: String, _ fields: [(String, String)], on page: Page) async throws -> Page {
        let all = [("_csrf", page.token)] + fields
        let body = all.map { "\(PercentEncoding.encode($0.0))=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
        var headers = headers
        headers[.contentType] = "application/x-www-form-urlencoded"
        return Page(await country.dispatcher.answer(
            Incoming(.post, path.hasPrefix("/\(language)/") ? path : "/\(language)\(path)", headers: headers, body: Array(body.utf8))))
    }

    func upload(_ path: String, _ field: String, name: String, _ content: [UInt8], action: String, on page: Page) async throws -> Page {
        var body = Array("--x\r\nContent-Disposition: form-data; name=\"_csrf\"\r\n\r\n\(page.token)\r\n".utf8)
        body += Array("--x\r\nContent-Disposition: form-data; name=\"action\"\r\n\r\n\(action)\r\n".utf8)
        body += Array("--x\r\nContent-Disposition: form-data; name=\"\(field)\"; filename=\"\(name)\"\r\nContent-Type: application/octet-stream\r\n\r\n".utf8)
        body += content + Array("\r\n--x--\r\n".utf8)
        var headers = headers
        headers[.contentType] = "multipart/form-data; boundary=x"
        return Page(await country.dispatcher.answer(
            Incoming(.post, path.hasPrefix("/\(language)/") ? path : "/\(language)\(path)", headers: headers, body: body)))
    }
}

struct Page: Sendable {
    let reply: Reply
    init(_ reply: Reply) { self.reply = reply }
    var status: Int { reply.status }
    var html: String { String(decoding: reply.body, as: UTF8.self) }
    var location: String { reply.headers[.location] ?? "" }
    var token: String {
        guard let range = html.range(of: "name=\"_csrf\" value=\"") else { return "" }
        return String(html[range.upperBound...].prefix { $0 != "\"" })
    }
}
