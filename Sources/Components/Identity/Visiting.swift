import Contracts
import Database
import Language
import Trust
import Values
import Web

/// Proving face to face who one is: the person brings a code from her zone and a paper with a photograph, an officer compares.
struct Visit: Sendable, Hashable {
    static let validSeconds: Int64 = 30 * 60
    /// Without letters and digits that are taken for one another.
    private static let alphabet = Array("ABCDEFGHJKLMNPQRSTUVWXYZ23456789")
    static let length = 8

    let id: String
    let subjectID: String
    let expiresAt: Instant

    static func makeCode() -> String {
        var generator = SystemRandomNumberGenerator()
        return String((0..<length).map { _ in alphabet[Int.random(in: alphabet.indices, using: &generator)] })
    }

    /// What was typed, without spaces and hyphens; nil when it cannot be a code.
    static func read(_ text: String) -> String? {
        guard text.utf8.count <= 64 else { return nil }
        let code = text.uppercased().filter { !$0.isWhitespace && $0 != "-" }
        return code.count == length && code.allSatisfy(alphabet.contains) ? code : nil
    }
}

/// What an officer looks at.
enum ShownPaper: String, Sendable, CaseIterable {
    case identityCard = "identity-card"
    case passport, drivingLicence = "driving-licence"
}

extension IdentityStore {
    func insert(_ visit: Visit, code: String, in connection: any Connection) throws {
        try connection.execute("DELETE FROM identity_visit WHERE subject_id = $1", [.text(visit.subjectID)])
        try connection.execute(
            "INSERT INTO identity_visit (code_hash, subject_id, id, expires_at) VALUES ($1, $2, $3, $4)",
            [.text(visitHash(code)), .text(visit.subjectID), .text(visit.id), .instant(visit.expiresAt)])
    }

    func visit(_ code: String, at time: Instant, in connection: any Connection) throws -> Visit? {
        try connection.first(
            "SELECT id, subject_id, expires_at FROM identity_visit WHERE code_hash = $1 AND expires_at > $2", [.text(visitHash(code)), .instant(time)]
        ) { Visit(id: try $0.text(0), subjectID: try $0.text(1), expiresAt: try $0.instant(2)) }
    }

    /// False when it was used meanwhile.
    func take(_ visit: Visit, in connection: any Connection) throws -> Bool {
        try connection.changes("DELETE FROM identity_visit WHERE id = $1 AND subject_id = $2", [.text(visit.id), .text(visit.subjectID)]) == 1
    }

    /// What was proved counts at once, also where she is signed in.
    func raise(proof level: Int, of subjectID: String, in connection: any Connection) throws {
        try connection.execute(
            "UPDATE identity_session SET proof_level = $1 WHERE subject_id = $2 AND proof_level < $1", [.integer(Int64(level)), .text(subjectID)])
    }

    private func visitHash(_ code: String) -> String { vault.blindIndex(code, scope: "identity.visit") }
}

extension Identity {
    /// A code for the next half hour; the one before is of no more use.
    func beginVisit(_ actor: Actor) async throws -> (code: String, until: Instant) {
        let (store, code, time) = (store, Visit.makeCode(), clock.now())
        let visit = Visit(id: UUIDv7.next(at: time), subjectID: actor.id, expiresAt: time.adding(seconds: Visit.validSeconds))
        try await database.write { try store.insert(visit, code: code, in: $0) }
        return (code, visit.expiresAt)
    }

    struct Visitor: Sendable {
        let visit: Visit
        let person: PersonRecord
        let number: String?
    }

    /// Whom the officer has before him, by her code. That he looked stands in her log. Nil for a code that is none, and for his own.
    func visitor(_ code: String, seenBy officer: Actor) async throws -> Visitor? {
        let (store, time, auditLog) = (store, clock.now(), auditLog)
        return try await database.write { connection in
            guard let visit = try store.visit(code, at: time, in: connection), visit.subjectID != officer.id,
                let person = try store.person(visit.subjectID, in: connection)
            else { return nil }
            try auditLog.record(
                AuditEntry(
                    subjectID: person.id, actor: officer, action: .read, what: "identity.visit", basis: .request(visit.id),
                    fields: ["name", "nationalNumber", "birthDate"], at: time), in: connection)
            return Visitor(visit: visit, person: person, number: try store.nationalNumber(of: person.id, in: connection))
        }
    }

    /// The officer has compared. False when the code was used meanwhile.
    func prove(_ visitor: Visitor, by paper: ShownPaper, officer: Actor) async throws -> Bool {
        let (store, time, auditLog, postman) = (store, clock.now(), auditLog, postman)
        let (person, visit) = (visitor.person, visitor.visit)
        let row = EvidenceRow(
            id: UUIDv7.next(at: time), source: paper.rawValue, ownerID: officer.organisation ?? "", method: .inPerson,
            fields: ["name", "nationalNumber", "birthDate", "photograph"], result: .match, agreementID: "", registrationID: visit.id, at: time)
        return try await database.write { connection in
            guard try store.take(visit, in: connection) else { return false }
            try store.add(row, about: person.id, in: connection)
            try store.raise(proof: store.ledger(of: person.id, in: connection).proofLevel(), of: person.id, in: connection)
            try auditLog.record(
                AuditEntry(
                    subjectID: person.id, actor: officer, action: .credential, what: "identity.proved-in-person", basis: .request(visit.id),
                    fields: row.fields, at: time), in: connection)
            try postman.send(
                Notice(
                    recipientID: person.id, bodyID: officer.organisation ?? Identity.ownerID, template: "identity.proved-in-person",
                    values: ["time": Formats.dateTime(time, in: person.language)], link: "/me/identity",
                    idempotencyKey: "identity.proved-in-person:\(visit.id)"), in: connection)
            return true
        }
    }
}
