import Contracts
import Database
import Trust
import Values

/// Gives entries their place in the log, some at a time, and signs what the log is now. Writers only insert: they neither wait for one
/// another nor for the tree, and a PostgreSQL transaction that commits late simply gets a later place.
struct Sequencer: Sendable {
    static let batch = 5_000

    let store: AuditStore
    let signer: NoteSigner
    let origin: String

    /// The number of entries that got a place. Runs in one transaction; two at once cannot both succeed, because both would write the
    /// same checkpoint size.
    func advance(at time: Instant, in connection: any Connection) throws -> Int {
        let waiting = try store.unsequenced(limit: Sequencer.batch, in: connection)
        guard !waiting.isEmpty else { return 0 }
        let size = try store.latestCheckpoint(in: connection)?.size ?? 0
        var tiles = MerkleTiles(size: size) { try store.tile($0, in: connection) }
        for (offset, entry) in waiting.enumerated() {
            try store.setSequence(Int64(size + offset), of: entry.id, subjectID: entry.subjectID, in: connection)
        }
        for tile in try tiles.append(waiting.map { AuditRecord.leaf(of: $0.text) }) { try store.save(tile, in: connection) }
        let checkpoint = Checkpoint(origin: origin, size: tiles.size, root: try tiles.root())
        try store.save(checkpoint: try checkpoint.signed(by: signer), size: tiles.size, at: time, in: connection)
        return waiting.count
    }
}
