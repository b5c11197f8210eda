import Database
import Trust
import Values

/// A recovery on its way.
struct Recovery: Sendable, Hashable {
    let subjectID: String
    let id: String
    let passwordHash: String
    /// Where to write from now on; nil when the address stays.
    let email: String?
    let createdAt: Instant
    let dueAt: Instant

    var json: JSON { .members(["passwordHash": .string(passwordHash), "email": email.map(JSON.string)]) }
}

extension IdentityStore {
    private static let recoveryColumns = "subject_id, id, sealed, created_at, due_at"

    /// False when one is on its way already.
    func insert(_ recovery: Recovery, stopHash: String, in connection: any Connection) throws -> Bool {
        guard try waitingRecovery(of: recovery.subjectID, in: connection) == nil else { return false }
        let sealed = try seal(recovery.json, Self.recoveryContext(recovery.subjectID, recovery.id))
        try connection.execute(
            """
            INSERT INTO identity_recovery (subject_id, id, sealed, stop_hash, state, created_at, due_at) VALUES ($1, $2, $3, $4, 'waiting', $5, $6)
            """,
            [
                .text(recovery.subjectID), .text(recovery.id), .blob(sealed), .text(stopHash), .instant(recovery.createdAt), .instant(recovery.dueAt),
            ])
        return true
    }

    func waitingRecovery(of subjectID: String, in connection: any Connection) throws -> Recovery? {
        try connection.first(
            "SELECT \(Self.recoveryColumns) FROM identity_recovery WHERE subject_id = $1 AND state = 'waiting'", [.text(subjectID)], readRecovery
        ).flatMap(\.self)
    }

    func waitingRecovery(stopHash: String, in connection: any Connection) throws -> Recovery? {
        try connection.first(
            "SELECT \(Self.recoveryColumns) FROM identity_recovery WHERE stop_hash = $1 AND state = 'waiting'", [.text(stopHash)], readRecovery
        ).flatMap(\.self)
    }

    func dueRecoveries(at time: Instant, limit: Int, in connection: any Connection) throws -> [Recovery] {
        try connection.query(
            "SELECT \(Self.recoveryColumns) FROM identity_recovery WHERE state = 'waiting' AND due_at <= $1 ORDER BY due_at LIMIT $2",
            [.instant(time), .integer(Int64(limit))], readRecovery
        ).compactMap(\.self)
    }

    /// False when it waits no more. What it held is forgotten.
    func end(_ recovery: Recovery, as state: String, in connection: any Connection) throws -> Bool {
        try connection.changes(
            "UPDATE identity_recovery SET state = $1, sealed = $2 WHERE subject_id = $3 AND id = $4 AND state = 'waiting'",
            [.text(state), .blob([]), .text(recovery.subjectID), .text(recovery.id)]) == 1
    }

    /// What the registers said in a recovery belongs to whose identity it proved.
    func moveEvidence(of registrationID: String, from provisional: String, to subjectID: String, in connection: any Connection) throws {
        try connection.execute(
            "UPDATE identity_evidence SET subject_id = $1 WHERE registration_id = $2 AND subject_id = $3",
            [.text(subjectID), .text(registrationID), .text(provisional)])
    }

    func update(_ person: PersonRecord, in connection: any Connection) throws {
        try connection.execute(
            "UPDATE identity_subject SET profile = $1 WHERE subject_id = $2",
            [.blob(try seal(person.json, IdentityStore.profileContext(person.id))), .text(person.id)])
    }

    private static func recoveryContext(_ subjectID: String, _ id: String) -> String { "identity_recovery/\(subjectID)/\(id)" }

    private func readRecovery(_ row: any Row) throws -> Recovery? {
        let (subject, id) = (try row.text(0), try row.text(1))
        let json = try open(try row.blob(2), Self.recoveryContext(subject, id))
        return try json["passwordHash"]?.string.map { hash in
            Recovery(
                subjectID: subject, id: id, passwordHash: hash, email: json["email"]?.string, createdAt: try row.instant(3), dueAt: try row.instant(4))
        }
    }
}
