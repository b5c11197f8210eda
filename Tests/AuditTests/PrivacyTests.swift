@testable import Audit
import Contracts
import Database
import HTTPTypes
import Language
import Synchronization
import TestKit
import Testing
import Transparency
import Trust
import Values
import Web

/// Who holds an office at Haifa, who had a case there, and when its offices work: Sunday to Thursday.
struct Surroundings: Offices, CaseStanding, WorkingDays {
    var colleagues: Set<String> = ["colleague"]
    var clients: Set<String> = ["client"]

    func holdings(of bodyID: String, from date: CalendarDate, in connection: any Connection) throws -> [OfficeHolding] { [] }
    func holdings(ofPerson subjectID: String, from date: CalendarDate, in connection: any Connection) throws -> [OfficeHolding] {
        guard colleagues.contains(subjectID) else { return [] }
        return [OfficeHolding(subjectID: subjectID, bodyID: OneBody.haifa.id, role: "case-officer", from: date.adding(days: -9), to: nil)]
    }
    func set(_ holding: OfficeHolding, in connection: any Connection) throws {}
    func hadCase(_ subjectID: String, with bodyID: String, at time: Instant, closedAfter end: Instant, in connection: any Connection) throws -> Bool {
        clients.contains(subjectID)
    }
    func isWorking(_ date: CalendarDate) -> Bool { date.weekday < 5 }
}

@Suite struct PrivacyTests {
    /// A Sunday at ten in the morning in Israel.
    private static let morning = IsraelTime.instant(CalendarDate("2027-01-17")!, hour: 10)

    private static func look(
        _ subject: String, by officer: String = "michal", at time: Instant = morning, basis: Basis = .law("law-1"), caseID: String? = nil
    ) -> AuditEntry {
        let actor = Actor(
            kind: .person, id: officer, name: officer, assurance: .substantial, capacity: .office(organisation: OneBody.haifa.id, role: "case-officer"))
        return AuditEntry(subjectID: subject, actor: actor, action: .read, what: "case.view", caseID: caseID, basis: basis, fields: ["name"], at: time)
    }

    private static func kinds(_ entry: AuditEntry, colleague: Bool = false, hadCase: Bool = true, working: Bool = true) -> [AlarmKind] {
        Look(AuditRecord(entry, id: "x")).map {
            LookRules.alarms($0, LookCircumstances(isColleague: colleague, hadCase: hadCase, isWorkingDay: working))
        } ?? []
    }

    @Test func whatNeedsAnExplanation() {
        #expect(Self.kinds(Self.look("client")).isEmpty)
        #expect(Self.kinds(Self.look("stranger"), hadCase: false) == [.noCase])
        #expect(Self.kinds(Self.look("stranger", basis: .request("visit")), hadCase: false).isEmpty)
        #expect(Self.kinds(Self.look("stranger", basis: .request("draft"), caseID: "case-1"), hadCase: false) == [.noCase])
        #expect(Self.kinds(Self.look("stranger", basis: .consent("consent-1")), hadCase: false).isEmpty)
        #expect(Self.kinds(Self.look("michal")) == [.own])
        #expect(Self.kinds(Self.look("colleague"), colleague: true) == [.colleague])
        #expect(Self.kinds(Self.look("client"), working: false) == [.offHours])
        for hour in 0..<24 {
            let time = IsraelTime.instant(CalendarDate("2027-01-17")!, hour: hour)
            #expect(Self.kinds(Self.look("client", at: time)) == (LookRules.hours.contains(hour) ? [] : [.offHours]))
        }
        // A person's own look, and a program's, are nobody's to judge.
        let own = AuditEntry(
            subjectID: "noa", actor: Actor(kind: .person, id: "noa", name: "noa"), action: .read, what: "case.view", basis: .request("x"), at: Self.morning)
        #expect(Look(AuditRecord(own, id: "x")) == nil)
        var system = Self.look("client")
        system.actorID = "system:worker"
        #expect(Look(AuditRecord(system, id: "x")) == nil)
    }

