@testable import Audit
import Database
import TestKit
import Testing
import Timestamping
@testable import Transparency
import Trust
import Values

/// Checkpoints of the log with time stamps of an authority outside.
@Suite struct StampTests {
    private let openSSL: OpenSSLAuthority

    init() throws { openSSL = try OpenSSLAuthority() }

    @Test(arguments: TestDatabases.engines)
    func aStampedCheckpointProvesWhatLiesBeforeIt(engine: TestEngine) async throws {
        let authority = openSSL.authority("stamp")
        try await AuditLogs.with(engine, timestamps: authority) { log, database in
            try await #expect(log.log.stamp())
            try await #expect(!log.log.stamp(), "it has one")
            try await database.write { connection in try log.record(AuditLogs.entry("person-1", 700), in: connection) }
            try await log.advance()
            let (old, new) = try await StampTests.proofs(of: [5, 700], in: log, database)
            let token = try #require(old["timestamp"]?.string.flatMap { Base64.decode($0) })
            let note = try #require(old["checkpoint"]?.string)
            _ = try authority.check(token, over: Array(note.utf8))
            try #expect(AuditLogs.proves(old) && note.contains("\n700\n"))
            try #expect(AuditLogs.proves(new) && new["timestamp"] == nil)
            // The first stamp goes on being the one: it says the earliest time.
            try await #expect(log.log.stamp())
            try await #expect(StampTests.proofs(of: [5, 700], in: log, database).0 == old)
            try await #expect(StampTests.proofs(of: [5, 700], in: log, database).1["timestamp"] != nil)
            let found = try await log.verify()
            #expect(found.isWhole && found.stamps == 2 && found.uncheckedStamps == 0)
            #expect(try #require(found.firstStamp) <= #require(found.lastStamp))
        }
    }

    private static func proofs(of places: [Int64], in log: Audit, _ database: any Database) async throws -> (JSON, JSON) {
        try await database.read { connection in
            let proofs = try places.map { place in
                let entry = try #require(try log.store.placed(after: place - 1, limit: 1, in: connection).first)
                return try log.log.proof(of: entry.leaf, at: place, in: connection)
            }
            return (proofs[0], proofs[1])
        }
    }

    /// Stamps of one checkpoint do not go for another, and what is no stamp is told.
    @Test(arguments: TestDatabases.engines)
    func aStampThatWasChangedShows(engine: TestEngine) async throws {
        try await AuditLogs.with(engine, timestamps: openSSL.authority("stamp")) { log, database in
            try await log.log.stamp()
            let move = "UPDATE audit_checkpoint SET stamp = (SELECT stamp FROM audit_checkpoint WHERE size = 700) WHERE size = 400"
            try await database.write { try $0.execute(move, []) }
            let moved = try await log.verify()
            guard case .badStamp(size: 400, .untrusted)? = moved.faults.first, moved.faults.count == 1 else {
                Issue.record("\(moved.faults)")
                return
            }
            try await database.write { try $0.execute("UPDATE audit_checkpoint SET stamp = $1 WHERE size = 400", [.blob([1, 2])]) }
            try await #expect(log.verify().faults == [.badStamp(size: 400, .unreadable)])
        }
    }

    /// Nothing but the stamp is missing when the authority is away or lies, and the next one covers it.
    @Test(arguments: ["away", "stale"]) func anAuthorityThatFailsStopsNothing(path: String) async throws {
        try await AuditLogs.with(.sqlite, timestamps: openSSL.authority(path)) { log, database in
            await #expect(throws: TimestampError.self) { try await log.log.stamp() }
            try await database.write { connection in try log.record(AuditLogs.entry("person-1", 700), in: connection) }
            try await #expect(log.advance() == 1)
            let found = try await log.verify()
            #expect(found.isWhole && found.entries == 701 && found.stamps == 0)
        }
    }

    /// A log is read without the authority's certificates too; its stamps are then said to be unchecked, not to hold.
    @Test func withoutAnAuthorityStampsAreNotChecked() async throws {
        try await AuditLogs.with(.sqlite) { log, database in
            try await #expect(!log.log.stamp())
            try await database.write { try $0.execute("UPDATE audit_checkpoint SET stamp = $1 WHERE size = 400", [.blob([1])]) }
            let found = try await log.verify()
            #expect(found.isWhole && found.stamps == 0 && found.uncheckedStamps == 1)
        }
    }
}
