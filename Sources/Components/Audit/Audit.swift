public import Contracts
public import Database
public import Jobs
public import Trust
public import Values
public import Web

/// The log of who looked at whose data: the front door. Entries are written in the transaction that touches the data; a clock then
/// gives them their places in a Merkle tree and signs it.
public struct Audit: AuditLog {
    let database: any Database
    let store = AuditStore()
    let sequencer: Sequencer
    let kept: CheckpointFolder?
    let bodies: any BodyDirectory
    let site: Site
    let clock: TimeSource

    /// - Parameters:
    ///   - signer: the key of the log; its name is the log's origin.
    ///   - checkpointFolder: where each signed checkpoint is kept once more, outside the database; nil for nowhere.
    public init(
        database: any Database, signer: NoteSigner, checkpointFolder: String?, bodies: any BodyDirectory, site: Site, clock: TimeSource
    ) {
        (self.database, self.bodies, self.site, self.clock) = (database, bodies, site, clock)
        kept = checkpointFolder.map(CheckpointFolder.init)
        sequencer = Sequencer(store: store, signer: signer, origin: signer.verifier.name)
    }

    public func record(_ entry: AuditEntry, in connection: any Connection) throws {
        try store.insert(AuditRecord(entry, id: UUIDv7.next(at: entry.at)), in: connection)
    }

    public func register(in jobs: inout JobRegistry) {
        jobs.every(seconds: 1, "audit.sequence") { while try await advance() > 0 {} }
    }

    /// Gives waiting entries their places; the number of them.
    @discardableResult
    public func advance() async throws -> Int {
        let (sequencer, time) = (sequencer, clock.now())
        guard try await database.read({ try sequencer.store.unsequencedExists(in: $0) }) else { return 0 }
        let last = KeptCheckpoints(kept).last
        guard let turn = try await database.write({ try sequencer.advance(at: time, kept: last, in: $0) }) else { return 0 }
        // Only once it is in force: a checkpoint that is kept and not in the database would be a false alarm.
        try kept?.append(turn.note, at: time)
        return turn.count
    }

    /// Reads the whole log and holds it against its signed checkpoints, those kept outside the database too. Changes nothing.
    public func verify() async throws -> LogVerification {
        let (store, origin, verifier) = (store, sequencer.origin, sequencer.signer.verifier)
        // Before the database: what is kept by now is in it.
        let notes = KeptCheckpoints(kept)
        return try await database.read { connection in
            var reading = LogReading(store: store, origin: origin, verifier: verifier, connection: connection)
            return try reading.run(notes)
        }
    }

    public var zoneSection: any ZoneSection { AuditZone(audit: self) }
}
