@testable import Audit
import Contracts
import Database
import Foundation
import Language
import TestKit
import Testing
import Timestamping
import Trust
import Values
import Web

/// Haifa and nothing else.
struct OneBody: BodyDirectory {
    static let haifa = PublicBody(
        id: "municipality-haifa", kind: .municipality, parentID: nil, number: nil, localityCode: 4000,
        name: LocalizedText([.he: "עיריית חיפה", .en: "Haifa"]), about: LocalizedText([:]), phone: nil, site: nil)
    var bodies: [PublicBody] { [OneBody.haifa] }
    var localities: [Locality] { [] }
    func body(_ id: String) -> PublicBody? { id == OneBody.haifa.id ? OneBody.haifa : nil }
    func locality(_ code: Int) -> Locality? { nil }
    func municipality(of locality: Int) -> PublicBody? { nil }
}

enum AuditLogs {
    static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../../Sources"

    static let site = Result {
        try Site(folders: [("web", "Core/Web"), ("audit", "Components/Audit")].map { ResourceFolder(module: $0.0, path: "\(sources)/\($0.1)") })
    }

    static func audit(_ database: any Database, key: SigningKey, keptIn folder: String?, timestamps: TimestampAuthority? = nil) throws -> Audit {
        Audit(
            database: database, signer: try NoteSigner(name: "zamin.test/audit", key: key), checkpointFolder: folder,
            timestamps: timestamps, bodies: OneBody(), site: try site.get(), clock: .wallClock)
    }

    static func entry(_ subject: String, _ n: Int) -> AuditEntry {
        AuditEntry(
            subjectID: subject, actor: .system("test"), action: .read, what: "case.view", basis: .law("business-licensing-law-1968"),
            fields: ["name"], at: Instant(seconds: 1_800_000_000 + Int64(n)))
    }

    /// A log of 700 entries about seven people, placed in two turns, of 400 and of 300.
    static func with(
        _ engine: TestEngine, keeps: Bool = true, timestamps: TimestampAuthority? = nil, _ body: @Sendable (Audit, any Database) async throws -> Void
    ) async throws {
        try await TestDatabases.withFolder { folder in
            try await TestDatabases.with(engine) { database in
                try await Migrations([(module: "audit", folder: "\(sources)/Components/Audit/Schema")]).apply(to: database)
                let log = try audit(database, key: .generate(), keptIn: keeps ? "\(folder)/audit/checkpoints" : nil, timestamps: timestamps)
                for range in [0..<400, 400..<700] {
                    try await database.write { connection in
                        for n in range { try log.record(entry("person-\(n % 7)", n), in: connection) }
                    }
                    while try await log.advance() > 0 {}
                }
                try await body(log, database)
            }
        }
    }

    /// As somebody else's program checks a downloaded proof.
    static func proves(_ proof: JSON) throws -> Bool {
        let note = try #require(proof["checkpoint"]?.string)
        let lines = note.split(separator: "\n")
        let (size, root) = (try #require(Int(lines[1])), try #require(Base64.decode(String(lines[2])).flatMap(MerkleHash.init)))
        let path = proof["inclusionProof"]?.array?.compactMap { $0.string.flatMap { Base64.decode($0) }.flatMap(MerkleHash.init) } ?? []
        let leaf = MerkleTree.leafHash(Array((proof["leaf"]?.string ?? "").utf8))
        return MerkleTree.verifyInclusion(of: leaf, at: Int(try #require(proof["index"]?.int)), size: size, root: root, proof: path)
    }
}
