import Contracts
import Database
import Language
import Values

/// Money asked of a person: one try at one order. A failed try is followed by another payment, never by another life of this one.
struct Payment: Sendable, Hashable {
    /// Who pays.
    let subjectID: String
    let id: String
    let reference: String
    let product: String
    let bodyID: String
    let amount: Money
    let description: LocalizedText
    let returnPath: String
    /// The case that is paid for, when the order came from one.
    let caseID: String?
    let serviceID: String?
    let createdAt: Instant
    var state: String
    /// How many moves it has made, the opening counted.
    var step: Int64 = 1
    /// In which the person was sent to the acquirer; part of what the acquirer is told, so it stays the same when it is told again.
    var language: Language?
    var acquirerID: String?
    var acquirerVersion: Int64 = 0
    var checkoutURL: String?
    var cardBrand: String?
    var cardLastFour: String?
    /// Why it failed, as one of `AcquirerReport.failures`.
    var failure: String?
    var changedAt: Instant
    var paidAt: Instant?
    var askAt: Instant?

    var order: PaymentOrder {
        PaymentOrder(
            reference: reference, product: product, payerID: subjectID, bodyID: bodyID, amount: amount, description: description,
            returnPath: returnPath, caseID: caseID, serviceID: serviceID)
    }

    /// What the receipt and the acquirer's statement are found by: the random end of the id.
    var receiptNumber: String { String(id.suffix(12)).uppercased() }

    func status(_ graph: PaymentGraph) -> PaymentStatus {
        PaymentStatus(
            id: id, reference: reference, amount: amount, state: state, isPaid: graph.isPaid(state), isFinal: graph.isFinal(state))
    }
}

extension Payment {
    /// A payment as an order opens it.
    init(_ order: PaymentOrder, state: String, at time: Instant) {
        self.init(
            subjectID: order.payerID, id: UUIDv7.next(at: time), reference: order.reference, product: order.product, bodyID: order.bodyID,
            amount: order.amount, description: order.description, returnPath: order.returnPath, caseID: order.caseID, serviceID: order.serviceID,
            createdAt: time, state: state, changedAt: time)
    }

    static let columns = """
        subject_id, id, reference, product, body_id, amount_minor, currency, description, return_path, created_at, state, language,
        acquirer_id, acquirer_version, checkout_url, card_brand, card_last_four, failure, changed_at, paid_at, ask_at, step, case_id, service_id
        """

    static func read(_ row: any Row) throws -> Payment {
        let description: LocalizedText
        do { description = try LocalizedText(json: try row.json(7)) } catch is LocalizedTextError {
            throw DatabaseError.unexpectedValue(column: 7, expected: "a localized text")
        }
        return Payment(
            subjectID: try row.text(0), id: try row.text(1), reference: try row.text(2), product: try row.text(3), bodyID: try row.text(4),
            amount: Money(minorUnits: try row.int(5), currency: try row.text(6)), description: description, returnPath: try row.text(8),
            caseID: try row.optionalText(22), serviceID: try row.optionalText(23), createdAt: try row.instant(9), state: try row.text(10),
            step: try row.int(21),
            language: try row.optionalText(11).flatMap(Language.init(rawValue:)),
            acquirerID: try row.optionalText(12), acquirerVersion: try row.int(13), checkoutURL: try row.optionalText(14),
            cardBrand: try row.optionalText(15), cardLastFour: try row.optionalText(16), failure: try row.optionalText(17),
            changedAt: try row.instant(18), paidAt: try row.optionalInstant(19), askAt: try row.optionalInstant(20))
    }
}
