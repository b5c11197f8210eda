import Database
import Values
import Web

/// What a person's sign-in at a client stands for.
struct Grant: Sendable, Hashable {
    let id: String
    let subjectID: String
    let clientID: String
    let sessionID: String
    let scopes: Set<Scope>
    let level: AssuranceLevel
    /// When the person last proved who she is.
    let authenticatedAt: Instant
    let createdAt: Instant
    let expiresAt: Instant
    /// At the simulator: the error that was asked for.
    var fault: SimulatedFault?
}

/// What the token endpoint must know of a code.
struct IssuedCode: Sendable {
    let clientID: String
    let subjectID: String
    let grantID: String
    let redirectURI: String
    /// Nil only in the legacy profile.
    let challenge: String?
    let nonce: String?
    let keyThumbprint: String?
    let expiresAt: Instant
}

/// A refresh token; it lasts as long as its grant.
struct IssuedRefresh: Sendable {
    let clientID: String
    let subjectID: String
    let grantID: String
    let rotatedAt: Instant?
}

/// All SQL of grants, and of the codes and refresh tokens that belong to them.
struct GrantStore: Sendable {
    private static let columns = "id, subject_id, client_id, session_id, scope, acr, auth_time, created_at, expires_at, fault"

    func insert(_ grant: Grant, in connection: any Connection) throws {
        try connection.execute(
            "INSERT INTO openid_grant (\(GrantStore.columns)) VALUES (\(SQL.parameters(10)))",
            [
                .text(grant.id), .text(grant.subjectID), .text(grant.clientID), .text(grant.sessionID), .text(Scope.text(grant.scopes)),
                .text(grant.level.name), .instant(grant.authenticatedAt), .instant(grant.createdAt), .instant(grant.expiresAt),
                .optional(grant.fault?.rawValue),
            ])
    }

    /// Nil when it is revoked or over.
    func find(_ id: String, at time: Instant, in connection: any Connection) throws -> Grant? {
        try connection.first(
            "SELECT \(GrantStore.columns) FROM openid_grant WHERE id = $1 AND revoked_at IS NULL AND expires_at > $2", [.text(id), .instant(time)]
        ) { row in
            try AssuranceLevel(row.text(5)).map { level in
                Grant(
                    id: try row.text(0), subjectID: try row.text(1), clientID: try row.text(2), sessionID: try row.text(3),
                    scopes: Scope.read(try row.text(4)), level: level, authenticatedAt: try row.instant(6), createdAt: try row.instant(7),
                    expiresAt: try row.instant(8), fault: try row.optionalText(9).flatMap(SimulatedFault.init))
            }
        }.flatMap(\.self)
    }

    /// Nothing that came of this grant is good any more.
    func revoke(_ id: String, at time: Instant, in connection: any Connection) throws {
        try connection.execute("UPDATE openid_grant SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL", [.instant(time), .text(id)])
    }

    func revokeAll(of subjectID: String, session: String, at time: Instant, in connection: any Connection) throws {
        try connection.execute(
            "UPDATE openid_grant SET revoked_at = $1 WHERE subject_id = $2 AND session_id = $3 AND revoked_at IS NULL",
            [.instant(time), .text(subjectID), .text(session)])
    }

    func revokeAll(ofClient clientID: String, at time: Instant, in connection: any Connection) throws {
        try connection.execute(
            "UPDATE openid_grant SET revoked_at = $1 WHERE client_id = $2 AND revoked_at IS NULL", [.instant(time), .text(clientID)])
    }

    /// What came of a person's sign-ins at one client.
    func revokeAll(of subjectID: String, at clientID: String, at time: Instant, in connection: any Connection) throws {
        try connection.execute(
            "UPDATE openid_grant SET revoked_at = $1 WHERE subject_id = $2 AND client_id = $3 AND revoked_at IS NULL",
            [.instant(time), .text(subjectID), .text(clientID)])
    }

    func deleteConsent(of subjectID: String, to clientID: String, in connection: any Connection) throws {
        try connection.execute("DELETE FROM openid_consent WHERE subject_id = $1 AND client_id = $2", [.text(subjectID), .text(clientID)])
    }

    /// The clients at which a person signed in or to which she agreed, and when last.
    func visited(by subjectID: String, in connection: any Connection) throws -> [String: Instant] {
        let agreed = try connection.query("SELECT client_id, at FROM openid_consent WHERE subject_id = $1", [.text(subjectID)]) {
            (try $0.text(0), try $0.instant(1))
        }
        let used = try connection.query(
            "SELECT client_id, MAX(created_at) FROM openid_grant WHERE subject_id = $1 GROUP BY client_id", [.text(subjectID)]
        ) { (try $0.text(0), try $0.instant(1)) }
        return Dictionary(agreed + used) { max($0, $1) }
    }

    /// Whether anything is good that came of sign-ins at a client.
    func isStanding(of subjectID: String, at clientID: String, at time: Instant, in connection: any Connection) throws -> Bool {
        try connection.first(
            "SELECT 1 FROM openid_grant WHERE subject_id = $1 AND client_id = $2 AND revoked_at IS NULL AND expires_at > $3 LIMIT 1",
            [.text(subjectID), .text(clientID), .instant(time)]) { try $0.int(0) } != nil
    }

