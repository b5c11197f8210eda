import Database
import Trust
import Values

/// Gives entries their place in the log, some at a time, and signs what the log is now. Writers only insert: they neither wait for one
/// another nor for the tree, and a PostgreSQL transaction that commits late simply gets a later place.
struct Sequencer: Sendable {
    /// What was done in one turn.
    struct Turn: Sendable {
        let count: Int
        /// The signed checkpoint.
        let note: String
    }

    let store: LogStore
    let entries: any LogEntries
    let signer: NoteSigner
    let batch: Int

    /// Runs in one transaction; of two at once the second waits and goes on from where the first ended. Nil when no entry waits.
    ///
    /// - Parameter kept: the note that was last kept outside the database.
    func advance(at time: Instant, kept: String?, in connection: any Connection) throws -> Turn? {
        try store.takeTurn(in: connection)
        let last = try store.latestCheckpoint(in: connection)
        let size = last?.size ?? 0
        // A place beyond the last checkpoint was never given here: both are written in one transaction. When that checkpoint is surely the
        // last one signed, the entry is a stranger's and waits like all others; otherwise checkpoints have been taken away.
        if try entries.placedExist(from: size, in: connection) {
            guard let last, last.note == kept else { throw LogError.beyondSigned(size: size) }
            try entries.clearSequences(from: size, in: connection)
        }
        let waiting = try entries.waiting(limit: batch, in: connection)
        guard !waiting.isEmpty else { return nil }
        var tiles = MerkleTiles(size: size) { try store.tile($0, in: connection) }
        for (offset, entry) in waiting.enumerated() {
            try entries.setSequence(Int64(size + offset), of: entry.key, in: connection)
        }
        for tile in try tiles.append(waiting.map(\.leaf.hash)) { try store.save(tile, in: connection) }
        let note = try Checkpoint(origin: signer.verifier.name, size: tiles.size, root: try tiles.root()).signed(by: signer)
        try store.save(checkpoint: note, size: tiles.size, at: time, in: connection)
        return Turn(count: waiting.count, note: note)
    }
}
