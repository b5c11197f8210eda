public import Contracts
public import Database
public import Trust
public import Values
import Web

/// All SQL of the module, and the answer to who may act for whom. It needs nobody else, so that sign-in can ask it.
public struct MandateStore: Mandates {
    private static let scope = "mandates"
    private static let columns = "principal_id, id, kind, attorney_id, state, valid_until, offered_at, open_until, content"

    let vault: Vault
    let seal: MandateSeal

    /// - Parameter key: signs mandates when they come into force.
    public init(vault: Vault, key: SigningKey) { (self.vault, seal) = (vault, MandateSeal(key: key)) }

    // MARK: Who may act

    public func held(by attorneyID: String, on date: CalendarDate, in connection: any Connection) throws -> [HeldMandate] {
        try records(heldBy: attorneyID, .live, in: connection).compactMap { held($0, by: attorneyID, on: date) }
    }

    public func held(by attorneyID: String, for principalID: String, on date: CalendarDate, in connection: any Connection) throws -> [HeldMandate] {
        try connection.query(
            "SELECT \(Self.columns) FROM mandates_mandate WHERE principal_id = $1 AND attorney_id = $2 AND state = 'live'",
            [.text(principalID), .text(attorneyID)], read
        ).compactMap(\.self).compactMap { held($0, by: attorneyID, on: date) }
    }

    public func held(_ id: String, by attorneyID: String, on date: CalendarDate, in connection: any Connection) throws -> HeldMandate? {
        let found = try connection.first(
            "SELECT \(Self.columns) FROM mandates_mandate WHERE attorney_id = $1 AND state = 'live' AND id = $2", [.text(attorneyID), .text(id)], read)
        return found.flatMap(\.self).flatMap { held($0, by: attorneyID, on: date) }
    }

    private func held(_ record: MandateRecord, by attorneyID: String, on date: CalendarDate) -> HeldMandate? {
        guard record.terms.until >= date, seal.isSigned(record) else { return nil }
        return HeldMandate(
            mandate: record.mandate, kind: record.kind, attorneyID: attorneyID, principalName: record.principalName, until: record.terms.until)
    }

    // MARK: Records

    /// - Parameter checkedAt: when the register said so, for a guardianship.
    /// - Returns: false when there is a guardianship of the two already.
    @discardableResult
    func insert(_ record: MandateRecord, checkedAt: Instant? = nil, in connection: any Connection) throws -> Bool {
        try connection.changes(
            """
            INSERT INTO mandates_mandate (principal_id, id, kind, attorney_id, state, valid_until, offered_at, open_until, content, checked_at)
            VALUES (\(SQL.parameters(10))) ON CONFLICT DO NOTHING
            """,
            [
                .text(record.principalID), .text(record.id), .text(record.kind.rawValue), .optional(record.attorneyID), .text(record.state.rawValue),
                .date(record.terms.until), .instant(record.offeredAt), .instant(record.openUntil), .blob(try sealed(record)),
                .optional(checkedAt),
            ]) == 1
    }

    /// How many of a person's are open or in force, and how many she has offered since a moment.
    func counts(of principalID: String, since time: Instant, in connection: any Connection) throws -> (open: Int, recent: Int) {
        func count(_ condition: String, _ values: [SQLValue]) throws -> Int {
            Int(
                try connection.first(
                    "SELECT count(*) FROM mandates_mandate WHERE principal_id = $1 AND kind = 'attorney' AND \(condition)", [.text(principalID)] + values
                ) { try $0.int(0) } ?? 0)
        }
        return (try count("state IN ('offered', 'live')", []), try count("offered_at > $2", [.instant(time)]))
    }

    /// Guardianships the register was not asked about since a moment, the longest unasked first.
    func unchecked(since time: Instant, limit: Int, in connection: any Connection) throws -> [MandateRecord] {
        try connection.query(
            """
            SELECT \(Self.columns) FROM mandates_mandate WHERE kind = 'guardian' AND state = 'live' AND (checked_at IS NULL OR checked_at <= $1)
            ORDER BY checked_at LIMIT $2
            """, [.instant(time), .integer(Int64(limit))], read
        ).compactMap(\.self)
    }

    func setChecked(_ record: MandateRecord, at time: Instant, in connection: any Connection) throws {
        try connection.execute(
            "UPDATE mandates_mandate SET checked_at = $1 WHERE principal_id = $2 AND id = $3",
            [.instant(time), .text(record.principalID), .text(record.id)])
    }

