import Database
import Language
import Values

/// The SQL of settlement files.
extension PaymentStore {
    func lastSettledDay(in connection: any Connection) throws -> CalendarDate? {
        try connection.first("SELECT day FROM payments_settlement ORDER BY day DESC LIMIT 1", []) { try $0.date(0) }
    }

    /// The day, in Israel, on which the first payment of all was opened.
    func firstDay(in connection: any Connection) throws -> CalendarDate? {
        try connection.first("SELECT created_at FROM payments_payment ORDER BY created_at LIMIT 1", []) {
            IsraelTime.date(try $0.instant(0))
        }
    }

    func settle(_ payment: Payment, on day: CalendarDate, in connection: any Connection) throws {
        try connection.execute(
            "UPDATE payments_payment SET settled_on = $1 WHERE subject_id = $2 AND id = $3 AND settled_on IS NULL",
            [.date(day), .text(payment.subjectID), .text(payment.id)])
    }

    /// Payments of which we heard on a day that they are paid, and which no file has named so far. The acquirer takes money before we
    /// hear of it, so the files up to that day must name them.
    func unsettled(paidOn day: CalendarDate, in connection: any Connection) throws -> [Payment] {
        try connection.query(
            """
            SELECT \(Payment.columns) FROM payments_payment
            WHERE paid_at IS NOT NULL AND settled_on IS NULL AND paid_at >= $1 AND paid_at < $2 ORDER BY paid_at, id
            """, [.instant(IsraelTime.instant(day)), .instant(IsraelTime.instant(day.adding(days: 1)))], Payment.read)
    }

    /// Writes a day down as read, with what differs. False when it was read before.
    func close(
        _ day: CalendarDate, lineCount: Int, _ differences: Set<SettlementDifference>, at time: Instant, in connection: any Connection
    ) throws -> Bool {
        let isFirst = try connection.changes(
            """
            INSERT INTO payments_settlement (day, line_count, difference_count, read_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (day) DO NOTHING
            """, [.date(day), .integer(Int64(lineCount)), .integer(Int64(differences.count)), .instant(time)]) == 1
        guard isFirst else { return false }
        for difference in differences {
            try connection.execute(
                """
                INSERT INTO payments_difference (day, reference, problem, file_minor, book_minor) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (day, reference, problem) DO NOTHING
                """,
                [
                    .date(day), .text(difference.reference), .text(difference.problem.rawValue), .optional(difference.fileMinor),
                    .optional(difference.bookMinor),
                ])
        }
        return true
    }
}
