@testable import Audit
import Contracts
import Database
import Foundation
import TestKit
import Testing
@testable import Transparency
import Trust
import Values

/// Somebody who can write in the database changes the log.
@Suite struct TamperingTests {
    /// What is found after these statements.
    private func faults(
        _ engine: TestEngine, keeps: Bool = true, _ statements: String...
    ) async throws -> [LogVerification.Fault] {
        let found = Found()
        try await AuditLogs.with(engine, keeps: keeps) { log, database in
            try await database.write { connection in for statement in statements { try connection.execute(statement, []) } }
            await found.set(try await log.verify().faults)
        }
        return await found.faults
    }

    private actor Found {
        var faults: [LogVerification.Fault] = []
        func set(_ faults: [LogVerification.Fault]) { self.faults = faults }
    }

    private static let altered = "UPDATE audit_entry SET content = replace(content, 'case.view', 'case.note') WHERE sequence = 5"

    @Test(arguments: TestDatabases.engines)
    func aChangedRowShows(engine: TestEngine) async throws {
        let found = try await faults(engine, Self.altered)
        #expect(Set(found.map(\.description)).count == found.count)
        #expect(found.contains(.wrongRoot(size: 400)) && found.contains(.wrongRoot(size: 700)) && found.contains(.wrongTile(level: 0, index: 0)))
    }

    /// A person's page finds entries by columns that are not part of the leaf.
    @Test(arguments: TestDatabases.engines)
    func anEntryCannotBeHiddenFromThePerson(engine: TestEngine) async throws {
        try await #expect(faults(engine, "UPDATE audit_entry SET subject_id = 'x' WHERE sequence = 5") == [.otherColumns(sequence: 5)])
        try await #expect(faults(engine, "UPDATE audit_entry SET id = 'x' WHERE sequence = 6") == [.otherColumns(sequence: 6)])
        try await #expect(faults(engine, "UPDATE audit_entry SET at = 0 WHERE sequence = 7") == [.otherColumns(sequence: 7)])
        let lost = try await faults(engine, "UPDATE audit_entry SET sequence = -1 WHERE sequence = 8")
        #expect(lost.contains(.strangePlace(sequence: -1)) && lost.contains(.missingEntry(sequence: 8)))
    }

    @Test(arguments: TestDatabases.engines)
    func aRemovedMiddleRowShows(engine: TestEngine) async throws {
        try await #expect(faults(engine, "DELETE FROM audit_entry WHERE sequence = 123") == [.missingEntry(sequence: 123)])
    }

    @Test(arguments: TestDatabases.engines)
    func aCutTailShows(engine: TestEngine) async throws {
        let rows = try await faults(engine, "DELETE FROM audit_entry WHERE sequence >= 650")
        #expect(rows.contains(.shorterThanSigned(size: 700)))
        // With everything in the database that says so, only what is kept outside knows.
        let all = try await faults(
            engine, "DELETE FROM audit_entry WHERE sequence >= 400", "DELETE FROM audit_checkpoint WHERE size > 400",
            "DELETE FROM audit_tile WHERE position > 1", "UPDATE audit_tile SET hashes = substr(hashes, 1, 4608) WHERE level = 0 AND position = 1",
            "UPDATE audit_tile SET hashes = substr(hashes, 1, 32) WHERE level = 1")
        #expect(all == [.shorterThanKept(size: 700)])
    }

    /// Signing and giving places are one transaction, so the log must end at its last checkpoint.
    @Test(arguments: TestDatabases.engines)
    func entriesBeyondTheLastCheckpointShow(engine: TestEngine) async throws {
        let unsigned = try await faults(engine, keeps: false, Self.altered, "DELETE FROM audit_checkpoint WHERE size > 5")
        #expect(unsigned.contains(.beyondSigned(size: 0)))
        let one = try await faults(engine, keeps: false, "DELETE FROM audit_checkpoint WHERE size = 700")
        #expect(one == [.beyondSigned(size: 400)])
        let middle = try await faults(engine, "DELETE FROM audit_checkpoint WHERE size = 400")
        #expect(middle == [], "the kept one agrees with the entries")
        let altered = try await faults(engine, Self.altered, "DELETE FROM audit_checkpoint WHERE size = 400")
        #expect(altered.contains(.wrongRoot(size: 700)))
        let appended = try await faults(
            engine, "INSERT INTO audit_entry (subject_id, id, at, content, sequence) VALUES ('x', 'y', 0, '{}', 700)")
        #expect(appended.contains(.beyondSigned(size: 700)) && appended.contains(.otherColumns(sequence: 700)))
    }

