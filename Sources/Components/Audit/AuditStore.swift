import Contracts
import Database
import Trust
import Values

/// All SQL of the audit log.
struct AuditStore: Sendable {
    func insert(_ record: AuditRecord, in connection: any Connection) throws {
        let text = try CanonicalJSON.text(of: record.content)
        try connection.execute(
            "INSERT INTO audit_entry (subject_id, id, at, content) VALUES ($1, $2, $3, $4)",
            [.text(record.subjectID), .text(record.id), .instant(record.at), .text(text)])
    }

    /// A person's history, newest first, from before an id (nil: from the newest).
    func history(of subjectID: String, before id: String?, limit: Int, in connection: any Connection) throws -> [AuditRecord] {
        try connection.query(
            "SELECT id, content FROM audit_entry WHERE subject_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
            [.text(subjectID), .text(id ?? "g"), .integer(Int64(limit))],
            { row in AuditRecord(id: try row.text(0), content: try row.json(1)) })
    }

    /// The stored text and place in the log of one entry.
    func leaf(_ id: String, subjectID: String, in connection: any Connection) throws -> (text: String, sequence: Int64?)? {
        try connection.first(
            "SELECT content, sequence FROM audit_entry WHERE subject_id = $1 AND id = $2", [.text(subjectID), .text(id)],
            { row in (text: try row.text(0), sequence: try row.optionalInt(1)) })
    }

    func unsequenced(limit: Int, in connection: any Connection) throws -> [(subjectID: String, id: String, text: String)] {
        try connection.query(
            """
            SELECT subject_id, id, content FROM audit_entry WHERE sequence IS NULL ORDER BY id LIMIT $1 \(connection.dialect.skipLocked)
            """, [.integer(Int64(limit))], { row in (subjectID: try row.text(0), id: try row.text(1), text: try row.text(2)) })
    }

    func setSequence(_ sequence: Int64, of id: String, subjectID: String, in connection: any Connection) throws {
        try connection.execute(
            "UPDATE audit_entry SET sequence = $1 WHERE subject_id = $2 AND id = $3", [.integer(sequence), .text(subjectID), .text(id)])
    }

    /// Entries in the order of the log, from a sequence on.
    func sequenced(from sequence: Int64, limit: Int, in connection: any Connection) throws -> [(sequence: Int64, text: String)] {
        try connection.query(
            "SELECT sequence, content FROM audit_entry WHERE sequence >= $1 ORDER BY sequence LIMIT $2",
            [.integer(sequence), .integer(Int64(limit))], { row in (sequence: try row.int(0), text: try row.text(1)) })
    }

    func tile(_ position: TilePosition, in connection: any Connection) throws -> [MerkleHash] {
        let bytes = try connection.first(
            "SELECT hashes FROM audit_tile WHERE level = $1 AND position = $2", [.integer(Int64(position.level)), .integer(Int64(position.index))],
            { try $0.blob(0) })
        return bytes.flatMap(MerkleHash.list) ?? []
    }

    func save(_ tile: MerkleTile, in connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO audit_tile (level, position, hashes) VALUES ($1, $2, $3)
            ON CONFLICT (level, position) DO UPDATE SET hashes = excluded.hashes
            """, [.integer(Int64(tile.position.level)), .integer(Int64(tile.position.index)), .blob(tile.bytes)])
    }

    func save(checkpoint note: String, size: Int, at time: Instant, in connection: any Connection) throws {
        try connection.execute(
            "INSERT INTO audit_checkpoint (size, note, at) VALUES ($1, $2, $3)", [.integer(Int64(size)), .text(note), .instant(time)])
    }

    func latestCheckpoint(in connection: any Connection) throws -> (size: Int, note: String)? {
        try connection.first("SELECT size, note FROM audit_checkpoint ORDER BY size DESC LIMIT 1") { (Int(try $0.int(0)), try $0.text(1)) }
    }

    func checkpoints(in connection: any Connection) throws -> [(size: Int, note: String)] {
        try connection.query("SELECT size, note FROM audit_checkpoint ORDER BY size", []) { (Int(try $0.int(0)), try $0.text(1)) }
    }
}
