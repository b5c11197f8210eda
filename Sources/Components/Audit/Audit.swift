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
    let bodies: any BodyDirectory
    let site: Site
    let clock: TimeSource

    /// - Parameter signer: the key of the log; its name is the log's origin.
    public init(database: any Database, signer: NoteSigner, bodies: any BodyDirectory, site: Site, clock: TimeSource) {
        (self.database, self.bodies, self.site, self.clock) = (database, bodies, site, clock)
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
        let waiting = try await database.read { try sequencer.store.unsequencedExists(in: $0) }
        return waiting ? try await database.write { try sequencer.advance(at: time, in: $0) } : 0
    }

    /// Reads the whole log and holds it against its signed checkpoints.
    public func verify() async throws -> LogVerification {
        let (store, origin, verifier) = (store, sequencer.origin, sequencer.signer.verifier)
        return try await database.read { try store.verify(origin: origin, by: verifier, in: $0) }
    }

    public var zoneSection: any ZoneSection { AuditZone(audit: self) }
}

extension AuditStore {
    func unsequencedExists(in connection: any Connection) throws -> Bool {
        try connection.first("SELECT 1 FROM audit_entry WHERE sequence IS NULL LIMIT 1", [], { try $0.int(0) }) != nil
    }
}
