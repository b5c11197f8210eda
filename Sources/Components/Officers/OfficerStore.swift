import Contracts
import Database
import Language
import Trust
import Values

/// All SQL of the module.
struct OfficerStore: Sendable {
    private static let scope = "officers"
    private static let columns =
        "body_id, id, kind, role, unit_id, subject_id, valid_from, valid_to, state, proposer_id, created_at, expires_at"

    let vault: Vault

    // MARK: Appointments

    /// - Parameter number: of somebody who is not registered yet.
    func insert(_ appointment: Appointment, number: String?, in connection: any Connection) throws {
        let sealed = try number.map { try vault.seal(text: $0, scope: OfficerStore.scope, context: "officers_appointment.number:\(appointment.id)") }
        try connection.execute(
            """
            INSERT INTO officers_appointment (body_id, id, kind, role, unit_id, subject_id, number, valid_from, valid_to, state, proposer_id,
            created_at, expires_at) VALUES (\(SQL.parameters(13)))
            """,
            [
                .text(appointment.bodyID), .text(appointment.id), .text(appointment.kind.rawValue), .text(appointment.role),
                .optional(appointment.unitID), .optional(appointment.subjectID), sealed.map(SQLValue.blob) ?? .null, .date(appointment.from),
                appointment.to.map(SQLValue.date) ?? .null, .text(appointment.state.rawValue), .text(appointment.proposerID),
                .instant(appointment.createdAt), .instant(appointment.expiresAt),
            ])
    }

    func appointment(_ id: String, of bodyID: String, in connection: any Connection) throws -> Appointment? {
        try connection.first(
            "SELECT \(Self.columns) FROM officers_appointment WHERE body_id = $1 AND id = $2", [.text(bodyID), .text(id)], Self.read
        ).flatMap(\.self)
    }

    /// Of a body, waiting for an administrator or for the person; of all bodies when there is no body.
    func open(of bodyID: String?, at time: Instant, in connection: any Connection) throws -> [Appointment] {
        try connection.query(
            """
            SELECT \(Self.columns) FROM officers_appointment WHERE state IN ('proposed', 'invited') AND expires_at > $1
            ORDER BY created_at, id
            """, [.instant(time)], Self.read
        ).compactMap(\.self).filter { bodyID == nil || $0.bodyID == bodyID }
    }

    func invitations(to subjectID: String, at time: Instant, in connection: any Connection) throws -> [Appointment] {
        try connection.query(
            """
            SELECT \(Self.columns) FROM officers_appointment WHERE subject_id = $1 AND state = 'invited' AND expires_at > $2
            ORDER BY created_at, id
            """, [.text(subjectID), .instant(time)], Self.read
        ).compactMap(\.self)
    }

    /// False when it is in another state by now.
    func move(_ appointment: Appointment, to state: Appointment.State, confirmer: String? = nil, in connection: any Connection) throws -> Bool {
        try connection.changes(
            """
            UPDATE officers_appointment SET state = $1, confirmer_id = COALESCE($2, confirmer_id)
            WHERE body_id = $3 AND id = $4 AND state = $5
            """,
            [
                .text(state.rawValue), .optional(confirmer), .text(appointment.bodyID), .text(appointment.id), .text(appointment.state.rawValue),
            ]) == 1
    }

    /// Invitations of people who were not registered when they were made, with their numbers.
    func unfound(at time: Instant, in connection: any Connection) throws -> [(appointment: Appointment, number: String)] {
        try connection.query(
            """
            SELECT \(Self.columns), number FROM officers_appointment
            WHERE subject_id IS NULL AND state = 'invited' AND expires_at > $1 ORDER BY created_at, id LIMIT 500
            """, [.instant(time)]
        ) { row -> (Appointment, String)? in
            guard let appointment = try Self.read(row), !(try row.isNull(12)) else { return nil }
            return (appointment, try vault.openText(try row.blob(12), scope: OfficerStore.scope, context: "officers_appointment.number:\(appointment.id)"))
        }.compactMap(\.self)
    }

    func found(_ appointment: Appointment, _ subjectID: String, in connection: any Connection) throws {
        try connection.execute(
            "UPDATE officers_appointment SET subject_id = $1, number = NULL WHERE body_id = $2 AND id = $3 AND subject_id IS NULL",
            [.text(subjectID), .text(appointment.bodyID), .text(appointment.id)])
    }

