@testable import Audit
import Contracts
import Database
import HTTPTypes
import Language
import TestKit
import Testing
import Transparency
import Trust
import Values
import Web

/// What a person sees of the looks at her data, and when.
@Suite struct VisibilityTests {
    private static let looked = Instant(seconds: 1_800_000_000)
    private static let day = IsraelTime.date(looked)
    private static let classes: [LookVisibility] = [.now, .delayed(days: 30), .countOnly, .hidden(law: "law-1", until: day.adding(days: 60))]

    private static func look(_ visibility: LookVisibility, at time: Instant = looked) -> AuditEntry {
        var entry = AuditEntry(
            subjectID: "noa", actor: .system("test"), action: .fetch, what: "register.population.person", basis: .law("law-1"), fields: ["name"], at: time)
        (entry.bodyID, entry.visibility) = ("municipality-haifa", visibility)
        return entry
    }

    /// A log with one look of each class.
    private static func with(_ engine: TestEngine, _ body: @Sendable (Audit, any Database) async throws -> Void) async throws {
        try await TestDatabases.with(engine) { database in
            try await Migrations([(module: "audit", folder: "\(AuditLogs.sources)/Components/Audit/Schema")]).apply(to: database)
            let log = try AuditLogs.audit(database, key: .generate(), keptIn: nil)
            try await database.write { connection in
                for visibility in classes { try log.record(look(visibility), in: connection) }
            }
            while try await log.advance() > 0 {}
            try await body(log, database)
        }
    }

    private static func seen(_ log: Audit, _ database: any Database, at time: Instant) async throws -> Set<String> {
        Set(try await database.read { try log.store.history(of: "noa", before: nil, at: time, limit: 50, in: $0) }.map(\.visibility.name))
    }

    @Test(arguments: TestDatabases.engines)
    func eachClassAppearsInItsTime(engine: TestEngine) async throws {
        try await Self.with(engine) { log, database in
            let (delayed, hidden) = (Self.looked.adding(days: 30), IsraelTime.instant(Self.day.adding(days: 61)))
            try await #expect(Self.seen(log, database, at: Self.looked) == ["now"])
            try await #expect(Self.seen(log, database, at: delayed.adding(seconds: -1)) == ["now"])
            try await #expect(Self.seen(log, database, at: delayed) == ["now", "delayed"])
            try await #expect(Self.seen(log, database, at: hidden.adding(seconds: -1)) == ["now", "delayed"])
            try await #expect(Self.seen(log, database, at: hidden) == ["now", "delayed", "hidden"])
            // Counted ones never become lines.
            try await #expect(Self.seen(log, database, at: hidden.adding(days: 3_650)).contains("count-only") == false)
            let counted = try await database.read { try log.store.counted(of: "noa", limit: 10, in: $0) }
            #expect(counted.map(\.visibility) == [.countOnly])
        }
    }

    /// No proof gives away what the list does not show.
    @Test(arguments: TestDatabases.engines)
    func whatIsNotShownHasNoProof(engine: TestEngine) async throws {
        try await Self.with(engine) { log, database in
            let all = try await database.read { try log.store.records(after: -1, limit: 10, in: $0) }
            #expect(all.count == 4)
            for entry in all {
                let record = entry.record
                let isShown = record.visibility == .now
                let leaf = try await database.read { try log.store.leaf(record.id, subjectID: "noa", at: Self.looked, in: $0) }
                #expect((leaf != nil) == isShown, "\(record.visibility)")
            }
        }
    }

    /// By property: for any class and moment, what the column lets through is what the signed text says.
    @Test func theColumnIsTheText() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let days = Int.random(in: 1...365, using: &random)
            let at = Instant(seconds: Int64.random(in: 1_700_000_000...1_900_000_000, using: &random))
            let until = IsraelTime.date(at).adding(days: days)
            for visibility in [LookVisibility.now, .delayed(days: days), .countOnly, .hidden(law: "law-1", until: until)] {
                let record = AuditRecord(Self.look(visibility, at: at), id: "x")
                #expect(record.visibility == visibility)
                switch visibility {
                case .now: #expect(record.visibleFrom.map { $0 <= at } == true)
                case .countOnly: #expect(record.visibleFrom == nil)
                case .delayed, .hidden: #expect(record.visibleFrom.map { $0 > at && $0 <= at.adding(days: Int64(days) + 2) } == true)
                }
            }
        }
    }

    /// Whoever can write to the database cannot hide an entry unnoticed.
    @Test(arguments: TestDatabases.engines)
    func aColumnThatSaysOtherwiseIsFound(engine: TestEngine) async throws {
        try await Self.with(engine) { log, database in
            try await #expect(log.verify().isWhole)
            for value in ["NULL", "9000000000000000000"] {
                try await database.write { try $0.execute("UPDATE audit_entry SET visible_from = \(value) WHERE sequence = 0", []) }
                try await #expect(log.verify().isWhole == false)
            }
        }
    }

    @Test func countsAreToldByBodyAndMonth() throws {
        let words = AuditWords(site: try AuditLogs.site.get(), bodies: OneBody(), language: .en)
        let times = [0, 1, 40].map { Instant(seconds: 1_800_000_000 + Int64($0) * 86_400) }
        let rows = words.counts(times.map { AuditRecord(Self.look(.countOnly, at: $0), id: "x") })
        #expect(rows.map { "\($0["body"] ?? "") \($0["month"] ?? "") \($0["count"] ?? "")" } == ["Haifa February 2027 once", "Haifa January 2027 2 times"])
        let russian = AuditWords(site: try AuditLogs.site.get(), bodies: OneBody(), language: .ru).counts([AuditRecord(Self.look(.countOnly), id: "x")])
        #expect(russian.first?["month"] as? String == "1.2027")
    }
}
