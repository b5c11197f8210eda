import Contracts
import Database
import Values

/// A description of a register as it was imported.
struct ServiceVersion: Sendable {
    let id: String
    let version: Int
    let ownerID: String
    let digest: String
    let document: JSON
}

/// SQL of descriptions and of what their fields tell.
extension SpineStore {
    func insert(_ service: ServiceVersion, by actorID: String, at time: Instant, in connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO spine_service (id, version, owner_id, digest, document, imported_by, imported_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            [
                .text(service.id), .integer(Int64(service.version)), .text(service.ownerID), .text(service.digest), .json(service.document),
                .text(actorID), .instant(time),
            ])
    }

    /// The newest of each.
    func services(in connection: any Connection) throws -> [ServiceVersion] {
        try connection.query(
            """
            SELECT s.id, s.version, s.owner_id, s.digest, s.document FROM spine_service s
            WHERE s.version = (SELECT max(o.version) FROM spine_service o WHERE o.id = s.id) ORDER BY s.id
            """, [], SpineStore.service)
    }

    func service(_ id: String, in connection: any Connection) throws -> ServiceVersion? {
        try connection.first(
            "SELECT id, version, owner_id, digest, document FROM spine_service WHERE id = $1 ORDER BY version DESC LIMIT 1", [.text(id)],
            SpineStore.service)
    }

    private static func service(_ row: any Row) throws -> ServiceVersion {
        ServiceVersion(
            id: try row.text(0), version: Int(try row.int(1)), ownerID: try row.text(2), digest: try row.text(3), document: try row.json(4))
    }

    /// `operation pointer` → class.
    func fieldClasses(in connection: any Connection) throws -> [String: FieldClass] {
        let rows = try connection.query("SELECT operation, pointer, class FROM spine_field_class", []) {
            (key: "\(try $0.text(0)) \(try $0.text(1))", value: try $0.text(2))
        }
        return rows.reduce(into: [:]) { $0[$1.key] = FieldClass(rawValue: $1.value) }
    }

    func setClass(
        _ fieldClass: FieldClass, operation: String, pointer: String, by actorID: String, at time: Instant, in connection: any Connection
    ) throws {
        try connection.execute(
            """
            INSERT INTO spine_field_class (operation, pointer, class, set_by, set_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (operation, pointer) DO UPDATE SET class = excluded.class, set_by = excluded.set_by, set_at = excluded.set_at
            """, [.text(operation), .text(pointer), .text(fieldClass.rawValue), .text(actorID), .instant(time)])
    }

    /// When an agreement was last asked under; one read by its index, however long the log is.
    func lastUse(of agreementID: String, in connection: any Connection) throws -> Instant? {
        try connection.first(
            "SELECT at FROM spine_message WHERE agreement_id = $1 ORDER BY at DESC LIMIT 1", [.text(agreementID)]) { try $0.instant(0) }
    }

    /// Every version that is not over, with when it came into its state: of one body on either side, or of all.
    func dated(of bodyID: String?, in connection: any Connection) throws -> [(row: AgreementRow, since: Instant)] {
        let all = "SELECT id, version, status, content, content_hash, changed_at FROM spine_agreement WHERE status <> 'ended'"
        let own = bodyID == nil ? "" : " AND (consumer_id = $1 OR provider_id = $2)"
        return try connection.query("\(all)\(own) ORDER BY id, version", bodyID.map { [.text($0), .text($0)] } ?? []) {
            (try SpineStore.agreement($0), try $0.instant(5))
        }
    }
}
