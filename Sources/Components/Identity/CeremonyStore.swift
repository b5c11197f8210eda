import Database
import Trust
import Values

/// A sign-in between its password and its code.
struct PendingSignIn: Sendable, Hashable {
    let tokenHash: String
    let subjectID: String
    let id: String
    let next: String?
    let attemptKey: String
    let expiresAt: Instant
}

/// Registrations and sign-ins on their way, and the code each waits for.
extension IdentityStore {
    func save(_ registration: Registration, tokenHash: String, until expiry: Instant, in connection: any Connection) throws {
        let sealed = try seal(registration.json, "identity_registration/\(tokenHash)")
        try connection.execute(
            """
            INSERT INTO identity_registration (token_hash, id, sealed, expires_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (token_hash) DO UPDATE SET sealed = excluded.sealed
            """, [.text(tokenHash), .text(registration.id), .blob(sealed), .instant(expiry)])
    }

    func registration(tokenHash: String, at time: Instant, in connection: any Connection) throws -> Registration? {
        let sealed = try connection.first(
            "SELECT sealed FROM identity_registration WHERE token_hash = $1 AND expires_at > $2", [.text(tokenHash), .instant(time)]
        ) { try $0.blob(0) }
        return try sealed.flatMap { Registration(json: try open($0, "identity_registration/\(tokenHash)")) }
    }

    @discardableResult
    func deleteRegistration(tokenHash: String, in connection: any Connection) throws -> Bool {
        try connection.changes("DELETE FROM identity_registration WHERE token_hash = $1", [.text(tokenHash)]) > 0
    }

    /// Deletes a registration that registered nobody, with all that was found out and its code.
    func discard(registrationID: String, tokenHash: String, in connection: any Connection) throws {
        try dropUnused(registrationID: registrationID, in: connection)
        try deleteCode(of: registrationID, in: connection)
        try deleteRegistration(tokenHash: tokenHash, in: connection)
    }

    func insert(_ signIn: PendingSignIn, in connection: any Connection) throws {
        try connection.execute(
            "INSERT INTO identity_sign_in (token_hash, subject_id, id, next_path, attempt_key, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
            [
                .text(signIn.tokenHash), .text(signIn.subjectID), .text(signIn.id), .optional(signIn.next), .text(signIn.attemptKey),
                .instant(signIn.expiresAt),
            ])
    }

    func signIn(tokenHash: String, at time: Instant, in connection: any Connection) throws -> PendingSignIn? {
        try connection.first(
            """
            SELECT token_hash, subject_id, id, next_path, attempt_key, expires_at FROM identity_sign_in
            WHERE token_hash = $1 AND expires_at > $2
            """, [.text(tokenHash), .instant(time)]
        ) {
            PendingSignIn(
                tokenHash: try $0.text(0), subjectID: try $0.text(1), id: try $0.text(2), next: try $0.optionalText(3),
                attemptKey: try $0.text(4), expiresAt: try $0.instant(5))
        }
    }

    func end(_ signIn: PendingSignIn, in connection: any Connection) throws {
        try connection.execute("DELETE FROM identity_sign_in WHERE token_hash = $1", [.text(signIn.tokenHash)])
        try deleteCode(of: signIn.id, in: connection)
    }

    /// Ends all of a person's sign-ins that wait for their code.
    func deleteSignIns(of subjectID: String, in connection: any Connection) throws {
        try connection.execute(
            "DELETE FROM identity_code WHERE ceremony_id IN (SELECT id FROM identity_sign_in WHERE subject_id = $1)", [.text(subjectID)])
        try connection.execute("DELETE FROM identity_sign_in WHERE subject_id = $1", [.text(subjectID)])
    }

    // MARK: Codes

    /// Puts a new code in the place of any before it. It confirms the address it was sent to and no other. False when this ceremony has had
    /// its share.
    func issue(
        _ code: OneTimeCode, for ceremonyID: String, to email: String, keepsTries: Bool, at time: Instant, in connection: any Connection
    ) throws -> Bool {
        let old = try connection.first("SELECT tries, issues FROM identity_code WHERE ceremony_id = $1", [.text(ceremonyID)]) {
            (tries: try $0.int(0), issues: try $0.int(1))
        }
        let issues = old?.issues ?? 0
        guard issues < OneTimeCode.issuesMax else { return false }
        try connection.execute(
            """
            INSERT INTO identity_code (ceremony_id, code_hash, tries, issues, expires_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (ceremony_id) DO UPDATE SET code_hash = excluded.code_hash, tries = excluded.tries, issues = excluded.issues,
            expires_at = excluded.expires_at
            """,
            [
                .text(ceremonyID), .text(hash(code.digits, ceremonyID, email)), .integer(keepsTries ? old?.tries ?? 0 : 0), .integer(issues + 1),
                .instant(time.adding(seconds: OneTimeCode.validSeconds)),
            ])
        return true
    }

