import Database
import Transparency
import Values

/// The entries as the tree sees them: the text of each is its leaf.
extension AuditStore: LogEntries {
    func waitingExist(in connection: any Connection) throws -> Bool {
        try connection.first("SELECT 1 FROM audit_entry WHERE sequence IS NULL LIMIT 1", [], { try $0.int(0) }) != nil
    }

    func waitingCount(in connection: any Connection) throws -> Int {
        Int(try connection.first("SELECT count(*) FROM audit_entry WHERE sequence IS NULL", [], { try $0.int(0) }) ?? 0)
    }

    func waiting(limit: Int, in connection: any Connection) throws -> [WaitingEntry] {
        try connection.query(
            "SELECT subject_id, id, content FROM audit_entry WHERE sequence IS NULL ORDER BY id LIMIT $1", [.integer(Int64(limit))]
        ) { row in WaitingEntry(key: [.text(try row.text(0)), .text(try row.text(1))], leaf: LogLeaf(try row.text(2))) }
    }

    func setSequence(_ sequence: Int64, of key: [SQLValue], in connection: any Connection) throws {
        try connection.execute("UPDATE audit_entry SET sequence = $1 WHERE subject_id = $2 AND id = $3", [.integer(sequence)] + key)
    }

    func placedExist(from sequence: Int, in connection: any Connection) throws -> Bool {
        try connection.first("SELECT 1 FROM audit_entry WHERE sequence >= $1 LIMIT 1", [.integer(Int64(sequence))], { try $0.int(0) }) != nil
    }

    func clearSequences(from sequence: Int, in connection: any Connection) throws {
        try connection.execute("UPDATE audit_entry SET sequence = NULL WHERE sequence >= $1", [.integer(Int64(sequence))])
    }

    func placed(after sequence: Int64, limit: Int, in connection: any Connection) throws -> [PlacedEntry] {
        try connection.query(
            "SELECT sequence, content, subject_id, id, at, visible_from FROM audit_entry WHERE sequence > $1 ORDER BY sequence LIMIT $2",
            [.integer(sequence), .integer(Int64(limit))]
        ) { row in
            let columns = Columns(
                subjectID: try row.text(2), id: try row.text(3), at: try row.instant(4),
                visibleFrom: try row.optionalInt(5).map(Instant.init(microseconds:)))
            let text = try row.text(1)
            return PlacedEntry(sequence: try row.int(0), leaf: LogLeaf(text), isTrue: columns.agree(with: text))
        }
    }

    /// By which a person's page finds an entry; they lie beside the signed text.
    private struct Columns {
        let subjectID: String
        let id: String
        let at: Instant
        let visibleFrom: Instant?

        func agree(with text: String) -> Bool {
            guard let content = try? JSON.parse(text) else { return false }
            let record = AuditRecord(id: id, content: content)
            return content["id"]?.string == id && record.subjectID == subjectID && record.at == at && record.visibleFrom == visibleFrom
        }
    }
}
