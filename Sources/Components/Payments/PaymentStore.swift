import Database
import Language
import Values
import Web

/// All SQL of payments.
struct PaymentStore: Sendable {
    /// False when the order has an open payment already.
    func insert(_ payment: Payment, in connection: any Connection) throws -> Bool {
        try connection.changes(
            """
            INSERT INTO payments_payment (subject_id, id, reference, product, body_id, amount_minor, currency, description, return_path,
                case_id, state, step, is_open, created_at, changed_at, service_id)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, 1, $12, $13, $14) ON CONFLICT DO NOTHING
            """,
            [
                .text(payment.subjectID), .text(payment.id), .text(payment.reference), .text(payment.product), .text(payment.bodyID),
                .integer(payment.amount.minorUnits), .text(payment.amount.currency), .json(payment.description.json),
                .text(payment.returnPath), .optional(payment.caseID), .text(payment.state), .instant(payment.createdAt),
                .instant(payment.changedAt), .optional(payment.serviceID),
            ]) == 1
    }

    /// What was over once does not take the order's one open place again: when it comes alive late, another try may have it.
    func save(_ payment: Payment, isOpen: Bool, in connection: any Connection) throws {
        try connection.execute(
            """
            UPDATE payments_payment SET state = $1, is_open = CASE WHEN is_open = 0 THEN 0 ELSE $2 END, language = $3,
                acquirer_id = $4, acquirer_version = $5, checkout_url = $6, card_brand = $7, card_last_four = $8,
                failure = $9, changed_at = $10, paid_at = $11, ask_at = $12, step = $13
            WHERE subject_id = $14 AND id = $15
            """,
            [
                .text(payment.state), .bool(isOpen), .optional(payment.language?.rawValue), .optional(payment.acquirerID),
                .integer(payment.acquirerVersion), .optional(payment.checkoutURL), .optional(payment.cardBrand),
                .optional(payment.cardLastFour), .optional(payment.failure), .instant(payment.changedAt),
                .optional(payment.paidAt), .optional(payment.askAt), .integer(payment.step),
                .text(payment.subjectID), .text(payment.id),
            ])
    }

    func find(_ id: String, in connection: any Connection) throws -> Payment? {
        try connection.first("SELECT \(Payment.columns) FROM payments_payment WHERE id = $1", [.text(id)], Payment.read)
    }

    /// A person's own payment, or one of whom she acts for as far as her mandate covers it; others' do not exist for her.
    func find(_ id: String, of actor: Actor, in connection: any Connection) throws -> Payment? {
        let payment = try connection.first(
            "SELECT \(Payment.columns) FROM payments_payment WHERE subject_id = $1 AND id = $2",
            [.text(actor.mandate?.principalID ?? actor.id), .text(id)], Payment.read)
        guard let mandate = actor.mandate else { return payment }
        return payment.flatMap { mandate.mayAct && $0.serviceID.map(mandate.covers) ?? false ? $0 : nil }
    }

    func list(of subjectID: String, limit: Int, in connection: any Connection) throws -> [Payment] {
        try connection.query(
            "SELECT \(Payment.columns) FROM payments_payment WHERE subject_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2",
            [.text(subjectID), .integer(Int64(limit))], Payment.read)
    }

    func list(reference: String, in connection: any Connection) throws -> [Payment] {
        try connection.query(
            "SELECT \(Payment.columns) FROM payments_payment WHERE reference = $1 ORDER BY created_at, id", [.text(reference)],
            Payment.read)
    }

    /// All tries at an order, oldest first, held for the transaction: two answers of the acquirer about one order are taken in one
    /// after the other, or both would count as the first payment.
    func held(reference: String, product: String, in connection: any Connection) throws -> [Payment] {
        try connection.query(
            """
            SELECT \(Payment.columns) FROM payments_payment WHERE reference = $1 AND product = $2 ORDER BY created_at, id
            \(connection.dialect == .postgres ? "FOR UPDATE" : "")
            """, [.text(reference), .text(product)], Payment.read)
    }

    /// Payments about which the acquirer should be asked now, those waiting longest first.
    func due(at time: Instant, limit: Int, in connection: any Connection) throws -> [Payment] {
        try connection.query(
            "SELECT \(Payment.columns) FROM payments_payment WHERE ask_at <= $1 ORDER BY ask_at LIMIT $2",
            [.instant(time), .integer(Int64(limit))], Payment.read)
    }

    /// Whoever opens another try for the order at this moment has locked its tries, and must look again.
    func giveUp(_ payment: Payment, at time: Instant, in connection: any Connection) throws {
        try connection.execute(
            "UPDATE payments_payment SET changed_at = changed_at WHERE subject_id = $1 AND id = $2", [.text(payment.subjectID), .text(payment.id)])
        try connection.execute(
            "INSERT INTO payments_given_up (subject_id, reference, at) VALUES ($1, $2, $3) ON CONFLICT (subject_id, reference) DO NOTHING",
            [.text(payment.subjectID), .text(payment.reference), .instant(time)])
    }

    func isGivenUp(_ payment: Payment, in connection: any Connection) throws -> Bool {
        try connection.first(
            "SELECT 1 FROM payments_given_up WHERE subject_id = $1 AND reference = $2", [.text(payment.subjectID), .text(payment.reference)],
            { try $0.int(0) }) != nil
    }

    func append(
        from: String?, to payment: Payment, isLate: Bool, by actorID: String, at time: Instant, in connection: any Connection
    ) throws {
        try connection.execute(
            """
            INSERT INTO payments_event (subject_id, payment_id, step, from_state, to_state, is_late, actor_id, acquirer_version, at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            [
                .text(payment.subjectID), .text(payment.id), .integer(payment.step), .optional(from), .text(payment.state),
                .bool(isLate), .text(actorID), .integer(payment.acquirerVersion), .instant(time),
            ])
    }

    func history(of payment: Payment, in connection: any Connection) throws -> [PaymentEvent] {
        try connection.query(
            """
            SELECT from_state, to_state, is_late, actor_id, at FROM payments_event WHERE subject_id = $1 AND payment_id = $2 ORDER BY step
            """, [.text(payment.subjectID), .text(payment.id)]
        ) { row in
            PaymentEvent(
                from: try row.optionalText(0), to: try row.text(1), isLate: try row.bool(2), actorID: try row.text(3),
                at: try row.instant(4))
        }
    }

    /// False when the notification was taken in before.
    func remember(notification id: String, of payment: Payment, at time: Instant, in connection: any Connection) throws -> Bool {
        try connection.changes(
            """
            INSERT INTO payments_notification (subject_id, event_id, payment_id, received_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (subject_id, event_id) DO NOTHING
            """, [.text(payment.subjectID), .text(id), .text(payment.id), .instant(time)]) == 1
    }
}

/// A move of a payment, as it was written down.
struct PaymentEvent: Sendable, Hashable {
    let from: String?
    let to: String
    let isLate: Bool
    let actorID: String
    let at: Instant
}
