import Database
import Trust
import Values

/// A checkpoint as the database holds it.
struct SignedCheckpoint: Sendable {
    let size: Int
    let note: String
    /// A time-stamp token over the note.
    let stamp: [UInt8]?
}

/// All SQL of a log's tree, checkpoints and turns. The owner of the log makes its tables, `<prefix>_tile`, `<prefix>_checkpoint` and
/// `<prefix>_sequencer`.
struct LogStore: Sendable {
    /// A word of the program, never of a user.
    let prefix: String

    /// Waits until no other transaction gives places, and lets none do so until this one ends. On PostgreSQL a transaction that had to
    /// wait is tried again, and then sees what the other did.
    func takeTurn(in connection: any Connection) throws {
        try connection.execute("UPDATE \(prefix)_sequencer SET turns = turns + 1 WHERE id = 1", [])
    }

    func tile(_ position: TilePosition, in connection: any Connection) throws -> [MerkleHash] {
        let bytes = try connection.first(
            "SELECT hashes FROM \(prefix)_tile WHERE level = $1 AND position = $2",
            [.integer(Int64(position.level)), .integer(Int64(position.index))],
            { try $0.blob(0) })
        return bytes.flatMap(MerkleHash.list) ?? []
    }

    func save(_ tile: MerkleTile, in connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO \(prefix)_tile (level, position, hashes) VALUES ($1, $2, $3)
            ON CONFLICT (level, position) DO UPDATE SET hashes = excluded.hashes
            """, [.integer(Int64(tile.position.level)), .integer(Int64(tile.position.index)), .blob(tile.bytes)])
    }

    func tileCount(in connection: any Connection) throws -> Int {
        Int(try connection.first("SELECT count(*) FROM \(prefix)_tile", []) { try $0.int(0) } ?? 0)
    }

    func save(checkpoint note: String, size: Int, at time: Instant, in connection: any Connection) throws {
        try connection.execute(
            "INSERT INTO \(prefix)_checkpoint (size, note, at) VALUES ($1, $2, $3)", [.integer(Int64(size)), .text(note), .instant(time)])
    }

    func save(stamp: [UInt8], of size: Int, in connection: any Connection) throws {
        try connection.execute(
            "UPDATE \(prefix)_checkpoint SET stamp = $1 WHERE size = $2 AND stamp IS NULL", [.blob(stamp), .integer(Int64(size))])
    }

    func latestCheckpoint(in connection: any Connection) throws -> SignedCheckpoint? {
        try connection.first("\(selected) ORDER BY size DESC LIMIT 1", [], LogStore.checkpoint)
    }

    /// The first stamped one that has an entry at this place.
    func stampedCheckpoint(beyond sequence: Int64, in connection: any Connection) throws -> SignedCheckpoint? {
        try connection.first(
            "\(selected) WHERE size > $1 AND stamp IS NOT NULL ORDER BY size LIMIT 1", [.integer(sequence)], LogStore.checkpoint)
    }

    /// By size, behind one.
    func checkpoints(after size: Int64, limit: Int, in connection: any Connection) throws -> [SignedCheckpoint] {
        try connection.query(
            "\(selected) WHERE size > $1 ORDER BY size LIMIT $2", [.integer(size), .integer(Int64(limit))], LogStore.checkpoint)
    }

    private var selected: String { "SELECT size, note, stamp FROM \(prefix)_checkpoint" }

    private static func checkpoint(_ row: any Row) throws -> SignedCheckpoint {
        SignedCheckpoint(size: Int(try row.int(0)), note: try row.text(1), stamp: try row.optionalBlob(2))
    }

    func checkpoint(of size: Int, in connection: any Connection) throws -> String? {
        try connection.first("SELECT note FROM \(prefix)_checkpoint WHERE size = $1", [.integer(Int64(size))]) { try $0.text(0) }
    }
}
