import Contracts
import Database
import Foundation
import House
import HTTPTypes
import Values
import Web

/// Full submissions: the form is validated again, sealed, stored; the case, its messages, events and audit leaves are written; and the
/// person is answered once all of it is on the disk.
enum SubmissionFigures {
    static let students = 150
    static let draftsEach = 20
    static let writers = 64
    /// By turns with the reference, so that a slow moment of the machine meets both.
    static let rounds = 5

    @Sendable static func measure() async throws -> [Figure] {
        var figures = [try await measure(nil, "SQLite", atLeast: 1_500)]
        guard let server = ProcessInfo.processInfo.environment["ZAMIN_BENCH_POSTGRES"], !server.isEmpty else {
            throw BenchmarkError("ZAMIN_BENCH_POSTGRES is not set: run `make bench`, which starts a PostgreSQL")
        }
        let name = "bench_\(getpid())"
        try Programs.run("psql", ["-q", server, "-c", "CREATE DATABASE \(name)"])
        let url = server.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/\(name)"
        figures.append(try await measure(url, "PostgreSQL", atLeast: 800))
        return figures
    }

    private static func measure(_ url: String?, _ engine: String, atLeast goal: Double) async throws -> Figure {
        try await DemoCountry.with(databaseURL: url, students: students) { country in
            let base = try await country.foundations()
            let house = try await House(base, exchange: PromptRegisters())
            let people = try await subjects(house)
            let dispatcher = try house.dispatcher(authenticator: KnownSession(people: people))
            let drafts = try await fill(people, dispatcher)
            try await createPlainTable(base.database)
            var (rates, plain): ([Double], [Double]) = ([], [])
            for round in 0..<rounds {
                let part = Array(drafts.enumerated().filter { $0.offset % rounds == round }.map(\.element))
                rates.append(try await Measuring.rate(part, tasks: writers) { draft in try await draft.send(dispatcher) })
                plain.append(try await plainWrites(base.database, round))
            }
            let cases = try await base.database.read { try $0.first("SELECT count(*) FROM delivery_case") { try $0.int(0) } ?? 0 }
            guard cases == Int64(drafts.count) else { throw BenchmarkError("\(drafts.count) were sent, \(cases) cases were opened") }
            await house.close()
            return Figure(
                name: "full submission, durable, \(engine)", value: Measuring.median(rates), unit: "submissions/s",
                reference: .init(value: Measuring.median(plain), what: "durable writes of one row/s"), goal: .atLeast(goal))
        }
    }

    private static func createPlainTable(_ database: any Database) async throws {
        try await database.write { try $0.execute("CREATE TABLE bench_entry (id BIGINT PRIMARY KEY, content TEXT NOT NULL)", []) }
    }

    private static func plainWrites(_ database: any Database, _ round: Int) async throws -> Double {
        try await Measuring.rate(Array(round * 4_000..<(round + 1) * 4_000), tasks: writers) { number in
            try await database.write {
                try $0.execute("INSERT INTO bench_entry (id, content) VALUES ($1, $2)", [.integer(Int64(number)), .text("content")])
            }
        }
    }

    private static func subjects(_ house: House) async throws -> [String] {
        let people = house.people
        return try await house.base.database.read { connection in
            try (0..<students).compactMap { try people.subject(nationalNumber: DemoCountry.number($0), in: connection) }
        }
    }

