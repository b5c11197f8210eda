public import Contracts
public import Database
public import Jobs
public import Timestamping
public import Transparency
public import Trust
public import Values
public import Web

/// The log of who looked at whose data: the front door. Entries are written in the transaction that touches the data; a clock then
/// gives them their places in a Merkle tree and signs it.
public struct Audit: AuditLog {
    let database: any Database
    let store = AuditStore()
    /// The tree over the entries.
    let log: TransparencyLog
    let bodies: any BodyDirectory
    let site: Site
    let clock: TimeSource

    /// - Parameters:
    ///   - signer: the key of the log; its name is the log's origin.
    ///   - checkpointFolder: where each signed checkpoint is kept once more, outside the database; nil for nowhere.
    ///   - timestamps: who says from outside when a checkpoint was there; nil for nobody.
    public init(
        database: any Database, signer: NoteSigner, checkpointFolder: String?, timestamps: TimestampAuthority? = nil, bodies: any BodyDirectory,
        site: Site, clock: TimeSource
    ) {
        (self.database, self.bodies, self.site, self.clock) = (database, bodies, site, clock)
        log = TransparencyLog(
            prefix: "audit", entries: store, database: database, signer: signer, checkpointFolder: checkpointFolder,
            timestamps: timestamps, clock: clock)
    }

    public func record(_ entry: AuditEntry, in connection: any Connection) throws {
        try store.insert(AuditRecord(entry, id: UUIDv7.next(at: entry.at)), in: connection)
    }

    public func register(in jobs: inout JobRegistry) {
        jobs.every(seconds: 1, "audit.sequence") { while try await advance() > 0 {} }
        jobs.every(seconds: log.secondsBetweenStamps, "audit.stamp") { _ = try await log.stamp() }
    }

    /// Gives waiting entries their places; the number of them.
    @discardableResult
    public func advance() async throws -> Int { try await log.advance() }

    /// Reads the whole log and holds it against its signed checkpoints, those kept outside the database too. Changes nothing.
    public func verify() async throws -> LogVerification { try await log.verify() }

    public var zoneSection: any ZoneSection { AuditZone(audit: self) }
}