    /// Sessions of which anything is good.
    func sessions(of subjectID: String, in connection: any Connection) throws -> [String] {
        try connection.query(
            "SELECT DISTINCT session_id FROM openid_grant WHERE subject_id = $1 AND revoked_at IS NULL ORDER BY session_id", [.text(subjectID)]
        ) { try $0.text(0) }
    }

    /// The clients that a session, or all but one, was used at. Sessions last half a day, so older ones have been told long ago.
    func places(of subjectID: String, session: String?, but sessionID: String, at time: Instant, in connection: any Connection) throws -> [Place] {
        let rows = try connection.query(
            "SELECT DISTINCT client_id, session_id FROM openid_grant WHERE subject_id = $1 AND created_at > $2 ORDER BY client_id, session_id",
            [.text(subjectID), .instant(time.adding(days: -1))]
        ) { row in Place(clientID: try row.text(0), sessionID: try row.text(1)) }
        return rows.filter { session == nil ? $0.sessionID != sessionID : $0.sessionID == session }
    }

    struct Place: Sendable, Hashable {
        let clientID: String
        let sessionID: String
    }

    func insert(_ code: IssuedCode, hash: String, in connection: any Connection) throws {
        let content = JSON.members([
            "redirect": .string(code.redirectURI), "challenge": code.challenge.map(JSON.string), "nonce": code.nonce.map(JSON.string),
            "key": code.keyThumbprint.map(JSON.string),
        ])
        try connection.execute(
            "INSERT INTO openid_code (code_hash, client_id, subject_id, grant_id, content, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
            [.text(hash), .text(code.clientID), .text(code.subjectID), .text(code.grantID), .json(content), .instant(code.expiresAt)])
    }

    func code(_ hash: String, in connection: any Connection) throws -> IssuedCode? {
        try connection.first(
            "SELECT client_id, subject_id, grant_id, content, expires_at FROM openid_code WHERE code_hash = $1", [.text(hash)]
        ) { row in
            let content = try row.json(3)
            return IssuedCode(
                clientID: try row.text(0), subjectID: try row.text(1), grantID: try row.text(2), redirectURI: content["redirect"]?.string ?? "",
                challenge: content["challenge"]?.string, nonce: content["nonce"]?.string, keyThumbprint: content["key"]?.string,
                expiresAt: try row.instant(4))
        }
    }

    /// False when it was used before.
    func use(code hash: String, at time: Instant, in connection: any Connection) throws -> Bool {
        try connection.changes("UPDATE openid_code SET used_at = $1 WHERE code_hash = $2 AND used_at IS NULL", [.instant(time), .text(hash)]) == 1
    }

    func insertRefresh(_ hash: String, of grant: Grant, in connection: any Connection) throws {
        try connection.execute(
            "INSERT INTO openid_refresh (token_hash, client_id, subject_id, grant_id, expires_at) VALUES ($1, $2, $3, $4, $5)",
            [.text(hash), .text(grant.clientID), .text(grant.subjectID), .text(grant.id), .instant(grant.expiresAt)])
    }

    func refresh(_ hash: String, in connection: any Connection) throws -> IssuedRefresh? {
        try connection.first(
            "SELECT client_id, subject_id, grant_id, rotated_at FROM openid_refresh WHERE token_hash = $1", [.text(hash)]
        ) { row in
            IssuedRefresh(
                clientID: try row.text(0), subjectID: try row.text(1), grantID: try row.text(2), rotatedAt: try row.optionalInstant(3))
        }
    }

    func rotate(refresh hash: String, at time: Instant, in connection: any Connection) throws {
        try connection.execute(
            "UPDATE openid_refresh SET rotated_at = $1 WHERE token_hash = $2 AND rotated_at IS NULL", [.instant(time), .text(hash)])
    }

    func consent(of subjectID: String, to clientID: String, in connection: any Connection) throws -> Set<Scope> {
        let text = try connection.first(
            "SELECT scope FROM openid_consent WHERE subject_id = $1 AND client_id = $2", [.text(subjectID), .text(clientID)]) { try $0.text(0) }
        return Scope.read(text ?? "")
    }

    func save(consent scopes: Set<Scope>, of subjectID: String, to clientID: String, at time: Instant, in connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO openid_consent (subject_id, client_id, scope, at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (subject_id, client_id) DO UPDATE SET scope = excluded.scope, at = excluded.at
            """, [.text(subjectID), .text(clientID), .text(Scope.text(scopes)), .instant(time)])
    }

    static let expiring = ["openid_request", "openid_code", "openid_refresh", "openid_grant", "openid_assertion"]
    static let portion = 1_000

    /// How many went. Used codes are kept until they expire, so that a second use is seen.
    func removeExpired(from table: String, at time: Instant, in connection: any Connection) throws -> Int {
        let keys = [
            "openid_request": "request_hash", "openid_code": "code_hash", "openid_refresh": "token_hash", "openid_grant": "id", "openid_assertion": "jti",
        ]
        guard let key = keys[table] else { return 0 }
        return try connection.changes(
            """
            DELETE FROM \(table) WHERE expires_at < $1 AND \(key) IN
                (SELECT \(key) FROM \(table) WHERE expires_at < $2 ORDER BY expires_at LIMIT \(GrantStore.portion))
            """, [.instant(time), .instant(time)])
    }
}