    func expire(at time: Instant, in connection: any Connection) throws {
        try connection.execute(
            "UPDATE officers_appointment SET state = 'expired', number = NULL WHERE state IN ('proposed', 'invited') AND expires_at <= $1",
            [.instant(time)])
    }

    private static func read(_ row: any Row) throws -> Appointment? {
        guard let kind = Appointment.Kind(rawValue: try row.text(2)), let state = Appointment.State(rawValue: try row.text(8)) else { return nil }
        return Appointment(
            bodyID: try row.text(0), id: try row.text(1), kind: kind, role: try row.text(3), unitID: try row.optionalText(4),
            subjectID: try row.optionalText(5), from: try row.date(6), to: try row.isNull(7) ? nil : row.date(7), state: state,
            proposerID: try row.text(9), createdAt: try row.instant(10), expiresAt: try row.instant(11))
    }

    // MARK: Places in a body

    struct Place: Sendable, Hashable {
        let unitID: String?
        let confirmedOn: CalendarDate
    }

    func setPlace(
        _ bodyID: String, _ subjectID: String, _ role: String, unitID: String?, confirmedOn: CalendarDate, in connection: any Connection
    ) throws {
        try connection.execute(
            """
            INSERT INTO officers_place (body_id, subject_id, role, unit_id, confirmed_on) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (body_id, subject_id, role) DO UPDATE SET unit_id = excluded.unit_id, confirmed_on = excluded.confirmed_on
            """, [.text(bodyID), .text(subjectID), .text(role), .optional(unitID), .date(confirmedOn)])
    }

    /// By person and role.
    func places(of bodyID: String, in connection: any Connection) throws -> [String: Place] {
        let rows = try connection.query(
            "SELECT subject_id, role, unit_id, confirmed_on FROM officers_place WHERE body_id = $1", [.text(bodyID)]
        ) { row in ("\(try row.text(0)) \(try row.text(1))", Place(unitID: try row.optionalText(2), confirmedOn: try row.date(3))) }
        return Dictionary(rows) { first, _ in first }
    }

    // MARK: Units

    func insert(_ unit: Unit, in connection: any Connection) throws {
        try connection.execute(
            "INSERT INTO officers_unit (body_id, id, parent_id, name) VALUES ($1, $2, $3, $4)",
            [.text(unit.bodyID), .text(unit.id), .optional(unit.parentID), .json(unit.name.json)])
    }

    func units(of bodyID: String, in connection: any Connection) throws -> [Unit] {
        try connection.query(
            "SELECT id, parent_id, name FROM officers_unit WHERE body_id = $1 AND closed_at IS NULL ORDER BY id", [.text(bodyID)]
        ) { row in
            let name = (try? LocalizedText(json: try row.json(2))) ?? LocalizedText([:])
            return Unit(bodyID: bodyID, id: try row.text(0), parentID: try row.optionalText(1), name: name)
        }
    }

    func close(unit id: String, of bodyID: String, at time: Instant, in connection: any Connection) throws -> Bool {
        try connection.changes(
            "UPDATE officers_unit SET closed_at = $1 WHERE body_id = $2 AND id = $3 AND closed_at IS NULL", [.instant(time), .text(bodyID), .text(id)]) == 1
    }

    // MARK: History

    struct Act: Sendable, Hashable {
        let what: String
        let role: String
        let subjectID: String?
        let actorID: String
        let at: Instant
    }

    func record(_ act: Act, of bodyID: String, in connection: any Connection) throws {
        try connection.execute(
            "INSERT INTO officers_act (body_id, id, what, role, subject_id, actor_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            [
                .text(bodyID), .text(UUIDv7.next(at: act.at)), .text(act.what), .text(act.role), .optional(act.subjectID), .text(act.actorID),
                .instant(act.at),
            ])
    }

    /// Newest first.
    func acts(of bodyID: String, limit: Int, in connection: any Connection) throws -> [Act] {
        try connection.query(
            "SELECT what, role, subject_id, actor_id, at FROM officers_act WHERE body_id = $1 ORDER BY id DESC LIMIT $2",
            [.text(bodyID), .integer(Int64(limit))]
        ) { row in
            Act(
                what: try row.text(0), role: try row.text(1), subjectID: try row.optionalText(2), actorID: try row.text(3), at: try row.instant(4))
        }
    }
}
