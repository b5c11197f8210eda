import Database
import Values

/// The evidence ledger and the offices people hold.
extension IdentityStore {
    func add(_ row: EvidenceRow, about subjectID: String, in connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO identity_evidence (subject_id, id, source, owner_id, method, fields, result, agreement_id, registration_id, at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            [
                .text(subjectID), .text(row.id), .text(row.source), .text(row.ownerID), .text(row.method.rawValue),
                .json(.strings(row.fields)), .text(row.result.rawValue), .text(row.agreementID), .text(row.registrationID), .instant(row.at),
            ])
    }

    func ledger(of subjectID: String, in connection: any Connection) throws -> EvidenceLedger {
        let rows = try connection.query(
            """
            SELECT id, source, owner_id, method, fields, result, agreement_id, registration_id, at FROM identity_evidence
            WHERE subject_id = $1 ORDER BY id
            """, [.text(subjectID)]
        ) { row -> EvidenceRow? in
            guard let method = EvidenceRow.Method(rawValue: try row.text(3)), let result = EvidenceRow.Result(rawValue: try row.text(5))
            else { return nil }
            return EvidenceRow(
                id: try row.text(0), source: try row.text(1), ownerID: try row.text(2), method: method,
                fields: try row.json(4).array?.compactMap(\.string) ?? [], result: result, agreementID: try row.text(6),
                registrationID: try row.text(7), at: try row.instant(8))
        }
        return EvidenceLedger(rows: rows.compactMap(\.self))
    }

    /// Drops what a registration found out about people it did not register.
    func dropUnused(registrationID: String, in connection: any Connection) throws {
        try connection.execute(
            """
            DELETE FROM identity_evidence WHERE registration_id = $1
            AND NOT EXISTS (SELECT 1 FROM identity_subject s WHERE s.subject_id = identity_evidence.subject_id)
            """, [.text(registrationID)])
    }

    // MARK: Offices

    func set(_ office: Office, in connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO identity_office (subject_id, body_id, role, valid_from, valid_to) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (subject_id, body_id, role) DO UPDATE SET valid_from = excluded.valid_from, valid_to = excluded.valid_to
            """,
            [.text(office.subjectID), .text(office.bodyID), .text(office.role), .date(office.from), office.to.map(SQLValue.date) ?? .null])
    }

    /// Offices held on a day.
    func offices(of subjectID: String, on date: CalendarDate, in connection: any Connection) throws -> [Office] {
        try officeRows(ofPerson: subjectID, in: connection).filter { $0.isHeld(on: date) }
    }

    /// Those that are over as well.
    func officeRows(ofPerson subjectID: String, in connection: any Connection) throws -> [Office] {
        try connection.query(
            "SELECT \(Self.officeColumns) FROM identity_office WHERE subject_id = $1 ORDER BY body_id, role", [.text(subjectID)], Self.office)
    }

    /// Those that are over as well.
    func officeRows(of bodyID: String, in connection: any Connection) throws -> [Office] {
        try connection.query(
            "SELECT \(Self.officeColumns) FROM identity_office WHERE body_id = $1 ORDER BY subject_id, role", [.text(bodyID)], Self.office)
    }

    /// One point read.
    func holds(_ role: String, at bodyID: String, _ subjectID: String, on date: CalendarDate, in connection: any Connection) throws -> Bool {
        try connection.first(
            "SELECT \(Self.officeColumns) FROM identity_office WHERE subject_id = $1 AND body_id = $2 AND role = $3",
            [.text(subjectID), .text(bodyID), .text(role)], Self.office)?.isHeld(on: date) ?? false
    }

    func officers(of bodyID: String, role: String?, on date: CalendarDate, in connection: any Connection) throws -> [Office] {
        try officeRows(of: bodyID, in: connection).filter { $0.isHeld(on: date) && (role == nil || $0.role == role) }
    }

    private static let officeColumns = "subject_id, body_id, role, valid_from, valid_to"

    private static func office(_ row: any Row) throws -> Office {
        Office(
            subjectID: try row.text(0), bodyID: try row.text(1), role: try row.text(2), from: try row.date(3),
            to: try row.isNull(4) ? nil : row.date(4))
    }
}
