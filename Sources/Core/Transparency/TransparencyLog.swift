public import Database
public import Timestamping
public import Trust
public import Values

/// A log whose entries get places in a Merkle tree that is signed (RFC 9162 hashing, C2SP `tlog-checkpoint` notes): the front door.
/// Whoever writes an entry only inserts a row; `advance` gives it its place later.
public struct TransparencyLog: Sendable {
    let database: any Database
    let store: LogStore
    let entries: any LogEntries
    let signer: NoteSigner
    let kept: CheckpointFolder?
    let timestamps: TimestampAuthority?
    let batch: Int
    let clock: TimeSource

    /// - Parameters:
    ///   - prefix: of the tables of the tree, such as `audit` for `audit_tile`, `audit_checkpoint` and `audit_sequencer`.
    ///   - signer: the key of the log; its name is the log's origin.
    ///   - checkpointFolder: where each signed checkpoint is kept once more, outside the database; nil for nowhere.
    ///   - timestamps: who says from outside when a checkpoint was there; nil for nobody.
    ///   - batch: how many entries get their places in one transaction, which on SQLite keeps other writers waiting.
    public init(
        prefix: String, entries: any LogEntries, database: any Database, signer: NoteSigner, checkpointFolder: String?,
        timestamps: TimestampAuthority? = nil, batch: Int = 5_000, clock: TimeSource
    ) {
        (self.entries, self.database, self.signer, self.clock) = (entries, database, signer, clock)
        (self.timestamps, self.batch) = (timestamps, batch)
        store = LogStore(prefix: prefix)
        kept = checkpointFolder.map(CheckpointFolder.init)
    }

    /// Gives waiting entries their places, a batch at most; the number of them.
    @discardableResult
    public func advance() async throws -> Int {
        let (entries, time) = (entries, clock.now())
        guard try await database.read({ try entries.waitingExist(in: $0) }) else { return 0 }
        let last = KeptCheckpoints(kept).last
        let sequencer = Sequencer(store: store, entries: entries, signer: signer, batch: batch)
        guard let turn = try await database.write({ try sequencer.advance(at: time, kept: last, in: $0) }) else { return 0 }
        // Only once it is in force: a checkpoint that is kept and not in the database would be a false alarm.
        try kept?.append(turn.note, at: time)
        return turn.count
    }

    public var secondsBetweenStamps: Int64 { timestamps?.secondsApart ?? TimestampAuthority.usualSecondsApart }

    /// Has the latest checkpoint time-stamped, and with it all that lies before it: whoever holds the log's key still cannot sign an
    /// earlier day anew. Nothing waits for this; when the authority is away, a later stamp covers what was missed.
    ///
    /// - Returns: false when there is no checkpoint to stamp, or no authority.
    /// - Throws: `TimestampError` when the authority gave no stamp that holds.
    @discardableResult
    public func stamp() async throws -> Bool {
        guard let timestamps, let latest = try await database.read({ [store] in try store.latestCheckpoint(in: $0) }), latest.stamp == nil else {
            return false
        }
        let token = try await timestamps.stamp(Array(latest.note.utf8))
        try await database.write { [store] in try store.save(stamp: token.der, of: latest.size, in: $0) }
        return true
    }

    /// Reads the whole log and holds it against its signed checkpoints, those kept outside the database too. Changes nothing.
    public func verify() async throws -> LogVerification {
        let (store, entries, verifier, timestamps) = (store, entries, signer.verifier, timestamps)
        // Before the database: what is kept by now is in it.
        let notes = KeptCheckpoints(kept)
        return try await database.read { connection in
            var reading = LogReading(store: store, entries: entries, verifier: verifier, timestamps: timestamps, connection: connection)
            return try reading.run(notes)
        }
    }

    /// Everything somebody else's program needs to check that an entry is in the signed log (RFC 9162 section 2.1.3), or only `pending`
    /// when it has no place yet. The checkpoint is the first time-stamped one with the entry in it, and the token of RFC 3161 over its
    /// note goes with it; when there is none yet, it is the latest.
    public func proof(of leaf: LogLeaf, at sequence: Int64?, in connection: any Connection) throws -> JSON {
        guard let sequence, let latest = try store.latestCheckpoint(in: connection), sequence < latest.size else { return ["pending": true] }
        let checkpoint = try store.stampedCheckpoint(beyond: sequence, in: connection) ?? latest
        let tiles = MerkleTiles(size: checkpoint.size) { [store] in try store.tile($0, in: connection) }
        let path = try tiles.inclusionProof(of: Int(sequence))
        var proof: [String: JSON] = [
            "leaf": .string(leaf.text), "index": .int(sequence), "checkpoint": .string(checkpoint.note),
            "inclusionProof": .strings(path.map { Base64.encode($0.bytes) }),
        ]
        if let stamp = checkpoint.stamp { proof["timestamp"] = .string(Base64.encode(stamp)) }
        return .object(proof)
    }
}