    /// By property: whoever does what everybody does never stands out; ten times as much always does; few peers say nothing.
    @Test func volumeIsHeldAgainstPeers() {
        for usual in [0, 3, 10, 25, 60] {
            let peers = (0..<9).map { usual + $0 % 3 }
            #expect(LookVolume.excess(usual, among: peers) == nil && LookVolume.excess(usual + 2, among: peers) == nil)
            let much = max(LookVolume.everydayLimit + 1, usual * 10)
            #expect(LookVolume.excess(much, among: peers) == usual + 1)
            #expect(LookVolume.excess(much, among: Array(peers.prefix(3))) == nil)
            // One colleague who looks at everybody does not hide another.
            #expect(LookVolume.excess(much, among: peers + [100_000]) != nil)
        }
    }

    private static func with(
        _ engine: TestEngine, _ body: @Sendable (PrivacyDesk, Dispatcher, TestClock) async throws -> Void
    ) async throws {
        try await TestDatabases.with(engine) { database in
            try await Migrations([
                (module: "jobs", folder: "\(AuditLogs.sources)/Core/Jobs/Schema"), (module: "audit", folder: "\(AuditLogs.sources)/Components/Audit/Schema"),
            ]).apply(to: database)
            let (clock, site) = (TestClock(morning), try AuditLogs.site.get())
            let audit = Audit(
                database: database, signer: try NoteSigner(name: "zamin.test/audit", key: .generate()), checkpointFolder: nil, bodies: OneBody(), site: site,
                clock: clock.source)
            let around = Surroundings()
            let desk = PrivacyDesk(audit: audit, offices: around, cases: around, days: around)
            let dispatcher = try Dispatcher(
                routes: desk.routes + audit.routes, site: site, authenticator: CookiePerson(),
                settings: .init(rates: .unlimited, clock: clock.source, formKey: HMACKey(bytes: Array(repeating: 7, count: 32)), explain: { _ in nil }),
                logger: TestLog().logger)
            try await body(desk, dispatcher, clock)
        }
    }

    private static func record(_ desk: PrivacyDesk, _ entries: [AuditEntry]) async throws {
        try await desk.audit.database.write { connection in for entry in entries { try desk.audit.record(entry, in: connection) } }
        while try await desk.audit.advance() > 0 {}
        try await desk.watch()
    }

    private static func alarms(_ desk: PrivacyDesk, for officer: String = "privacy") async throws -> [Alarm] {
        try await desk.audit.database.read { connection in
            try [false, true].flatMap { try desk.store.alarms(of: OneBody.haifa.id, isJudged: $0, for: officer, limit: 50, in: connection) }
        }
    }

