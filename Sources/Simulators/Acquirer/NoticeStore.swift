import Database
import Values

/// All SQL of notifications and of money that moved.
struct NoticeStore: Sendable {
    struct Notice: Sendable, Hashable {
        let id: String
        let copy: Int64
        let merchantID: String
        let content: String
        let tries: Int
    }

    /// Tries before a notification is given up; with the growing distance that is about three days.
    static let triesLimit = 40

    func insert(_ content: JSON, id: String, merchantID: String, copies: Int, at time: Instant, in connection: any Connection) throws {
        for copy in 0..<copies {
            try connection.execute(
                "INSERT INTO acquirer_notice (id, copy, merchant_id, content, next_at) VALUES ($1, $2, $3, $4, $5)",
                [.text(id), .integer(Int64(copy)), .text(merchantID), .json(content), .instant(time)])
        }
    }

    func due(at time: Instant, limit: Int, in connection: any Connection) throws -> [Notice] {
        try connection.query(
            "SELECT id, copy, merchant_id, content, tries FROM acquirer_notice WHERE next_at <= $1 ORDER BY next_at, id, copy LIMIT $2",
            [.instant(time), .integer(Int64(limit))],
            { row in
                Notice(
                    id: try row.text(0), copy: try row.int(1), merchantID: try row.text(2), content: try row.text(3),
                    tries: Int(try row.int(4)))
            })
    }

    func arrived(_ notice: Notice, at time: Instant, in connection: any Connection) throws {
        try connection.execute(
            "UPDATE acquirer_notice SET next_at = NULL, arrived_at = $1, tries = tries + 1 WHERE id = $2 AND copy = $3",
            [.instant(time), .text(notice.id), .integer(notice.copy)])
    }

    /// Again in 2, 4, 8 … seconds, at most two hours.
    func failed(_ notice: Notice, at time: Instant, in connection: any Connection) throws {
        let tries = notice.tries + 1
        let next = tries < NoticeStore.triesLimit ? time.adding(seconds: min(7_200, Int64(1) << Int64(min(tries, 20)))) : nil
        try connection.execute(
            "UPDATE acquirer_notice SET next_at = $1, tries = $2 WHERE id = $3 AND copy = $4",
            [.optional(next), .integer(Int64(tries)), .text(notice.id), .integer(notice.copy)])
    }

    func insert(_ movement: Movement, id: String, merchantID: String, in connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO acquirer_movement (id, merchant_id, charge_id, reference, kind, amount_minor, fee_minor, currency, day, at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            [
                .text(id), .text(merchantID), .text(movement.chargeID), .text(movement.reference), .text(movement.kind.rawValue),
                .integer(movement.amount.minorUnits), .integer(movement.fee), .text(movement.amount.currency), .date(movement.day),
                .instant(movement.at),
            ])
    }

    func movements(of merchantID: String, on day: CalendarDate, in connection: any Connection) throws -> [Movement] {
        try connection.query(
            """
            SELECT charge_id, reference, kind, amount_minor, fee_minor, currency, day, at FROM acquirer_movement
            WHERE merchant_id = $1 AND day = $2 ORDER BY at, id
            """, [.text(merchantID), .date(day)]
        ) { row in
            Movement(
                chargeID: try row.text(0), reference: try row.text(1), kind: Movement.Kind(rawValue: try row.text(2)) ?? .capture,
                amount: Money(minorUnits: try row.int(3), currency: try row.text(5)), fee: try row.int(4), day: try row.date(6),
                at: try row.instant(7))
        }
    }
}
