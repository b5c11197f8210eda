import Database
import Trust
import Values
import Web

/// Sessions and known devices.
extension IdentityStore {
    private static let sessionColumns = """
        token_hash, subject_id, id, sealed, credential_level, proof_level, capacity, organisation_id, role, capacity_checked_at, holds_office,
        created_at, last_seen_at, expires_at
        """

    func insert(_ session: Session, in connection: any Connection) throws {
        try connection.execute(
            "INSERT INTO identity_session (\(Self.sessionColumns)) VALUES (\(SQL.parameters(14)))",
            [.text(session.tokenHash), .text(session.subjectID), .text(session.id), .blob(try sealed(session))]
                + [.integer(Int64(session.assurance.credential)), .integer(Int64(session.assurance.proof))]
                + CapacityColumns(session.capacity).values + [.optional(session.capacityCheckedAt), .bool(session.holdsOffice)]
                + [.instant(session.createdAt), .instant(session.lastSeenAt), .instant(session.expiresAt)])
    }

    /// The point read of every signed-in request. Throws `UnreadableSession` for one whose seal cannot be opened.
    func session(tokenHash: String, in connection: any Connection) throws -> Session? {
        try connection.first(
            "SELECT \(Self.sessionColumns) FROM identity_session WHERE token_hash = $1", [.text(tokenHash)], readSession)
    }

    func session(id: String, of subjectID: String, in connection: any Connection) throws -> Session? {
        try connection.first(
            "SELECT \(Self.sessionColumns) FROM identity_session WHERE subject_id = $1 AND id = $2", [.text(subjectID), .text(id)], readSession)
    }

    /// Newest use first, without those that cannot be opened.
    func sessions(of subjectID: String, liveAt time: Instant, limit: Int, in connection: any Connection) throws -> [Session] {
        try connection.query(
            """
            SELECT \(Self.sessionColumns) FROM identity_session WHERE subject_id = $1 AND expires_at > $2 AND last_seen_at > $3
            ORDER BY last_seen_at DESC, id LIMIT $4
            """,
            [.text(subjectID), .instant(time), .instant(time.adding(seconds: -Session.idleSeconds)), .integer(Int64(limit))]
        ) { row in do { return try readSession(row) } catch is UnreadableSession { return nil } }.compactMap(\.self)
    }

    func touch(tokenHash: String, at time: Instant, in connection: any Connection) throws {
        try connection.execute(
            "UPDATE identity_session SET last_seen_at = $1 WHERE token_hash = $2 AND last_seen_at < $3",
            [.instant(time), .text(tokenHash), .instant(time)])
    }

    /// The register still says that the capacity is hers.
    func confirmCapacity(tokenHash: String, at time: Instant, in connection: any Connection) throws {
        try connection.execute(
            "UPDATE identity_session SET capacity_checked_at = $1 WHERE token_hash = $2", [.instant(time), .text(tokenHash)])
    }

    /// The same session under a new secret, and in the capacity it now has.
    func replace(tokenHash: String, by session: Session, in connection: any Connection) throws -> Bool {
        guard try delete(tokenHash: tokenHash, in: connection) else { return false }
        try insert(session, in: connection)
        return true
    }

    func hold(sessionID: String, of subjectID: String, in connection: any Connection) throws -> Bool {
        try connection.changes(
            "UPDATE identity_session SET last_seen_at = last_seen_at WHERE subject_id = $1 AND id = $2", [.text(subjectID), .text(sessionID)]) == 1
    }

    @discardableResult
    func delete(tokenHash: String, in connection: any Connection) throws -> Bool {
        try connection.changes("DELETE FROM identity_session WHERE token_hash = $1", [.text(tokenHash)]) > 0
    }

    func delete(sessionID: String, of subjectID: String, in connection: any Connection) throws -> Bool {
        try connection.changes("DELETE FROM identity_session WHERE subject_id = $1 AND id = $2", [.text(subjectID), .text(sessionID)]) > 0
    }

    /// Ends all sessions of a person, or all but one.
    func deleteSessions(of subjectID: String, but sessionID: String = "", in connection: any Connection) throws {
        try connection.execute("DELETE FROM identity_session WHERE subject_id = $1 AND id <> $2", [.text(subjectID), .text(sessionID)])
    }

