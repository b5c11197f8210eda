import Contracts
public import Database
public import Timestamping
public import Transparency
public import Trust
public import Values

/// The messages as the tree over them sees them.
struct MessageLogStore: LogEntries {
    private static let columns = """
        body_id, id, face, other_id, operation, agreement_id, agreement_version, purpose, basis_kind, basis_reference, actor, case_id, subject_id,
        request_hash, request_bytes, answer_hash, answer_bytes, dropped, decision, outcome, at, took_us
        """

    func waitingExist(in connection: any Connection) throws -> Bool {
        try connection.first("SELECT 1 FROM spine_message WHERE sequence IS NULL LIMIT 1", []) { try $0.int(0) } != nil
    }

    func waitingCount(in connection: any Connection) throws -> Int {
        Int(try connection.first("SELECT count(*) FROM spine_message WHERE sequence IS NULL", []) { try $0.int(0) } ?? 0)
    }

    func waiting(limit: Int, in connection: any Connection) throws -> [WaitingEntry] {
        try connection.query(
            "SELECT \(MessageLogStore.columns) FROM spine_message WHERE sequence IS NULL ORDER BY id LIMIT $1", [.integer(Int64(limit))]
        ) { row in WaitingEntry(key: [.text(try row.text(0)), .text(try row.text(1)), .text(try row.text(2))], leaf: try MessageLogStore.leaf(row)) }
    }

    func setSequence(_ sequence: Int64, of key: [SQLValue], in connection: any Connection) throws {
        try connection.execute(
            "UPDATE spine_message SET sequence = $1 WHERE body_id = $2 AND id = $3 AND face = $4", [.integer(sequence)] + key)
    }

    func placedExist(from sequence: Int, in connection: any Connection) throws -> Bool {
        try connection.first("SELECT 1 FROM spine_message WHERE sequence >= $1 LIMIT 1", [.integer(Int64(sequence))]) { try $0.int(0) } != nil
    }

    func clearSequences(from sequence: Int, in connection: any Connection) throws {
        try connection.execute("UPDATE spine_message SET sequence = NULL WHERE sequence >= $1", [.integer(Int64(sequence))])
    }

    /// Every column is in the leaf, so none can say anything else.
    func placed(after sequence: Int64, limit: Int, in connection: any Connection) throws -> [PlacedEntry] {
        try connection.query(
            "SELECT \(MessageLogStore.columns), sequence FROM spine_message WHERE sequence > $1 ORDER BY sequence LIMIT $2",
            [.integer(sequence), .integer(Int64(limit))]
        ) { row in PlacedEntry(sequence: try row.int(22), leaf: try MessageLogStore.leaf(row)) }
    }

    /// Canonical JSON (RFC 8785) of the columns by their names; those that are null are left out.
    private static func leaf(_ row: any Row) throws -> LogLeaf {
        LogLeaf(
            try CanonicalJSON.text(of: .members([
                "body_id": .string(try row.text(0)), "id": .string(try row.text(1)), "face": .string(try row.text(2)),
                "other_id": .string(try row.text(3)), "operation": .string(try row.text(4)),
                "agreement_id": try row.optionalText(5).map(JSON.string), "agreement_version": try row.optionalInt(6).map(JSON.int),
                "purpose": .string(try row.text(7)), "basis_kind": .string(try row.text(8)), "basis_reference": .string(try row.text(9)),
                "actor": .string(try row.text(10)), "case_id": try row.optionalText(11).map(JSON.string),
                "subject_id": try row.optionalText(12).map(JSON.string), "request_hash": .string(try row.text(13)),
                "request_bytes": .int(try row.int(14)), "answer_hash": try row.optionalText(15).map(JSON.string),
                "answer_bytes": .int(try row.int(16)), "dropped": .int(try row.int(17)), "decision": .string(try row.text(18)),
                "outcome": .string(try row.text(19)), "at": .int(try row.int(20)), "took_us": .int(try row.int(21)),
            ])))
    }
}

extension Spine {
    /// The signed log of the messages of every gateway that writes into this database. Checkpoints are made every ten seconds, in small
    /// batches, so that messages are not kept waiting.
    public static func messageLog(
        in database: any Database, signer: NoteSigner, checkpointFolder: String?, timestamps: TimestampAuthority? = nil,
        clock: TimeSource = .wallClock
    ) -> TransparencyLog {
        TransparencyLog(
            prefix: "spine_message", entries: MessageLogStore(), database: database, signer: signer, checkpointFolder: checkpointFolder,
            timestamps: timestamps, batch: 1_000, clock: clock)
    }
}
