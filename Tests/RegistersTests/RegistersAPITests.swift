import Contracts
import Foundation
import HTTPTypes
import Logging
@testable import Registers
import Synchronization
import TestKit
import Testing
import Trust
import Values
import Web

/// A small country behind the same dispatcher that serves it, and a client that signs.
private struct Desk {
    static let now = Instant(seconds: 1_795_000_000)
    let registers: Registers
    let dispatcher: Dispatcher
    let client: SigningKey
    let server: VerifyingKey
    let lines: Lines

    final class Lines: Sendable { let all = Mutex<[String]>([]) }

    static func with(people: Int = 600, faults: Bool = false, _ body: @Sendable (Desk, _ folder: String) async throws -> Void) async throws
    {
        try await TestDatabases.withFolder { folder in
            let (client, server) = (SigningKey.generate(), SigningKey.generate())
            let desk = try await open(folder, people, client, server, faults)
            try await body(desk, folder)
            await desk.registers.close()
        }
    }

    static func open(_ folder: String, _ people: Int, _ client: SigningKey, _ server: SigningKey, _ faults: Bool) async throws -> Desk {
        let lines = Lines()
        let clock = TimeSource { now }
        let settings = RegistersSettings(
            dataFolder: folder, sourceFolder: Project.data, resources: Project.resources, people: people, businesses: 60,
            baseURL: "http://registers.test", key: server, clients: [client.verifyingKey], allowsFaults: faults, clock: clock)
        let registers = try await Registers(settings) { line in lines.all.withLock { $0.append(line) } }
        let site = try Site(folders: [Project.web, Project.resources])
        let dispatcher = try Dispatcher(
            routes: registers.routes, site: site, authenticator: NobodySignsIn(),
            settings: .init(rates: .unlimited, clock: clock, formKey: HMACKey(bytes: [1])), logger: Logger(label: "test"))
        return Desk(
            registers: registers, dispatcher: dispatcher, client: client, server: server.verifyingKey, lines: lines)
    }

    func signed(_ path: String, _ body: JSON, by key: SigningKey? = nil) throws -> (Incoming, SignableMessage) {
        let bare = SignableMessage.request(
            method: "POST", target: .init(scheme: "http", authority: "registers.test", path: path),
            headers: [.init("Spine-Client", "municipality-haifa"), .init("Spine-Purpose", "test")])
        let message = try SignedExchange.register.signed(request: bare, body: body.bytes, by: key ?? client, now: Desk.now)
        var headers = HTTPFields()
        for header in message.headers { headers.append(HTTPField(name: HTTPField.Name(header.name)!, value: header.value)) }
        return (Incoming(.post, path, headers: headers, body: body.bytes), message)
    }

    /// The answer, checked as a gateway checks it.
    func ask(_ path: String, _ body: JSON) async throws -> (status: Int, json: JSON) {
        let (incoming, message) = try signed(path, body)
        let reply = await dispatcher.answer(incoming)
        try check(reply, message)
        return (reply.status, try JSON.parse(reply.body))
    }

    func check(_ reply: Reply, _ request: SignableMessage) throws {
        let answer = SignableMessage.response(
            status: reply.status, headers: reply.headers.map { .init($0.name.rawName, $0.value) }, to: request)
        try SignedExchange.register.verify(answer: answer, body: reply.body, now: Desk.now, key: server)
    }
}

