import Authenticators
import Database
import Trust
import Values

/// Passkeys and authenticator apps, and the questions that passkeys have answered.
extension IdentityStore {
    private static let authenticatorColumns = "subject_id, id, sealed, counter, created_at, last_used_at"

    /// False when somebody has this passkey already, or the person an app.
    func insert(_ authenticator: PersonalAuthenticator, in connection: any Connection) throws -> Bool {
        if case .passkey(let passkey) = authenticator.key {
            let isNew = try connection.changes(
                """
                INSERT INTO identity_passkey_owner (credential_hash, subject_id, authenticator_id) VALUES ($1, $2, $3)
                ON CONFLICT (credential_hash) DO NOTHING
                """,
                [.text(Fingerprint.hex(of: passkey.credentialID)), .text(authenticator.subjectID), .text(authenticator.id)])
            guard isNew == 1 else { return false }
        } else if try app(of: authenticator.subjectID, in: connection) != nil {
            return false
        }
        let sealed = try seal(authenticator.json, Self.authenticatorContext(authenticator.subjectID, authenticator.id))
        try connection.execute(
            "INSERT INTO identity_authenticator (subject_id, id, kind, sealed, counter, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
            [
                .text(authenticator.subjectID), .text(authenticator.id), .text(authenticator.key.kind), .blob(sealed),
                .integer(authenticator.counter), .instant(authenticator.createdAt),
            ])
        return true
    }

    /// Oldest first.
    func authenticators(of subjectID: String, in connection: any Connection) throws -> [PersonalAuthenticator] {
        try connection.query(
            "SELECT \(Self.authenticatorColumns) FROM identity_authenticator WHERE subject_id = $1 ORDER BY id", [.text(subjectID)], readAuthenticator
        ).compactMap(\.self)
    }

    func app(of subjectID: String, in connection: any Connection) throws -> PersonalAuthenticator? {
        try connection.first(
            "SELECT \(Self.authenticatorColumns) FROM identity_authenticator WHERE subject_id = $1 AND kind = 'app'", [.text(subjectID)],
            readAuthenticator
        ).flatMap(\.self)
    }

    func passkey(_ credentialID: [UInt8], in connection: any Connection) throws -> PersonalAuthenticator? {
        try connection.first(
            """
            SELECT a.subject_id, a.id, a.sealed, a.counter, a.created_at, a.last_used_at FROM identity_passkey_owner o
            JOIN identity_authenticator a ON a.subject_id = o.subject_id AND a.id = o.authenticator_id WHERE o.credential_hash = $1
            """, [.text(Fingerprint.hex(of: credentialID))], readAuthenticator
        ).flatMap(\.self)
    }

    /// Moves the counter on. False when it is gone, or its counter is not behind this one: of two uses at once one is refused.
    func use(_ authenticator: PersonalAuthenticator, counter: Int64, at time: Instant, in connection: any Connection) throws -> Bool {
        try connection.changes(
            """
            UPDATE identity_authenticator SET counter = $1, last_used_at = $2
            WHERE subject_id = $3 AND id = $4 AND (counter < $1 OR (counter = 0 AND $1 = 0))
            """, [.integer(counter), .instant(time), .text(authenticator.subjectID), .text(authenticator.id)]) == 1
    }

    /// What was removed; nil when it is not there.
    func deleteAuthenticator(_ id: String, of subjectID: String, in connection: any Connection) throws -> PersonalAuthenticator? {
        let found = try connection.first(
            "SELECT \(Self.authenticatorColumns) FROM identity_authenticator WHERE subject_id = $1 AND id = $2", [.text(subjectID), .text(id)],
            readAuthenticator
        ).flatMap(\.self)
        guard let found else { return nil }
        try connection.execute("DELETE FROM identity_authenticator WHERE subject_id = $1 AND id = $2", [.text(subjectID), .text(id)])
        if case .passkey(let passkey) = found.key {
            try connection.execute(
                "DELETE FROM identity_passkey_owner WHERE credential_hash = $1", [.text(Fingerprint.hex(of: passkey.credentialID))])
        }
        return found
    }

    /// False when the question was answered before.
    func take(challenge: [UInt8], until expiry: Instant, in connection: any Connection) throws -> Bool {
        try connection.changes(
            "INSERT INTO identity_challenge (challenge_hash, expires_at) VALUES ($1, $2) ON CONFLICT (challenge_hash) DO NOTHING",
            [.text(Fingerprint.hex(of: challenge)), .instant(expiry)]) == 1
    }

    private static func authenticatorContext(_ subjectID: String, _ id: String) -> String { "identity_authenticator/\(subjectID)/\(id)" }

    private func readAuthenticator(_ row: any Row) throws -> PersonalAuthenticator? {
        let (subject, id) = (try row.text(0), try row.text(1))
        let json = try open(try row.blob(2), Self.authenticatorContext(subject, id))
        return try PersonalAuthenticator.key(json).map { key in
            PersonalAuthenticator(
                subjectID: subject, id: id, name: json["name"]?.string ?? "", key: key, counter: try row.int(3), createdAt: try row.instant(4),
                lastUsedAt: try row.optionalInstant(5))
        }
    }
}
