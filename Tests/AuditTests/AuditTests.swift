@testable import Audit
import Contracts
import Database
import Foundation
import TestKit
import Testing
import Transparency
import Trust
import Values
import Web

@Suite struct AuditTests {
    @Test(arguments: TestDatabases.engines)
    func aWholeLogVerifiesAndProvesEachEntry(engine: TestEngine) async throws {
        try await AuditLogs.with(engine) { log, database in
            let result = try await log.verify()
            #expect(result.isWhole)
            #expect(result.entries == 700 && result.waiting == 0 && result.checkpoints == 2 && result.kept == 2)
            let history = try await database.read { try log.store.history(of: "person-3", before: nil, at: .init(seconds: 1_900_000_000), limit: 500, in: $0) }
            #expect(history.count == 100)
            try await database.read { connection in
                for record in history.prefix(20) {
                    let leaf = try #require(try log.store.leaf(record.id, subjectID: "person-3", at: .init(seconds: 1_900_000_000), in: connection))
                    let proof = try log.log.proof(of: LogLeaf(leaf.text), at: leaf.sequence, in: connection)
                    try #expect(AuditLogs.proves(proof))
                    var other = proof
                    other["leaf"] = .string(leaf.text.replacing("person-3", with: "person-4"))
                    try #expect(!AuditLogs.proves(other))
                }
            }
        }
    }

    /// Looking at the log changes nothing in it: what waits goes on waiting, and nothing is signed.
    @Test(arguments: TestDatabases.engines)
    func verifyingOnlyReads(engine: TestEngine) async throws {
        try await AuditLogs.with(engine) { log, database in
            for n in 0..<3 { try await database.write { try log.record(AuditLogs.entry("person-1", n), in: $0) } }
            let result = try await log.verify()
            #expect(result.isWhole && result.entries == 700 && result.waiting == 3)
            try await #expect(log.verify() == result)
            try await #expect(log.advance() == 3)
            try await #expect(log.verify().entries == 703)
        }
    }

    /// Two workers' clocks give places at the same time: each entry gets one, and nobody fails.
    @Test(arguments: TestDatabases.engines)
    func severalWorkersGivePlacesWithoutColliding(engine: TestEngine) async throws {
        try await AuditLogs.with(engine) { log, database in
            let placed = try await withThrowingTaskGroup(of: Int.self) { tasks in
                for worker in 0..<4 {
                    tasks.addTask {
                        var placed = 0
                        for n in 0..<10 {
                            try await database.write { try log.record(AuditLogs.entry("worker-\(worker)", n), in: $0) }
                            placed += try await log.advance()
                        }
                        return placed
                    }
                }
                return try await tasks.reduce(0, +)
            }
            #expect(placed == 40)
            let result = try await log.verify()
            #expect(result.isWhole && result.entries == 740 && result.waiting == 0 && result.kept == result.checkpoints)
        }
    }

    /// The leaf says in what capacity and under which agreement somebody looked.
    @Test func theLeafHoldsCapacityAgreementAndLaw() throws {
        let signer = Actor(kind: .person, id: "person-1", name: "נועה", capacity: .representative(of: "680000015"))
        var entry = AuditEntry(
            subjectID: "680000015", actor: signer, action: .fetch, what: "register.businesses.business", basis: .request("draft-1"),
            at: Instant(seconds: 1))
        (entry.bodyID, entry.agreementID, entry.law) = ("municipality-haifa", "agreement-1", "companies-law-1999")
        let content = AuditRecord(entry, id: "id").content
        #expect(content["representative"] == "680000015" && content["agreement"] == "agreement-1" && content["law"] == "companies-law-1999")
        #expect(AuditRecord(AuditLogs.entry("person-1", 1), id: "id").content["representative"] == nil)
        // What is seen at once says nothing of it, so that entries are as they always were.
        try #expect(!CanonicalJSON.text(of: content).contains("visibility"))
    }
}
