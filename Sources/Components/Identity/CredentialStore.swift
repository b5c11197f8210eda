import Database
import Trust
import Values

/// What people prove themselves with, and how often somebody tried in vain.
extension IdentityStore {
    static let password = "password"

    /// Makes this the person's password; the one before is of no more use.
    func setPassword(_ hash: String, id: String, of subjectID: String, at time: Instant, in connection: any Connection) throws {
        try connection.execute(
            "UPDATE identity_credential SET replaced_at = $1 WHERE subject_id = $2 AND kind = $3 AND replaced_at IS NULL",
            [.instant(time), .text(subjectID), .text(IdentityStore.password)])
        let sealed = try vault.seal(text: hash, scope: IdentityStore.scope, context: IdentityStore.credentialContext(subjectID, id))
        try connection.execute(
            "INSERT INTO identity_credential (subject_id, id, kind, sealed, created_at) VALUES ($1, $2, $3, $4, $5)",
            [.text(subjectID), .text(id), .text(IdentityStore.password), .blob(sealed), .instant(time)])
    }

    /// The hash of the password in force, in PHC form.
    /// Whether somebody has ever had anything to sign in with; a child for whom others act has not.
    func hasAccount(_ subjectID: String, in connection: any Connection) throws -> Bool {
        try connection.first("SELECT 1 FROM identity_credential WHERE subject_id = $1 LIMIT 1", [.text(subjectID)]) { try $0.int(0) } != nil
    }

    /// The subject with this number who has an account.
    func account(_ number: IdentityNumber, in connection: any Connection) throws -> String? {
        try subject(number, in: connection).flatMap { try hasAccount($0, in: connection) ? $0 : nil }
    }

    /// The same, found by either of two papers of one person: a renewed passport is no new person.
    func account(_ number: IdentityNumber, or other: IdentityNumber?, bornOn date: CalendarDate?, in connection: any Connection) throws -> String? {
        if let owner = try account(number, in: connection) { return owner }
        guard let owner = try other.flatMap({ try account($0, in: connection) }), try person(owner, in: connection)?.birthDate == date else { return nil }
        return owner
    }

    func passwordHash(of subjectID: String, in connection: any Connection) throws -> String? {
        let found = try connection.first(
            "SELECT id, sealed FROM identity_credential WHERE subject_id = $1 AND kind = $2 AND replaced_at IS NULL",
            [.text(subjectID), .text(IdentityStore.password)]) { (id: try $0.text(0), sealed: try $0.blob(1)) }
        return try found.map {
            try vault.openText($0.sealed, scope: IdentityStore.scope, context: IdentityStore.credentialContext(subjectID, $0.id))
        }
    }

    private static func credentialContext(_ subjectID: String, _ id: String) -> String { "identity_credential/\(subjectID)/\(id)" }

    // MARK: Attempts

    /// Where tries come from.
    enum Origin: Sendable {
        /// A network address.
        case network(String)
        /// A browser the person has signed in with before, by the hash of its cookie.
        case device(String)
    }

    /// What is guessed at and from where, as one keyed hash.
    func attemptKey(_ what: String, _ origin: Origin) -> String {
        let from = switch origin { case .network(let address): RemoteNetwork.of(address); case .device(let hash): "device:\(hash)" }
        return vault.blindIndex("\(what)\n\(from)", scope: "identity.attempt")
    }

    /// Counts one more try before it is made, so that many at once are counted too. The seconds to wait, when it may not be made.
    func countAttempt(_ key: String, at time: Instant, in connection: any Connection) throws -> Int {
        let known = try connection.first("SELECT failures, first_at, last_at FROM identity_attempt WHERE attempt_key = $1", [.text(key)]) {
            BackOff(failures: Int(try $0.int(0)), firstAt: try $0.instant(1), lastAt: try $0.instant(2))
        }
        let before = known ?? BackOff(firstAt: time, lastAt: time)
        let wait = before.secondsToWait(at: time)
        guard wait == 0 else { return wait }
        let after = before.counting(at: time)
        try connection.execute(
            """
            INSERT INTO identity_attempt (attempt_key, failures, first_at, last_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (attempt_key) DO UPDATE SET failures = excluded.failures, first_at = excluded.first_at, last_at = excluded.last_at
            """,
            [.text(key), .integer(Int64(after.failures)), .instant(after.firstAt), .instant(after.lastAt)])
        return 0
    }

    /// The try was not in vain, or not the person's fault.
    func takeBackAttempt(_ key: String, in connection: any Connection) throws {
        try connection.execute("UPDATE identity_attempt SET failures = failures - 1 WHERE attempt_key = $1 AND failures > 0", [.text(key)])
    }

    func forgetAttempts(_ key: String, in connection: any Connection) throws {
        try connection.execute("DELETE FROM identity_attempt WHERE attempt_key = $1", [.text(key)])
    }
}

/// The network an address belongs to: of IPv6 the first half, because whoever has one address there has all of the rest.
enum RemoteNetwork {
    static func of(_ address: String) -> String {
        guard address.contains(":"), !address.contains(".") else { return address }
        let halves = address.split(separator: "%")[0].components("::")
        let head = halves[0].split(separator: ":").map(String.init)
        let tail = halves.count > 1 ? halves[1].split(separator: ":").map(String.init) : []
        let zeros = max(0, 8 - head.count - tail.count)
        let groups = head + [String](repeating: "0", count: halves.count > 1 ? zeros : 0) + tail
        return groups.prefix(4).map { $0.lowercased() }.joined(separator: ":") + "::/64"
    }
}

extension Substring {
    fileprivate func components(_ separator: String) -> [Substring] {
        guard let range = ranges(of: separator).first else { return [self] }
        return [self[..<range.lowerBound], self[range.upperBound...]]
    }
}
