import Contracts
import Database
import Language
import Values
import Web

/// Lists of cases. All of them are read by key and bounded, so that a long list costs no more than a short one.
extension CaseStore {
    /// Requests of the actor or of whom she acts for, newest first, from before an id (nil: from the newest).
    func own(of actor: Actor, before id: String?, limit: Int, in connection: any Connection) throws -> [Case] {
        let (covered, services) = CaseStore.covered(actor, from: 3)
        // "g" sorts after every id, which is made of hexadecimal digits.
        return try connection.query(
            """
            SELECT \(Case.columns) FROM delivery_case WHERE subject_id = $1 AND id < $2 AND parent_id IS NULL\(covered)
            ORDER BY id DESC LIMIT $\(services.count + 3)
            """, [.text(actor.subjectID), .text(id ?? "g")] + services + [.integer(Int64(limit))], Case.read)
    }

    /// Requests of the actor or of whom she acts for that wait for an answer or a fee, or of which a leg does, newest first.
    func waiting(of actor: Actor, limit: Int, in connection: any Connection) throws -> [Case] {
        let (covered, services) = CaseStore.covered(actor, from: 3)
        return try connection.query(
            """
            SELECT \(Case.columns) FROM delivery_case WHERE subject_id = $1 AND id IN (
                SELECT coalesce(parent_id, id) FROM delivery_case WHERE subject_id = $2 AND state = 'waiting')\(covered)
            ORDER BY id DESC LIMIT $\(services.count + 3)
            """, [.text(actor.subjectID), .text(actor.subjectID)] + services + [.integer(Int64(limit))], Case.read)
    }

    /// Only the services of the mandate by which somebody acts, as a further condition with its values.
    ///
    /// - Parameter number: of the first parameter.
    private static func covered(_ actor: Actor, from number: Int) -> (String, [SQLValue]) {
        guard let services = actor.mandate?.services else { return ("", []) }
        guard !services.isEmpty else { return (" AND 1 = 0", []) }
        let places = services.indices.enumerated().map { "$\(number + $0.offset)" }
        return (" AND service_id IN (\(places.joined(separator: ", ")))", services.sorted().map(SQLValue.text))
    }

    /// Which requests of a person or a business wait for an answer to one of their legs.
    func withWaitingLegs(of subjectID: String, in connection: any Connection) throws -> Set<String> {
        Set(
            try connection.query(
                "SELECT parent_id FROM delivery_case WHERE subject_id = $1 AND state = 'waiting' AND parent_id IS NOT NULL", [.text(subjectID)]
            ) { try $0.text(0) })
    }

    /// One page of a desk: what is due first comes first.
    func desk(
        of bodyID: String, state: Case.State, after: (CalendarDate, String)?, limit: Int, in connection: any Connection
    ) throws -> [Case] {
        try connection.query(
            """
            SELECT \(Case.columns) FROM delivery_case WHERE body_id = $1 AND state = $2 AND (promised_on, id) > ($3, $4)
            ORDER BY promised_on, id LIMIT $5
            """,
            [
                .text(bodyID), .text(state.rawValue), .text(after?.0.description ?? ""), .text(after?.1 ?? ""), .integer(Int64(limit)),
            ], Case.read)
    }

    /// One page of what a body has closed, newest first.
    func closed(by bodyID: String, before: (Instant, String)?, limit: Int, in connection: any Connection) throws -> [Case] {
        try connection.query(
            """
            SELECT \(Case.columns) FROM delivery_case WHERE body_id = $1 AND state = 'closed' AND (closed_at, id) < ($2, $3)
            ORDER BY closed_at DESC, id DESC LIMIT $4
            """,
            [
                .text(bodyID), .integer(before?.0.microseconds ?? Int64.max), .text(before?.1 ?? "g"), .integer(Int64(limit)),
            ], Case.read)
    }

    /// How many cases of a desk are in a state; counting ends at a limit.
    func count(of bodyID: String, _ state: Case.State, limit: Int, in connection: any Connection) throws -> Int {
        Int(
            try connection.first(
                "SELECT count(*) FROM (SELECT 1 FROM delivery_case WHERE body_id = $1 AND state = $2 LIMIT $3) AS counted",
                [.text(bodyID), .text(state.rawValue), .integer(Int64(limit))], { try $0.int(0) }) ?? 0)
    }

    /// Cases that have waited for their fee since before a moment, and whose person was not reminded.
    func unpaid(_ place: FeeStage, openedBefore time: Instant, limit: Int, in connection: any Connection) throws -> [Case] {
        try connection.query(
            """
            SELECT \(Case.columns) FROM delivery_case
            WHERE type = $1 AND stage = $2 AND state = 'waiting' AND reminded_at IS NULL AND opened_at <= $3 ORDER BY opened_at LIMIT $4
            """, [.text(place.typeID), .text(place.stage), .instant(time), .integer(Int64(limit))], Case.read)
    }

    /// Cases whose person was reminded before a moment and has still not paid.
    func unpaid(_ place: FeeStage, remindedBefore time: Instant, limit: Int, in connection: any Connection) throws -> [Case] {
        try connection.query(
            """
            SELECT \(Case.columns) FROM delivery_case
            WHERE type = $1 AND stage = $2 AND state = 'waiting' AND reminded_at IS NOT NULL AND reminded_at <= $3 ORDER BY reminded_at LIMIT $4
            """, [.text(place.typeID), .text(place.stage), .instant(time), .integer(Int64(limit))], Case.read)
    }

    /// Whether a person's case, or leg of one, lay with a body at a time: open then, or closed after `end`.
    func existed(of subjectID: String, with bodyID: String, at time: Instant, closedAfter end: Instant, in connection: any Connection) throws -> Bool {
        try connection.first(
            """
            SELECT 1 FROM delivery_case WHERE subject_id = $1 AND body_id = $2 AND opened_at <= $3 AND (closed_at IS NULL OR closed_at > $4) LIMIT 1
            """, [.text(subjectID), .text(bodyID), .instant(time), .instant(end)]
        ) { try $0.int(0) } != nil
    }
}
