import Database
import Trust
import Values

/// All SQL of clients and of their assertions.
struct ClientStore: Sendable {
    func save(_ id: String, _ content: JSON, at time: Instant, in connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO openid_client (id, content, is_active, changed_at) VALUES ($1, $2, 1, $3)
            ON CONFLICT (id) DO UPDATE SET content = excluded.content, is_active = 1, changed_at = excluded.changed_at
            """, [.text(id), .json(content), .instant(time)])
    }

    /// An active one. Metadata that an earlier version took and this one does not is none: the client is unknown until it is registered anew.
    func find(_ id: String, in connection: any Connection) throws -> Client? {
        guard id.utf8.count <= 100 else { return nil }
        return try connection.first("SELECT content FROM openid_client WHERE id = $1 AND is_active = 1", [.text(id)]) { try $0.json(0) }
            .flatMap { content in try? Client(json: content) }
    }

    /// False when the assertion was taken before.
    func take(assertion jti: String, of clientID: String, until: Instant, in connection: any Connection) throws -> Bool {
        try connection.changes(
            "INSERT INTO openid_assertion (client_id, jti, expires_at) VALUES ($1, $2, $3) ON CONFLICT (client_id, jti) DO NOTHING",
            [.text(clientID), .text(jti), .instant(until)]) == 1
    }
}