    private static func fill(_ people: [String], _ dispatcher: Dispatcher) async throws -> [ReadyDraft] {
        guard people.count == students else { throw BenchmarkError("only \(people.count) students are registered") }
        return try await withThrowingTaskGroup(of: [ReadyDraft].self) { group in
            for person in people {
                group.addTask {
                    let applicant = try await Applicant(person, dispatcher)
                    var drafts: [ReadyDraft] = []
                    for _ in 0..<draftsEach { drafts.append(try await applicant.fill()) }
                    return drafts
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }
}

/// Somebody whose session is known: the session's own look-up belongs to no submission.
private struct KnownSession: Authenticator {
    let people: [String]

    func actor(cookies: [String: String], authorization: String?, remoteAddress: String) async throws -> Actor {
        guard let id = cookies[Dispatcher.sessionCookie] else { return .anonymous }
        return Actor(kind: .person, id: id, name: "Noa Barak", sessionID: id, assurance: .substantial)
    }
}

/// Answers as the registers of the demo country do, at once.
private struct PromptRegisters: Exchange {
    func ask(_ request: ExchangeRequest) async throws(ExchangeError) -> ExchangeAnswer {
        let value: JSON
        switch request.operation {
        case "population.person":
            value = [
                "nationalNumber": .string(request.parameters["nationalNumber"] ?? ""), "givenName": "נועה", "familyName": "ברק",
                "givenNameLatin": "Noa", "familyNameLatin": "Barak", "birthDate": "2004-03-14",
                "address": ["localityCode": 4000, "locality": "חיפה", "street": "הגליל", "house": "27", "apartment": "6", "since": "2025-09-15"],
            ]
        case "students.status":
            value = ["institution": "הטכניון", "programme": "מדעי המחשב", "yearOfStudy": 2, "fullTime": true, "active": true]
        default: throw .unavailable(request.operation)
        }
        return ExchangeAnswer(value: value, ownerID: "population-authority", agreementID: "bench", at: TimeSource.wallClock.now())
    }
}

/// A form that is filled in and only has to be sent.
private struct ReadyDraft: Sendable {
    let path: String
    let headers: HTTPFields
    let body: [UInt8]

    func send(_ dispatcher: Dispatcher) async throws {
        let reply = await dispatcher.answer(Incoming(.post, "\(path)/check", headers: headers, body: body))
        guard reply.status == 303, reply.headers[.location]?.contains("/me/cases/") == true else {
            throw BenchmarkError("sending \(path) was answered with \(reply.status) \(reply.headers[.location] ?? "")")
        }
    }
}

/// A student at a browser who fills in the form for the discount on municipal tax.
private struct Applicant: Sendable {
    private static let form = "/en/forms/municipal-tax-discount-student"
    private static let pages: [(step: String, fields: [(String, String)], isShownFirst: Bool)] = [
        ("student", [("eligibility.student", "yes")], false), ("exempt", [("eligibility.fullExemption", "no")], false),
        ("place", [("property.localityCode", "Haifa")], false), ("person", [], true),
        ("contact", [("contact.phone", "050-0000012"), ("contact.email", "student@example.test")], false), ("studies", [], true),
        ("same-address", [("property.sameAddress", "yes")], false), ("tenancy", [("property.tenancy", "own")], false),
        ("account", [("property.accountNumber", "123456789"), ("property.residents", "1")], false), ("household", [], false),
        ("refund", [], false), ("declaration", [("declaration.confirmed", "yes")], false),
    ]

    private let dispatcher: Dispatcher
    private let headers: HTTPFields
    private let token: String

    init(_ person: String, _ dispatcher: Dispatcher) async throws {
        var headers: HTTPFields = [.cookie: "\(Dispatcher.sessionCookie)=\(person)", .accept: "text/html"]
        let page = await dispatcher.answer(Incoming(.get, Applicant.form, headers: headers))
        let html = String(decoding: page.body, as: UTF8.self)
        guard let mark = html.range(of: "name=\"_csrf\" value=\"") else { throw BenchmarkError("\(Applicant.form) answered \(page.status)") }
        headers[.contentType] = "application/x-www-form-urlencoded"
        (self.dispatcher, self.headers, token) = (dispatcher, headers, String(html[mark.upperBound...].prefix { $0 != "\"" }))
    }

    func fill() async throws -> ReadyDraft {
        let draft = try await post(Applicant.form, [])
        for page in Applicant.pages {
            let path = "\(draft)/pages/\(page.step)"
            // Registers are asked when their page is shown.
            if page.isShownFirst { _ = await dispatcher.answer(Incoming(.get, path, headers: headers)) }
            if page.step == "household" {
                _ = try await post("\(path)/entries/new", [("name", "Noa Barak"), ("relation", "self"), ("monthlyIncome", "0")])
            }
            _ = try await post(path, page.fields + [("action", "continue")])
        }
        return ReadyDraft(path: draft, headers: headers, body: body([]))
    }

    /// The address the answer leads to.
    private func post(_ path: String, _ fields: [(String, String)]) async throws -> String {
        let reply = await dispatcher.answer(Incoming(.post, path, headers: headers, body: body(fields)))
        guard reply.status == 303, let place = reply.headers[.location] else {
            throw BenchmarkError("\(path) was answered with \(reply.status)")
        }
        return place
    }

    private func body(_ fields: [(String, String)]) -> [UInt8] {
        Array(([("_csrf", token)] + fields).map { "\(PercentEncoding.encode($0.0))=\(PercentEncoding.encode($0.1))" }.joined(separator: "&").utf8)
    }
}
