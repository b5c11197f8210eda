@testable import Audit
import Contracts
import Database
import Foundation
import Language
import TestKit
import Testing
import Trust
import Values
import Web

private let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../../Sources"

private struct NoBodies: BodyDirectory {
    var bodies: [PublicBody] { [] }
    var localities: [Locality] { [] }
    func body(_ id: String) -> PublicBody? { nil }
    func locality(_ code: Int) -> Locality? { nil }
    func municipality(of locality: Int) -> PublicBody? { nil }
}

private func audit(_ database: any Database, key: SigningKey) throws -> Audit {
    let folders = [("web", "Core/Web"), ("audit", "Components/Audit")].map { ResourceFolder(module: $0.0, path: "\(sources)/\($0.1)") }
    return Audit(
        database: database, signer: try NoteSigner(name: "zamin.test/audit", key: key), bodies: NoBodies(), site: try Site(folders: folders),
        clock: .wallClock)
}

private func entry(_ subject: String, _ n: Int) -> AuditEntry {
    AuditEntry(
        subjectID: subject, actor: .system("test"), action: .read, what: "case.view", basis: .law("business-licensing-law-1968"), fields: ["name"],
        at: Instant(seconds: 1_800_000_000 + Int64(n)))
}

@Suite struct AuditTests {
    private func withLog(_ engine: TestEngine, _ body: @Sendable (Audit, any Database) async throws -> Void) async throws {
        try await TestDatabases.with(engine) { database in
            try await Migrations([(module: "audit", folder: "\(sources)/Components/Audit/Schema")]).apply(to: database)
            let log = try audit(database, key: .generate())
            for n in 0..<700 { try await database.write { try log.record(entry("person-\(n % 7)", n), in: $0) } }
            while try await log.advance() > 0 {}
            try await body(log, database)
        }
    }

    @Test(arguments: TestDatabases.engines)
    func aWholeLogVerifiesAndProvesEachEntry(engine: TestEngine) async throws {
        try await withLog(engine) { log, database in
            let result = try await log.verify()
            #expect(result.isWhole)
            #expect(result.entries == 700)
            let history = try await database.read { try log.store.history(of: "person-3", before: nil, limit: 500, in: $0) }
            #expect(history.count == 100)
            try await database.read { connection in
                let checkpoint = try #require(try log.store.latestCheckpoint(in: connection))
                let signed = try Checkpoint.verified(checkpoint.note, origin: "zamin.test/audit", by: log.sequencer.signer.verifier)
                let tiles = MerkleTiles(size: checkpoint.size) { try log.store.tile($0, in: connection) }
                for record in history.prefix(20) {
                    let leaf = try #require(try log.store.leaf(record.id, subjectID: "person-3", in: connection))
                    let index = Int(try #require(leaf.sequence))
                    #expect(
                        MerkleTree.verifyInclusion(
                            of: AuditRecord.leaf(of: leaf.text), at: index, size: checkpoint.size, root: signed.root,
                            proof: try tiles.inclusionProof(of: index)))
                }
            }
        }
    }

    @Test(arguments: TestDatabases.engines)
    func aRemovedRowShows(engine: TestEngine) async throws {
        try await withLog(engine) { log, database in
            try await database.write { _ = try $0.execute("DELETE FROM audit_entry WHERE sequence = 123", []) }
            #expect(try await log.verify().faults.first == .missingEntry(sequence: 123))
        }
    }

    @Test(arguments: TestDatabases.engines)
    func aChangedRowShows(engine: TestEngine) async throws {
        try await withLog(engine) { log, database in
            try await database.write { connection in
                let text = try #require(try connection.first("SELECT content FROM audit_entry WHERE sequence = 5") { try $0.text(0) })
                let altered = text.split(separator: "case.view").joined(separator: "case.note")
                try connection.execute("UPDATE audit_entry SET content = $1 WHERE sequence = 5", [.text(altered)])
            }
            #expect(try await log.verify().faults == [.wrongRoot(size: 700)])
        }
    }

    @Test(arguments: TestDatabases.engines)
    func aCutTailShowsAndSoDoesAnotherKey(engine: TestEngine) async throws {
        try await withLog(engine) { log, database in
            let other = try audit(database, key: .generate())
            #expect(try await other.verify().faults.contains(.badSignature(size: 700)))
            try await database.write { _ = try $0.execute("DELETE FROM audit_entry WHERE sequence >= 650", []) }
            #expect(try await log.verify().faults == [.shorterThanSigned(size: 700)])
        }
    }
}