    // MARK: Devices

    enum Acquaintance: Sendable { case firstEver, known, new }

    /// Remembers the browser, and says whether the person has used it before. Two sign-ins that finish at once in one browser meet it once.
    func meet(device hash: String, of subjectID: String, at time: Instant, in connection: any Connection) throws -> Acquaintance {
        let others = try connection.first("SELECT 1 FROM identity_device WHERE subject_id = $1 LIMIT 1", [.text(subjectID)]) { try $0.int(0) }
        let isNew = try connection.changes(
            """
            INSERT INTO identity_device (subject_id, device_hash, first_seen_at, last_seen_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (subject_id, device_hash) DO NOTHING
            """, [.text(subjectID), .text(hash), .instant(time), .instant(time)]) > 0
        if isNew { return others == nil ? .firstEver : .new }
        try connection.execute(
            "UPDATE identity_device SET last_seen_at = $1 WHERE subject_id = $2 AND device_hash = $3",
            [.instant(time), .text(subjectID), .text(hash)])
        return .known
    }

    /// Whether the person has signed in with this browser before.
    func knows(device hash: String?, of subjectID: String, in connection: any Connection) throws -> Bool {
        guard let hash else { return false }
        return try connection.first(
            "SELECT 1 FROM identity_device WHERE subject_id = $1 AND device_hash = $2", [.text(subjectID), .text(hash)]) { try $0.int(0) } != nil
    }

    private func detail(_ sealed: [UInt8], of tokenHash: String) throws(UnreadableSession) -> Session.Detail {
        let json: JSON
        do { json = try open(sealed, "identity_session/\(tokenHash)") } catch {
            throw UnreadableSession(reason: (error as? VaultError).map { "\($0)" } ?? "no JSON")
        }
        guard let detail = Session.Detail(json: json) else { throw UnreadableSession(reason: "incomplete") }
        return detail
    }

    private func sealed(_ session: Session) throws -> [UInt8] {
        try seal(session.detail.json, "identity_session/\(session.tokenHash)")
    }

    private func readSession(_ row: any Row) throws -> Session {
        let hash = try row.text(0)
        let detail = try detail(try row.blob(3), of: hash)
        let capacity = CapacityColumns(kind: try row.text(6), organisation: try row.optionalText(7), role: try row.optionalText(8))
        return Session(
            tokenHash: hash, subjectID: try row.text(1), id: try row.text(2), detail: detail,
            assurance: Assurance(credential: Int(try row.int(4)), proof: Int(try row.int(5))), capacity: capacity.capacity,
            capacityCheckedAt: try row.optionalInstant(9), holdsOffice: try row.bool(10), createdAt: try row.instant(11),
            lastSeenAt: try row.instant(12), expiresAt: try row.instant(13))
    }
}

/// A session that was altered, or sealed by a key that is gone: it is nobody's.
struct UnreadableSession: Error {
    let reason: String
}

/// A capacity as three columns.
private struct CapacityColumns {
    let kind: String
    let organisation: String?
    let role: String?

    init(kind: String, organisation: String?, role: String?) { (self.kind, self.organisation, self.role) = (kind, organisation, role) }

    init(_ capacity: Capacity) {
        switch capacity {
        case .own: self.init(kind: "own", organisation: nil, role: nil)
        case .office(let organisation, let role): self.init(kind: "office", organisation: organisation, role: role)
        case .representative(let organisation): self.init(kind: "representative", organisation: organisation, role: nil)
        case .professional(let profession, let licence): self.init(kind: "professional", organisation: profession, role: licence)
        case .attorney(let mandate): self.init(kind: "attorney", organisation: mandate.principalID, role: mandate.id)
        }
    }

    var values: [SQLValue] { [.text(kind), .optional(organisation), .optional(role)] }

    var capacity: Capacity {
        switch (kind, organisation, role) {
        case ("office", let organisation?, let role?): .office(organisation: organisation, role: role)
        case ("representative", let organisation?, _): .representative(of: organisation)
        case ("professional", let profession?, let licence?): .professional(profession: profession, licence: licence)
        case ("attorney", let principal?, let id?): .attorney(.unread(id, principalID: principal))
        default: .own
        }
    }
}
