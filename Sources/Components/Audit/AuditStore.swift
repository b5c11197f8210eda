import Contracts
import Database
import Trust
import Values

/// All SQL of the audit log.
struct AuditStore: Sendable {
    func insert(_ record: AuditRecord, in connection: any Connection) throws {
        let text = try CanonicalJSON.text(of: record.content)
        try connection.execute(
            "INSERT INTO audit_entry (subject_id, id, at, content, visible_from) VALUES ($1, $2, $3, $4, $5)",
            [
                .text(record.subjectID), .text(record.id), .instant(record.at), .text(text), record.visibleFrom.map(SQLValue.instant) ?? .null,
            ])
    }

    /// What a person sees of her history, newest first, from before an id (nil: from the newest).
    func history(of subjectID: String, before id: String?, at time: Instant, limit: Int, in connection: any Connection) throws -> [AuditRecord] {
        try connection.query(
            "SELECT id, content FROM audit_entry WHERE subject_id = $1 AND id < $2 AND visible_from <= $3 ORDER BY id DESC LIMIT $4",
            [.text(subjectID), .text(id ?? "g"), .instant(time), .integer(Int64(limit))],
            { row in AuditRecord(id: try row.text(0), content: try row.json(1)) })
    }

    /// Everything about a person since a moment, the newest first, whether she sees it or not.
    func looks(at subjectID: String, since: Instant, in connection: any Connection) throws -> [AuditRecord] {
        try connection.query(
            "SELECT id, content FROM audit_entry WHERE subject_id = $1 AND at >= $2 ORDER BY id DESC", [.text(subjectID), .instant(since)],
            { row in AuditRecord(id: try row.text(0), content: try row.json(1)) })
    }

    /// The newest looks that are told as numbers only.
    func counted(of subjectID: String, limit: Int, in connection: any Connection) throws -> [AuditRecord] {
        try connection.query(
            "SELECT id, content FROM audit_entry WHERE subject_id = $1 AND visible_from IS NULL ORDER BY id DESC LIMIT $2",
            [.text(subjectID), .integer(Int64(limit))], { row in AuditRecord(id: try row.text(0), content: try row.json(1)) })
    }

    /// The stored text and place in the log of one entry that the person sees.
    func leaf(_ id: String, subjectID: String, at time: Instant, in connection: any Connection) throws -> (text: String, sequence: Int64?)? {
        try connection.first(
            "SELECT content, sequence FROM audit_entry WHERE subject_id = $1 AND id = $2 AND visible_from <= $3",
            [.text(subjectID), .text(id), .instant(time)],
            { row in (text: try row.text(0), sequence: try row.optionalInt(1)) })
    }

    /// Waits until no other transaction gives places, and lets none do so until this one ends. On PostgreSQL a transaction that had to
    /// wait is tried again, and then sees what the other did.
    func takeTurn(in connection: any Connection) throws {
        try connection.execute("UPDATE audit_sequencer SET turns = turns + 1 WHERE id = 1", [])
    }

    func unsequencedExists(in connection: any Connection) throws -> Bool {
        try connection.first("SELECT 1 FROM audit_entry WHERE sequence IS NULL LIMIT 1", [], { try $0.int(0) }) != nil
    }

    func unsequencedCount(in connection: any Connection) throws -> Int {
        Int(try connection.first("SELECT count(*) FROM audit_entry WHERE sequence IS NULL", [], { try $0.int(0) }) ?? 0)
    }

    func unsequenced(limit: Int, in connection: any Connection) throws -> [(subjectID: String, id: String, text: String)] {
        try connection.query(
            "SELECT subject_id, id, content FROM audit_entry WHERE sequence IS NULL ORDER BY id LIMIT $1", [.integer(Int64(limit))],
            { row in (subjectID: try row.text(0), id: try row.text(1), text: try row.text(2)) })
    }

    func sequencedExists(from sequence: Int, in connection: any Connection) throws -> Bool {
        try connection.first("SELECT 1 FROM audit_entry WHERE sequence >= $1 LIMIT 1", [.integer(Int64(sequence))], { try $0.int(0) }) != nil
    }

    func clearSequences(from sequence: Int, in connection: any Connection) throws {
        try connection.execute("UPDATE audit_entry SET sequence = NULL WHERE sequence >= $1", [.integer(Int64(sequence))])
    }

    func setSequence(_ sequence: Int64, of id: String, subjectID: String, in connection: any Connection) throws {
        try connection.execute(
            "UPDATE audit_entry SET sequence = $1 WHERE subject_id = $2 AND id = $3", [.integer(sequence), .text(subjectID), .text(id)])
    }

    /// An entry as it lies in the log: its place, its text, and the columns beside it by which a person's page finds it.
    struct Placed: Sendable {
        let sequence: Int64
        let text: String
        let subjectID: String
        let id: String
        let at: Instant
        let visibleFrom: Instant?

        /// Whether the columns say what the signed text says.
        var isTrue: Bool {
            guard let content = try? JSON.parse(text) else { return false }
            let record = AuditRecord(id: id, content: content)
            return content["id"]?.string == id && record.subjectID == subjectID && record.at == at
                && record.visibleFrom == visibleFrom
        }
    }

    /// Entries in the order of the log, behind a place.
    func sequenced(after sequence: Int64, limit: Int, in connection: any Connection) throws -> [Placed] {
        try connection.query(
            "SELECT sequence, content, subject_id, id, at, visible_from FROM audit_entry WHERE sequence > $1 ORDER BY sequence LIMIT $2",
            [.integer(sequence), .integer(Int64(limit))],
            { row in
                Placed(
                    sequence: try row.int(0), text: try row.text(1), subjectID: try row.text(2), id: try row.text(3), at: try row.instant(4),
                    visibleFrom: try row.optionalInt(5).map(Instant.init(microseconds:)))
            })
    }

    /// Entries in the order of the log, behind a place. One that cannot be read is empty: `verify` tells of it.
    func placed(after sequence: Int64, limit: Int, in connection: any Connection) throws -> [(sequence: Int64, record: AuditRecord)] {
        try connection.query(
            "SELECT sequence, id, content FROM audit_entry WHERE sequence > $1 ORDER BY sequence LIMIT $2", [.integer(sequence), .integer(Int64(limit))]
        ) { row in (sequence: try row.int(0), record: AuditRecord(id: try row.text(1), content: (try? row.json(2)) ?? .null)) }
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

    /// Checkpoints by size, behind one.
    func checkpoints(after size: Int64, limit: Int, in connection: any Connection) throws -> [(size: Int, note: String)] {
        try connection.query(
            "SELECT size, note FROM audit_checkpoint WHERE size > $1 ORDER BY size LIMIT $2", [.integer(size), .integer(Int64(limit))]
        ) { (Int(try $0.int(0)), try $0.text(1)) }
    }

    func checkpoint(of size: Int, in connection: any Connection) throws -> String? {
        try connection.first("SELECT note FROM audit_checkpoint WHERE size = $1", [.integer(Int64(size))]) { try $0.text(0) }
    }

    func tileCount(in connection: any Connection) throws -> Int {
        Int(try connection.first("SELECT count(*) FROM audit_tile") { try $0.int(0) } ?? 0)
    }
}
