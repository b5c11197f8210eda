public import Contracts
public import Database
internal import Language
public import Trust
public import Values
internal import Web
#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Registers the people of the demo country who sign in, as if they had done so themselves.
public struct IdentityDemo: Sendable {
    private let database: any Database
    private let store: IdentityStore
    private let hasher: PasswordHasher
    private let auditLog: any AuditLog
    private let clock: TimeSource

    public init(database: any Database, vault: Vault, hasher: PasswordHasher, auditLog: any AuditLog, clock: TimeSource) {
        (self.database, store, self.hasher, self.auditLog, self.clock) = (database, IdentityStore(vault: vault), hasher, auditLog, clock)
    }

    /// Reads `registers/personas.json`; see `load(_:password:municipalities:)`.
    @discardableResult
    public func load(path: String, password: String, municipalities: [String]) async throws -> Int {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        return try await load(JSON.parse(text), password: password, municipalities: municipalities)
    }

    /// Registers everybody with an e-mail address who is not registered yet. How many that were; the second time none.
    ///
    /// - Parameter municipalities: ids of the bodies the municipal officer works for: all that take requests, so that none waits for ever.
    @discardableResult
    public func load(_ personas: JSON, password: String, municipalities: [String]) async throws -> Int {
        let list = personas["personas"]?.array ?? personas.array ?? []
        let fresh = try await database.read { connection in
            try list.filter { persona in
                guard persona["email"] != nil, let number = persona["nationalNumber"]?.string else { return false }
                return try store.subject(.national(number), in: connection) == nil
            }
        }
        guard !fresh.isEmpty else { return 0 }
        let hash = try await hasher.hash(password)
        let time = clock.now()
        let people = fresh.compactMap { DemoPerson($0, municipalities, at: time) }
        return try await database.write { connection in
            try people.count { try register($0, hash, at: time, in: connection) }
        }
    }

    private func register(_ demo: DemoPerson, _ hash: String, at time: Instant, in connection: any Connection) throws -> Bool {
        let person = demo.person
        guard try store.claim(.national(demo.number), for: person.id, at: time, in: connection) else { return false }
        try store.insert(person, at: time, in: connection)
        try store.setPassword(hash, id: demo.credentialID, of: person.id, at: time, in: connection)
        for row in demo.evidence { try store.add(row, about: person.id, in: connection) }
        for office in demo.offices { try store.set(office, in: connection) }
        try auditLog.record(
            AuditEntry(
                subjectID: person.id, actor: .system("demo"), action: .credential, what: "identity.register",
                basis: .request(demo.registrationID), fields: ["nationalNumber", "name", "birthDate", "contact"], at: time), in: connection)
        return true
    }
}

/// One of them, with ids that stay the same when the transaction is run again.
private struct DemoPerson: Sendable {
    let number: String
    let person: PersonRecord
    let evidence: [EvidenceRow]
    let offices: [Office]
    let registrationID: String
    let credentialID: String

    init?(_ json: JSON, _ municipalities: [String], at time: Instant) {
        let id = UUIDv7.next(at: time)
        guard let number = json["nationalNumber"]?.string.flatMap({ NationalNumber($0) }), let email = json["email"]?.string,
            let given = DemoPerson.text(json["givenName"]), let family = DemoPerson.text(json["familyName"]),
            let birth = json["birthDate"]?.string.flatMap({ CalendarDate($0) })
        else { return nil }
        self.number = number.digits
        person = PersonRecord(
            id: id, givenName: given, familyName: family, birthDate: birth, email: email, phone: json["phone"]?.string,
            language: json["language"]?.string.flatMap { Language(rawValue: $0) } ?? .standard)
        registrationID = UUIDv7.next(at: time)
        credentialID = UUIDv7.next(at: time)
        let registration = registrationID
        evidence = DemoPerson.sources.map { source in
            EvidenceRow(
                id: UUIDv7.next(at: time), source: source.source, ownerID: source.owner, method: .comparison, fields: source.fields,
                result: .match, agreementID: "", registrationID: registration, at: time)
        }
        let start = IsraelTime.date(time)
        let further = (json["offices"]?.array ?? []).compactMap { office -> (String, String)? in
            guard let body = office["body"]?.string, let role = office["role"]?.string else { return nil }
            return (body, role)
        }
        let usual = DemoPerson.usualOffices(of: json["key"]?.string, municipalities)
        offices = (usual + further).map {
            Office(subjectID: id, bodyID: $0.0, role: $0.1, from: start, to: nil)
        }
    }

    private static func text(_ json: JSON?) -> String? { json?.string ?? json?["he"]?.string }

    private static let sources: [(source: String, owner: String, fields: [String])] = [
        ("population", "population-authority", ["birthDate", "cardIssueDate", "nationalNumber"]),
        ("addresses", "national-insurance", ["localityCode", "nationalNumber"]),
    ]

    /// Offices by persona: one works for all municipalities, one for the five bodies that must agree to a business.
    private static func usualOffices(of key: String?, _ municipalities: [String]) -> [(String, String)] {
        switch key {
        case "municipal-officer": municipalities.map { ($0, OfficerRole.caseOfficer) }
        case "regulator-officer": ["police", "fire", "health", "environment", "agriculture"].map { ($0, OfficerRole.caseOfficer) }
        case "administrator": [(Identity.ownerID, OfficerRole.administrator)]
        default: []
        }
    }
}
