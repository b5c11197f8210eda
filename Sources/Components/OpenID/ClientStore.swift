import Database
import Synchronization
import Trust
import Values

/// All SQL of clients and of their assertions. What was read of a client is kept until it changes.
final class ClientStore: Sendable {
    private let known = Mutex<[String: (version: Int64, client: Client?)]>([:])
    private static let limit = 10_000

    func save(_ id: String, _ content: JSON, at time: Instant, in connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO openid_client (id, content, is_active, changed_at) VALUES ($1, $2, 1, $3)
            ON CONFLICT (id) DO UPDATE SET content = excluded.content, is_active = 1, changed_at = excluded.changed_at,
            version = openid_client.version + 1
            """, [.text(id), .json(content), .instant(time)])
    }

    /// An active one. Metadata that an earlier version took and this one does not is none: the client is unknown until it is registered anew.
    func find(_ id: String, in connection: any Connection) throws -> Client? {
        guard id.utf8.count <= 100,
            let version = try connection.first("SELECT version FROM openid_client WHERE id = $1 AND is_active = 1", [.text(id)], { try $0.int(0) })
        else { return nil }
        if let kept = known.withLock({ $0[id] }), kept.version == version { return kept.client }
        let client = try connection.first("SELECT content, secret_hash FROM openid_client WHERE id = $1", [.text(id)]) { row in
            var client = try? Client(json: try row.json(0))
            client?.secretHash = try row.optionalText(1)
            return client
        }.flatMap(\.self)
        known.withLock { known in
            if known.count >= ClientStore.limit { known.removeAll() }
            known[id] = (version, client)
        }
        return client
    }

    /// Makes this the client's secret. False when there is no such client.
    func set(secretHash: String, of id: String, in connection: any Connection) throws -> Bool {
        try connection.changes(
            "UPDATE openid_client SET secret_hash = $1, version = version + 1 WHERE id = $2 AND is_active = 1", [.text(secretHash), .text(id)]) == 1
    }

    func retire(_ id: String, at time: Instant, in connection: any Connection) throws {
        try connection.execute(
            "UPDATE openid_client SET is_active = 0, changed_at = $1, version = version + 1 WHERE id = $2 AND is_active = 1", [.instant(time), .text(id)])
    }

    /// False when the assertion was taken before.
    func take(assertion jti: String, of clientID: String, until: Instant, in connection: any Connection) throws -> Bool {
        try connection.changes(
            "INSERT INTO openid_assertion (client_id, jti, expires_at) VALUES ($1, $2, $3) ON CONFLICT (client_id, jti) DO NOTHING",
            [.text(clientID), .text(jti), .instant(until)]) == 1
    }
}
