import Database
import Trust
import Values

/// All SQL of the module: people and what they are known by here, the rest in files of its own. What is personal is sealed here, so
/// that nothing above sees ciphertext and nothing below sees anything else.
struct IdentityStore: Sendable {
    static let scope = "identity"

    let vault: Vault

    func index(_ value: String, kind: String) -> String { vault.blindIndex(value, scope: "identity.\(kind)") }

    func seal(_ json: JSON, _ context: String) throws -> [UInt8] { try vault.seal(json.bytes, scope: IdentityStore.scope, context: context) }

    func open(_ sealed: [UInt8], _ context: String) throws -> JSON {
        try JSON.parse(vault.open(sealed, scope: IdentityStore.scope, context: context))
    }

    // MARK: People

    func insert(_ person: PersonRecord, at time: Instant, in connection: any Connection) throws {
        try connection.execute(
            "INSERT INTO identity_subject (subject_id, profile, created_at) VALUES ($1, $2, $3)",
            [.text(person.id), .blob(try seal(person.json, IdentityStore.profileContext(person.id))), .instant(time)])
    }

    func person(_ id: String, in connection: any Connection) throws -> PersonRecord? {
        let sealed = try connection.first("SELECT profile FROM identity_subject WHERE subject_id = $1", [.text(id)]) { try $0.blob(0) }
        return try sealed.flatMap { PersonRecord(id: id, json: try open($0, IdentityStore.profileContext(id))) }
    }

    /// Ids of some who are registered.
    func subjects(limit: Int, in connection: any Connection) throws -> [String] {
        try connection.query("SELECT subject_id FROM identity_subject ORDER BY subject_id LIMIT $1", [.integer(Int64(limit))]) { try $0.text(0) }
    }

    static func profileContext(_ id: String) -> String { "identity_subject/\(id)/profile" }

    // MARK: What they are known by

    /// False when the number is another subject's already.
    func claim(_ number: IdentityNumber, for subjectID: String, at time: Instant, in connection: any Connection) throws -> Bool {
        let kind = number.kind.rawValue
        let index = index(number.value, kind: kind)
        let isNew = try connection.changes(
            "INSERT INTO identity_identifier_owner (value_index, kind, subject_id) VALUES ($1, $2, $3) ON CONFLICT (value_index, kind) DO NOTHING",
            [.text(index), .text(kind), .text(subjectID)])
        guard isNew == 1 else { return false }
        let sealed = try vault.seal(text: number.value, scope: IdentityStore.scope, context: IdentityStore.identifierContext(subjectID, kind))
        try connection.execute(
            "INSERT INTO identity_identifier (subject_id, kind, value_index, sealed, added_at) VALUES ($1, $2, $3, $4, $5)",
            [.text(subjectID), .text(kind), .text(index), .blob(sealed), .instant(time)])
        return true
    }

    func subject(_ number: IdentityNumber, in connection: any Connection) throws -> String? {
        let kind = number.kind.rawValue
        return try connection.first(
            "SELECT subject_id FROM identity_identifier_owner WHERE value_index = $1 AND kind = $2",
            [.text(index(number.value, kind: kind)), .text(kind)]) { try $0.text(0) }
    }

    func nationalNumber(of subjectID: String, in connection: any Connection) throws -> String? {
        try number(of: subjectID, .national, in: connection)
    }

    func number(of subjectID: String, _ kind: IdentityNumber.Kind, in connection: any Connection) throws -> String? {
        let kind = kind.rawValue
        let sealed = try connection.first(
            "SELECT sealed FROM identity_identifier WHERE subject_id = $1 AND kind = $2", [.text(subjectID), .text(kind)]) { try $0.blob(0) }
        return try sealed.map {
            try vault.openText($0, scope: IdentityStore.scope, context: IdentityStore.identifierContext(subjectID, kind))
        }
    }

    private static func identifierContext(_ subjectID: String, _ kind: String) -> String { "identity_identifier/\(subjectID)/\(kind)" }
}
