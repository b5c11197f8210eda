import Database
import Synchronization
import Trust
import Values

/// The keys that sign tokens. A key is published before it signs and for as long as what it signed is good, so that clients that keep the
/// key set for a while never meet a token of a key they do not know.
final class ServerKeys: Sendable {
    static let scope = "openid.key"
    /// How long a key signs.
    static let lifeSeconds: Int64 = 90 * 86_400
    /// How long before its time it is published; clients may keep the set for a day.
    static let leadSeconds: Int64 = 7 * 86_400
    static let tailSeconds: Int64 = 86_400
    /// How long this process goes on with what it read: another process may have made the next key.
    private static let keepSeconds: Int64 = 60

    private struct Row: Sendable {
        let key: SigningKey
        let activeFrom: Instant
        let publishedUntil: Instant
    }

    private let rows = Mutex<(rows: [Row], readAt: Instant)>(([], Instant(microseconds: .min / 2)))
    private let database: any Database
    private let vault: Vault

    init(database: any Database, vault: Vault) { (self.database, self.vault) = (database, vault) }

    /// The key that signs now.
    func signing(at time: Instant) async throws -> SigningKey {
        let rows = try await current(at: time)
        // Of two processes that start for the first time, the one whose clock is behind finds the other's key.
        guard let row = rows.last(where: { $0.activeFrom <= time }) ?? rows.first else { throw KeyError.unsuitable("no key is active") }
        return row.key
    }

    /// What is published.
    func published(at time: Instant) async throws -> JWKSet {
        let rows = try await current(at: time)
        // A key is published until its successor has signed for a day, also when that was made late; the newest always.
        return JWKSet(rows.indices.filter { index in
            let next = index + 1
            return next == rows.count || time < max(rows[index].publishedUntil, rows[next].activeFrom.adding(seconds: ServerKeys.tailSeconds))
        }.map { rows[$0].key.verifyingKey })
    }

    private func current(at time: Instant) async throws -> [Row] {
        let kept = rows.withLock { $0 }
        if !kept.rows.isEmpty, time < kept.readAt.adding(seconds: ServerKeys.keepSeconds), time >= kept.readAt { return kept.rows }
        let (found, vault) = (try await prepare(at: time), vault)
        let read = try found.map { row in
            let bytes = try vault.open(row.sealed, scope: ServerKeys.scope, context: "openid_key.sealed:\(row.id)")
            return Row(key: try SigningKey(jwk: try JSON.parse(bytes)), activeFrom: row.activeFrom, publishedUntil: row.publishedUntil)
        }
        rows.withLock { $0 = (read, time) }
        return read
    }

    private struct Sealed: Sendable {
        let generation: Int64
        let id: String
        let sealed: [UInt8]
        let activeFrom: Instant
        let publishedUntil: Instant
    }

    /// Makes the first key, and the next one in time. Whoever comes second in two processes finds the other's.
    private func prepare(at time: Instant) async throws -> [Sealed] {
        let known = try await database.read { try ServerKeys.read(in: $0) }
        guard let last = known.last else { return try await add(generation: 1, activeFrom: time) }
        let next = last.activeFrom.adding(seconds: ServerKeys.lifeSeconds)
        guard time >= next.adding(seconds: -ServerKeys.leadSeconds) else { return known }
        // A server that was off for long begins with the new key when clients have had time to read it.
        return try await add(generation: last.generation + 1, activeFrom: max(next, time.adding(seconds: ServerKeys.tailSeconds)))
    }

    private func add(generation: Int64, activeFrom: Instant) async throws -> [Sealed] {
        let key = SigningKey.generate(.ecdsaP256)
        let sealed = try vault.seal(key.privateJWK.bytes, scope: ServerKeys.scope, context: "openid_key.sealed:\(key.keyID)")
        let until = activeFrom.adding(seconds: ServerKeys.lifeSeconds + ServerKeys.tailSeconds)
        try await database.write { connection in
            try connection.execute(
                """
                INSERT INTO openid_key (generation, id, sealed, active_from, published_until) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (generation) DO NOTHING
                """, [.integer(generation), .text(key.keyID), .blob(sealed), .instant(activeFrom), .instant(until)])
        }
        return try await database.read { try ServerKeys.read(in: $0) }
    }

    private static func read(in connection: any Connection) throws -> [Sealed] {
        try connection.query("SELECT generation, id, sealed, active_from, published_until FROM openid_key ORDER BY generation", []) { row in
            Sealed(
                generation: try row.int(0), id: try row.text(1), sealed: try row.blob(2), activeFrom: try row.instant(3),
                publishedUntil: try row.instant(4))
        }
    }
}