    /// Counts tries for a sign-in of somebody whose app shows her the code: no code that was sent fits.
    func await(_ signIn: PendingSignIn, in connection: any Connection) throws {
        try connection.execute(
            "INSERT INTO identity_code (ceremony_id, code_hash, tries, issues, expires_at) VALUES ($1, '', 0, 0, $2)",
            [.text(signIn.id), .instant(signIn.expiresAt)])
    }

    /// Whether her app shows this code now. Each of its codes is good once.
    func isShown(_ digits: String, by app: PersonalAuthenticator?, at time: Instant, in connection: any Connection) throws -> Bool {
        guard let app, case .app(let secret) = app.key, let step = OneTimeCode.step(digits, of: secret, at: time, after: app.counter) else { return false }
        return try use(app, counter: step, at: time, in: connection)
    }

    /// One try, counted whatever comes of it; the right code is used up by it.
    /// - Parameter isShown: whether the code is that of her app.
    func tryCode(
        _ digits: String, for ceremonyID: String, to email: String, at time: Instant, in connection: any Connection,
        isShown: () throws -> Bool = { false }
    ) throws -> OneTimeCode.Outcome {
        let found = try connection.first(
            "UPDATE identity_code SET tries = tries + 1 WHERE ceremony_id = $1 RETURNING code_hash, tries, expires_at", [.text(ceremonyID)]
        ) { (hash: try $0.text(0), tries: Int(try $0.int(1)), expiresAt: try $0.instant(2)) }
        guard let found, found.tries <= OneTimeCode.triesMax else { return .void }
        if try isShown() {
            try deleteCode(of: ceremonyID, in: connection)
            return .right
        }
        guard time < found.expiresAt else { return .expired }
        if constantTimeEquals(found.hash, hash(digits, ceremonyID, email)) {
            try deleteCode(of: ceremonyID, in: connection)
            return .right
        }
        return found.tries == OneTimeCode.triesMax ? .void : .wrong(triesLeft: OneTimeCode.triesMax - found.tries)
    }

    /// Whether a code is on its way by e-mail.
    func isSent(to ceremonyID: String, in connection: any Connection) throws -> Bool {
        try connection.first("SELECT issues FROM identity_code WHERE ceremony_id = $1", [.text(ceremonyID)]) { try $0.int(0) > 0 } ?? false
    }

    func deleteCode(of ceremonyID: String, in connection: any Connection) throws {
        try connection.execute("DELETE FROM identity_code WHERE ceremony_id = $1", [.text(ceremonyID)])
    }

    /// Keyed, because six digits alone are found from a plain hash in no time.
    private func hash(_ digits: String, _ ceremonyID: String, _ email: String) -> String {
        vault.blindIndex("\(ceremonyID):\(digits):\(email)", scope: "identity.code")
    }

    // MARK: Housekeeping

    /// Removes up to `limit` of each that nobody can use any more; what was found out in registrations that led nowhere goes with them.
    func removeExpired(at time: Instant, limit: Int, in connection: any Connection) throws {
        let stale = try connection.query(
            "SELECT token_hash, id FROM identity_registration WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2",
            [.instant(time), .integer(Int64(limit))]
        ) { (hash: try $0.text(0), id: try $0.text(1)) }
        for registration in stale {
            try discard(registrationID: registration.id, tokenHash: registration.hash, in: connection)
        }
        let idle = time.adding(seconds: -Session.idleSeconds)
        try connection.execute("DELETE FROM identity_session WHERE expires_at <= $1", [.instant(time)])
        try connection.execute("DELETE FROM identity_session WHERE last_seen_at <= $1", [.instant(idle)])
        try connection.execute("DELETE FROM identity_sign_in WHERE expires_at <= $1", [.instant(time)])
        // A registration's code row also counts how many it was sent: it lives as long as the registration may.
        try connection.execute(
            "DELETE FROM identity_code WHERE expires_at <= $1", [.instant(time.adding(seconds: -Identity.registrationSeconds))])
        // Longer than any count is looked at.
        try connection.execute(
            "DELETE FROM identity_attempt WHERE last_at <= $1", [.instant(time.adding(seconds: -CodeAllowance.windowSeconds))])
        try connection.execute("DELETE FROM identity_credential WHERE replaced_at <= $1", [.instant(time)])
        try connection.execute("DELETE FROM identity_card_round WHERE expires_at <= $1", [.instant(time)])
        try connection.execute("DELETE FROM identity_visit WHERE expires_at <= $1", [.instant(time)])
        try connection.execute("DELETE FROM identity_challenge WHERE expires_at <= $1", [.instant(time)])
        try removeForgottenDevices(at: time, in: connection)
    }

    /// Browsers that have lost their cookie by now. The one used last stays: without any the next would count as the first ever, of which
    /// the person is not told.
    private func removeForgottenDevices(at time: Instant, in connection: any Connection) throws {
        try connection.execute(
            """
            DELETE FROM identity_device WHERE last_seen_at <= $1 AND EXISTS (SELECT 1 FROM identity_device later
            WHERE later.subject_id = identity_device.subject_id AND later.last_seen_at > identity_device.last_seen_at)
            """, [.instant(time.adding(seconds: -Int64(Token.deviceSeconds)))])
    }
}