    /// Keeps what has changed; false when it is in another state by now than it was read in.
    func update(_ record: MandateRecord, from state: MandateRecord.State, in connection: any Connection) throws -> Bool {
        try connection.changes(
            """
            UPDATE mandates_mandate SET attorney_id = $1, state = $2, content = $3 WHERE principal_id = $4 AND id = $5 AND state = $6
            """,
            [
                .optional(record.attorneyID), .text(record.state.rawValue), .blob(try sealed(record)), .text(record.principalID), .text(record.id),
                .text(state.rawValue),
            ]) == 1
    }

    /// Those a person gave, and those by which others act for her: all that are open or in force, then the newest of the others.
    func records(of principalID: String, in connection: any Connection) throws -> [MandateRecord] {
        let open = try connection.query(
            "SELECT \(Self.columns) FROM mandates_mandate WHERE principal_id = $1 AND state IN ('offered', 'live') ORDER BY id DESC",
            [.text(principalID)], read)
        let over = try connection.query(
            """
            SELECT \(Self.columns) FROM mandates_mandate WHERE principal_id = $1 AND state NOT IN ('offered', 'live') ORDER BY id DESC LIMIT 50
            """, [.text(principalID)], read)
        return (open + over).compactMap(\.self).sorted { $0.id > $1.id }
    }

    func records(heldBy attorneyID: String, _ state: MandateRecord.State, in connection: any Connection) throws -> [MandateRecord] {
        try connection.query(
            "SELECT \(Self.columns) FROM mandates_mandate WHERE attorney_id = $1 AND state = $2 ORDER BY id DESC LIMIT 1000",
            [.text(attorneyID), .text(state.rawValue)], read
        ).compactMap(\.self)
    }

    /// One that a person gave or holds; others' do not exist for her.
    func record(_ id: String, with personID: String, in connection: any Connection) throws -> MandateRecord? {
        try connection.first(
            "SELECT \(Self.columns) FROM mandates_mandate WHERE id = $1 AND (principal_id = $2 OR attorney_id = $3)",
            [.text(id), .text(personID), .text(personID)], read
        ).flatMap(\.self)
    }

    /// Offers to people who were not registered when they were made, by id from after one.
    func unfound(at time: Instant, after id: String, limit: Int, in connection: any Connection) throws -> [MandateRecord] {
        try connection.query(
            """
            SELECT \(Self.columns) FROM mandates_mandate WHERE state = 'offered' AND attorney_id IS NULL AND open_until > $1 AND id > $2
            ORDER BY id LIMIT $3
            """, [.instant(time), .text(id), .integer(Int64(limit))], read
        ).compactMap(\.self)
    }

    /// Offers nobody answered, and mandates whose last day is over.
    func overdue(at time: Instant, on date: CalendarDate, in connection: any Connection) throws -> [MandateRecord] {
        try connection.query(
            """
            SELECT \(Self.columns) FROM mandates_mandate
            WHERE (state = 'offered' AND open_until <= $1) OR (state = 'live' AND valid_until < $2) LIMIT 500
            """, [.instant(time), .date(date)], read
        ).compactMap(\.self)
    }

    private func sealed(_ record: MandateRecord) throws -> [UInt8] {
        let content: JSON = .members([
            "principalName": .string(record.principalName), "attorneyName": record.attorneyName.map(JSON.string),
            "number": record.number.map(JSON.string), "services": record.terms.services.map { .strings($0.sorted()) },
            "mayAct": .bool(record.terms.mayAct), "token": record.token.map(JSON.string),
            "numberEnd": record.numberEnd.map(JSON.string), "endedBy": record.endedBy.map(JSON.string),
        ])
        return try vault.seal(content.bytes, scope: Self.scope, context: "mandates_mandate.content:\(record.id)")
    }

    /// Nil when it is in no state that is known.
    private func read(_ row: any Row) throws -> MandateRecord? {
        guard let kind = HeldMandate.Kind(rawValue: try row.text(2)), let state = MandateRecord.State(rawValue: try row.text(4)) else { return nil }
        let id = try row.text(1)
        let content = try JSON.parse(try vault.open(try row.blob(8), scope: Self.scope, context: "mandates_mandate.content:\(id)"))
        let services = content["services"]?.array.map { Set($0.compactMap(\.string)) }
        return MandateRecord(
            principalID: try row.text(0), id: id, kind: kind, attorneyID: try row.optionalText(3), state: state,
            terms: MandateTerms(services: services, mayAct: content["mayAct"]?.bool ?? false, until: try row.date(5)),
            principalName: content["principalName"]?.string ?? "", attorneyName: content["attorneyName"]?.string, number: content["number"]?.string,
            offeredAt: try row.instant(6), openUntil: try row.instant(7), numberEnd: content["numberEnd"]?.string, endedBy: content["endedBy"]?.string,
            token: content["token"]?.string)
    }
}