    @Test(arguments: TestDatabases.engines)
    func aChangedTileShows(engine: TestEngine) async throws {
        let swap = "UPDATE audit_tile SET hashes = (SELECT hashes FROM audit_tile WHERE level = 0 AND position = 0) WHERE level = 0 AND position = 1"
        try await #expect(faults(engine, swap) == [.wrongTile(level: 0, index: 1)])
        try await #expect(
            faults(engine, "DELETE FROM audit_tile WHERE level = 0 AND position = 0")
                == [.wrongTile(level: 0, index: 0), .tileCount(3, expected: 4)])
    }

    @Test(arguments: TestDatabases.engines)
    func aForeignCheckpointShowsAndSoDoesAnotherKey(engine: TestEngine) async throws {
        let forged = "INSERT INTO audit_checkpoint (size, note, at) SELECT size + 1, note, at FROM audit_checkpoint WHERE size = 700"
        try await #expect(faults(engine, forged) == [.badSignature(size: 701)])
        try await AuditLogs.with(engine) { log, database in
            let other = try AuditLogs.audit(database, key: .generate(), keptIn: log.log.kept?.path)
            let found = try await other.verify().faults
            #expect(found.contains(.badSignature(size: 700)) && found.contains { if case .badKept = $0 { true } else { false } })
        }
    }

    /// More checkpoints than come in one page, and the limit of what is told.
    @Test func manyCheckpointsAndManyFaultsTakeNoMoreMemory() async throws {
        try await AuditLogs.with(.sqlite) { log, database in
            for n in 0..<600 {
                try await database.write { try log.record(AuditLogs.entry("person-1", n), in: $0) }
                _ = try await log.advance()
            }
            let whole = try await log.verify()
            #expect(whole.isWhole && whole.checkpoints == 602 && whole.kept == 602)
            try await database.write { _ = try $0.execute("UPDATE audit_entry SET subject_id = 'x' || sequence WHERE sequence >= 0", []) }
            try await #expect(log.verify().faults.count == LogVerification.faultLimit)
        }
    }
}

/// A stranger's entry, and what the sequencer makes of it.
@Suite struct SequencerTests {
    private static let stranger = "INSERT INTO audit_entry (subject_id, id, at, content, sequence) VALUES ('x', 'y', 0, '{}', 700)"

    @Test(arguments: TestDatabases.engines)
    func aStrangersPlaceDoesNotStopTheLog(engine: TestEngine) async throws {
        try await AuditLogs.with(engine) { log, database in
            try await database.write { connection in
                try connection.execute(Self.stranger, [])
                try log.record(AuditLogs.entry("person-1", 1), in: connection)
            }
            try await #expect(log.advance() == 2)
            // It lies in the log now, and its columns tell that it is none of ours.
            try await #expect(log.verify().faults.allSatisfy { if case .otherColumns = $0 { true } else { false } })
        }
    }

    /// Where checkpoints were taken away, nothing is signed over it.
    @Test(arguments: TestDatabases.engines)
    func nothingIsSignedOverALogThatWasCut(engine: TestEngine) async throws {
        for keeps in [true, false] {
            try await AuditLogs.with(engine, keeps: keeps) { log, database in
                try await database.write { connection in
                    try connection.execute("DELETE FROM audit_checkpoint WHERE size = 700", [])
                    try log.record(AuditLogs.entry("person-1", 1), in: connection)
                }
                await #expect(throws: LogError.beyondSigned(size: 400)) { try await log.advance() }
            }
        }
    }
}
