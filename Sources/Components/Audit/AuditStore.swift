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

    /// Entries in the order of the log, behind a place. One that cannot be read is empty: `verify` tells of it.
    func records(after sequence: Int64, limit: Int, in connection: any Connection) throws -> [(sequence: Int64, record: AuditRecord)] {
        try connection.query(
            "SELECT sequence, id, content FROM audit_entry WHERE sequence > $1 ORDER BY sequence LIMIT $2", [.integer(sequence), .integer(Int64(limit))]
        ) { row in (sequence: try row.int(0), record: AuditRecord(id: try row.text(1), content: (try? row.json(2)) ?? .null)) }
    }
}