@Suite struct RegistersAPITests {
    @Test func personasAnswer() async throws {
        try await Desk.with { desk, _ in
            let person = try await desk.ask("/population/person", ["nationalNumber": "600000038"])
            #expect(person.status == 200)
            #expect(person.json["familyName"]?.string == "מזרחי")
            #expect(person.json["address"]?["locality"]?.string == "תל אביב-יפו")
            #expect(person.json["children"]?.array?.compactMap { $0["givenName"]?.string } == ["מאיה", "איתי"])
            #expect(person.json["spouse"]?["nationalNumber"]?.string == "600000087")
            let daughter = try await desk.ask("/population/person", ["nationalNumber": "600000095"])
            #expect(daughter.json["parents"]?.array?.count == 2)
            #expect(daughter.json["cardIssueDate"] == nil)
            let study = try await desk.ask("/students/status", ["nationalNumber": "600000012"])
            #expect(
                study.json["institutionID"] == "technion" && study.json["fullTime"] == true && study.json["academicYearHebrew"] == "תשפ״ז")
            let cafe = try await desk.ask("/businesses/business", ["businessNumber": "680000015"])
            #expect(cafe.json["signatories"]?[0]?["nationalNumber"]?.string == "600000038")
            let mine = try await desk.ask("/businesses/of-signatory", ["nationalNumber": "600000038"])
            #expect(mine.json["businesses"]?[0]?["number"]?.string == "680000015")
            let address = try await desk.ask("/addresses/insured", ["nationalNumber": "600000012"])
            #expect(address.json["address"]?["house"] == "27")
        }
    }

    @Test func checksSayYesOrNoAndNothingElse() async throws {
        try await Desk.with { desk, _ in
            let right: JSON = ["nationalNumber": "600000012", "birthDate": "2004-03-14", "cardIssueDate": "2020-05-11"]
            try await #expect(desk.ask("/population/check", right).json == ["matches": true])
            for (member, wrong) in [("birthDate", "2004-03-15"), ("cardIssueDate", "2020-05-12"), ("nationalNumber", "600000020")] {
                var question = right
                question[member] = .string(wrong)
                try await #expect(desk.ask("/population/check", question).json == ["matches": false])
            }
            let address: JSON = ["nationalNumber": "600000012", "birthDate": "2004-03-14", "localityCode": "4000", "house": "27"]
            try await #expect(desk.ask("/addresses/check", address).json == ["matches": true])
            try await #expect(
                desk.ask("/addresses/check", ["nationalNumber": "600000012", "localityCode": "5000"]).json == ["matches": false])
            try await #expect(
                desk.ask("/addresses/check", ["nationalNumber": "699999996", "localityCode": "5000"]).json == ["matches": false])
        }
    }

    @Test func unknownPeopleAreNotFound() async throws {
        try await Desk.with { desk, _ in
            try await #expect(desk.ask("/population/person", ["nationalNumber": "123456782"]).status == 404)
            try await #expect(desk.ask("/students/status", ["nationalNumber": "600000046"]).status == 404)
        }
    }

    @Test func onlySignedNewQuestionsAreAnswered() async throws {
        try await Desk.with { desk, _ in
            let body: JSON = ["nationalNumber": "600000012"]
            let bare = Incoming(.post, "/population/person", body: body.bytes)
            await #expect(desk.dispatcher.answer(bare).status == 401)
            let (stranger, _) = try desk.signed("/population/person", body, by: .generate())
            await #expect(desk.dispatcher.answer(stranger).status == 401)
            let (first, message) = try desk.signed("/population/person", body)
            let reply = await desk.dispatcher.answer(first)
            #expect(reply.status == 200)
            await #expect(desk.dispatcher.answer(first).status == 401)
            let other: JSON = ["nationalNumber": "600000020"]
            let (second, _) = try desk.signed("/population/person", body)
            let altered = Incoming(.post, "/population/person", headers: second.headers, body: other.bytes)
            await #expect(desk.dispatcher.answer(altered).status == 401)
            let (elsewhere, _) = try desk.signed("/students/status", body)
            await #expect(
                desk.dispatcher.answer(Incoming(.post, "/population/person", headers: elsewhere.headers, body: body.bytes)).status == 401)
            // The answer belongs to its question only.
            let (_, otherMessage) = try desk.signed("/population/person", body)
            try desk.check(reply, message)
            #expect(throws: MessageSignatureError.self) { try desk.check(reply, otherMessage) }
        }
    }

    @Test func wrongParametersAreRefused() async throws {
        try await Desk.with { desk, _ in
            for body: JSON in [
                [:], ["nationalNumber": "12"], ["nationalNumber": 600_000_012], ["nationalNumber": "600000012", "more": "x"], [],
            ] {
                let (incoming, _) = try desk.signed("/population/person", body)
                await #expect(desk.dispatcher.answer(incoming).status == 422)
            }
        }
    }

    @Test func theyAreMadeOnce() async throws {
        try await Desk.with(people: 300) { desk, folder in
            #expect(desk.lines.all.withLock { $0.last } == "the registers are ready")
            await desk.registers.close()
            let again = try await Desk.open(folder, 300, desk.client, .generate(), false)
            #expect(again.lines.all.withLock { $0.isEmpty })
            await again.registers.close()
            let larger = try await Desk.open(folder, 400, desk.client, .generate(), false)
            #expect(!larger.lines.all.withLock { $0.isEmpty })
            await larger.registers.close()
        }
    }

    @Test func faultsExistOnlyWhereAllowed() async throws {
        try await Desk.with(people: 50) { desk, _ in
            await #expect(desk.dispatcher.answer(Incoming(.post, "/faults", body: Array("{\"mode\":\"down\"}".utf8))).status == 404)
        }
        try await Desk.with(people: 50, faults: true) { desk, _ in
            func set(_ mode: String) async {
                _ = await desk.dispatcher.answer(Incoming(.post, "/faults", body: Array("{\"mode\":\"\(mode)\"}".utf8)))
            }
            await set("down")
            let (first, _) = try desk.signed("/population/person", ["nationalNumber": "600000012"])
            await #expect(desk.dispatcher.answer(first).status == 503)
            for mode in ["wrong-signature", "other-answer"] {
                await set(mode)
                await #expect(throws: MessageSignatureError.self) {
                    try await desk.ask("/population/person", ["nationalNumber": "600000012"])
                }
            }
            await set("none")
            try await #expect(desk.ask("/population/person", ["nationalNumber": "600000012"]).status == 200)
        }
    }

    @Test func theWholeInterfaceIsDescribed() async throws {
        try await Desk.with(people: 50) { desk, _ in
            let document = OpenAPI.document(title: "Registers", version: "1", desk.dispatcher.table)
            #expect(
                document["paths"]?.object?.keys.filter { !$0.hasPrefix("/static") }.sorted() == RegisterOperation.all.map(\.path).sorted())
        }
    }

    /// Papers of people who live here with a permit: the two registers agree on one, and know nothing of another.
    @Test func foreignersAreKnownByEitherPaper() async throws {
        try await Desk.with { desk, _ in
            let (permit, passport) = ("F60000015", "PH-P6000001A")
            for (paper, number, issued) in [("permit", permit, "2025-02-03"), ("passport", passport, "2024-08-21")] {
                func question(_ issued: String) -> JSON {
                    ["paper": .string(paper), "number": .string(number), "birthDate": "1990-05-17", "issueDate": .string(issued)]
                }
                let (right, wrong) = (try await desk.ask("/foreigners/check", question(issued)), try await desk.ask("/foreigners/check", question("2020-01-01")))
                #expect(right.json == ["matches": true] && wrong.json == ["matches": false])
                let person = try await desk.ask("/foreigners/person", ["paper": .string(paper), "number": .string(number)]).json
                #expect(person["permit"]?.string == permit && person["passport"]?.string == passport && person["givenNameLatin"] == "Maria")
                for (code, matches) in [("5000", true), ("4000", false)] {
                    let asked: JSON = ["paper": .string(paper), "number": .string(number), "localityCode": .string(code)]
                    #expect(try await desk.ask("/foreign-insured/check", asked).json == ["matches": .bool(matches)])
                }
            }
            #expect(try await desk.ask("/foreigners/person", ["paper": "permit", "number": "F99999999"]).status == 404)
        }
    }
}