    @Test(arguments: TestDatabases.engines)
    func looksBecomeOneAlarmForADay(engine: TestEngine) async throws {
        try await Self.with(engine) { desk, _, _ in
            try await Self.record(desk, [Self.look("client"), Self.look("stranger"), Self.look("stranger", basis: .law("law-2"))])
            let alarm = try #require(try await Self.alarms(desk).first)
            try await #expect(Self.alarms(desk).count == 1)
            #expect(alarm.kinds == [.noCase] && alarm.looks == 2 && alarm.subjectID == "stranger" && alarm.officerID == "michal")
            // Reading the log again finds nothing twice; two watchers at once neither.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 { group.addTask { try await desk.watch() } }
                try await group.waitForAll()
            }
            try await #expect(Self.alarms(desk).map(\.looks) == [2])
            // Nobody judges herself, nor looks at herself.
            try await Self.record(desk, [Self.look("privacy"), Self.look("stranger", by: "privacy")])
            try await #expect(Self.alarms(desk).count == 1)
            try await #expect(Self.alarms(desk, for: "another").count == 3)
        }
    }

    @Test(arguments: TestDatabases.engines)
    func farTooManyPeopleInADay(engine: TestEngine) async throws {
        try await Self.with(engine) { desk, _, clock in
            let entries = (0..<5).flatMap { officer in (0..<3).map { Self.look("client", by: "officer-\(officer)", caseID: "\($0)") } }
            let many = (0..<40).map { Self.look("person-\($0)", by: "curious", basis: .request("visit")) }
            try await Self.record(desk, entries + many)
            try await #expect(Self.alarms(desk).isEmpty)
            clock.advance(seconds: 86_400)
            try await desk.watch()
            let alarm = try #require(try await Self.alarms(desk).first)
            #expect(alarm.kinds == [.volume] && alarm.officerID == "curious" && alarm.looks == 40 && alarm.usual == 1 && alarm.subjectID == nil)
            try await desk.watch()
            try await #expect(Self.alarms(desk).count == 1)
        }
    }

    @Test(arguments: TestDatabases.engines)
    func aJudgementIsKeptAndTold(engine: TestEngine) async throws {
        try await Self.with(engine) { desk, dispatcher, _ in
            try await Self.record(desk, [Self.look("stranger")])
            let alarm = try #require(try await Self.alarms(desk).first)
            let path = "/desk/privacy/\(alarm.id)"
            func get(_ path: String, as cookie: String, _ language: String = "en") async -> Reply {
                let headers: HTTPFields = [.accept: "text/html", .cookie: "\(Dispatcher.sessionCookie)=\(cookie)"]
                return await dispatcher.answer(Incoming(.get, "/\(language)\(path)", headers: headers))
            }
            func post(_ fields: [(String, String)], as cookie: String = "privacy") async -> Reply {
                let page = String(decoding: await get(path, as: cookie).body, as: UTF8.self)
                let token = page.split(separator: "name=\"_csrf\" value=\"").dropFirst().first.map { String($0.prefix { $0 != "\"" }) } ?? ""
                let body = ([("_csrf", token)] + fields).map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
                let headers: HTTPFields = [
                    .accept: "text/html", .cookie: "\(Dispatcher.sessionCookie)=\(cookie)", .contentType: "application/x-www-form-urlencoded",
                ]
                return await dispatcher.answer(Incoming(.post, "/en\(path)", headers: headers, body: Array(body.utf8)))
            }
            let list = String(decoding: await get("/desk/privacy", as: "privacy", "he").body, as: UTF8.self)
            #expect(list.contains("michal") && list.contains(alarm.id))
            await #expect(get("/desk/privacy", as: "stranger").status == 403)
            await #expect(get(path, as: "elsewhere").status == 404)
            await #expect(post([("verdict", "justified"), ("reason", "short")]).status == 422)
            await #expect(post([("verdict", "unjustified"), ("reason", "There was no reason to look")]).status == 303)
            // It may be said again; all of it is kept, and the last word is what she reads.
            await #expect(post([("verdict", "justified"), ("reason", "The letter she wrote was found")]).status == 303)
            let reviews = try await desk.audit.database.read { try desk.store.reviews(of: alarm, in: $0) }
            #expect(reviews.map(\.verdict) == [.unjustified, .justified])
            let page = String(decoding: await get("/me/access", as: "stranger").body, as: UTF8.self)
            let told = try AuditLogs.site.get().catalogue.text(
                "audit.access.justified", in: .en, ["date": Formats.date(IsraelTime.date(Self.morning), in: .en)])
            #expect(page.contains(told))
            // The privacy officer's own looks are in the log, too, and need no explanation.
            while try await desk.audit.advance() > 0 {}
            try await desk.watch()
            try await #expect(Self.alarms(desk, for: "another").count == 1)
            let history = try await desk.audit.database.read {
                try desk.audit.store.history(of: "stranger", before: nil, at: Self.morning.adding(days: 1), limit: 50, in: $0)
            }
            #expect(history.contains { $0.what == "privacy.alarm" && $0.actorID == "privacy" })
            try await #expect(desk.audit.verify().isWhole)
        }
    }
}

struct CookiePerson: Authenticator {
    func actor(cookies: [String: String], authorization: String?, remoteAddress: String) async throws -> Actor {
        func officer(_ id: String, _ body: String) -> Actor {
            Actor(
                kind: .person, id: id, name: id, sessionID: "s", assurance: .substantial,
                capacity: .office(organisation: body, role: OfficerRole.privacyOfficer), roles: [OfficerRole.privacyOfficer])
        }
        switch cookies[Dispatcher.sessionCookie] {
        case "privacy": return officer("privacy", OneBody.haifa.id)
        case "elsewhere": return officer("elsewhere", "another")
        case let id?: return Actor(kind: .person, id: id, name: id, sessionID: "s", assurance: .substantial)
        case nil: return .anonymous
        }
    }
}
