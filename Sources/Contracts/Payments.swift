public import Database
public import Language
public import Values
public import Web

/// A request for money, opened by the module that needs it paid.
public struct PaymentOrder: Sendable {
    /// What is paid for, such as a case id. One order per (reference, product).
    public let reference: String
    /// Such as `business-licence-fee`.
    public let product: String
    public let payerID: String
    public let bodyID: String
    public let amount: Money
    public let description: LocalizedText
    /// Where the person comes back to, without the language prefix, such as `/me/cases/…`.
    public let returnPath: String
    /// The case that is paid for, when the order comes from one: the audit log names it.
    public let caseID: String?
    /// The service whose case that is.
    public let serviceID: String?

    public init(
        reference: String, product: String, payerID: String, bodyID: String, amount: Money, description: LocalizedText, returnPath: String,
        caseID: String? = nil, serviceID: String? = nil
    ) {
        (self.reference, self.product, self.payerID, self.bodyID) = (reference, product, payerID, bodyID)
        (self.amount, self.description, self.returnPath, self.caseID) = (amount, description, returnPath, caseID)
        self.serviceID = serviceID
    }
}

public struct PaymentStatus: Sendable, Hashable {
    public let id: String
    public let reference: String
    public let amount: Money
    /// A state of the graph: `created`, `started`, `pending`, `captured`, `declined`, `cancelled`, `expired`, `error`, …
    public let state: String
    public let isPaid: Bool
    /// Nothing more will happen by itself; the person may try again.
    public let isFinal: Bool
    /// Paid, or with the bank: whoever waits for it waits a little longer.
    public var isOnItsWay: Bool { isPaid || state == "pending" || state == "authorised" }
    public init(id: String, reference: String, amount: Money, state: String, isPaid: Bool, isFinal: Bool) {
        (self.id, self.reference, self.amount, self.state, self.isPaid, self.isFinal) = (id, reference, amount, state, isPaid, isFinal)
    }
}

/// Takes payments. A person is sent to `/pay/{id}`. What comes of it is told by events with the key `reference` and the payload
/// `{"payment", "reference", "product"}`:
///
/// - `payment.captured`: the order is paid. It may come late, after a `payment.failed` of the same try.
/// - `payment.failed`, once for each try, with `"state"`: `declined` (and why, in `"failure"`), `cancelled` (by the person), `expired` or `error`.
/// - `payment.refunded`, with `"state"`: the whole amount of an order that was paid went back, by us or at the acquirer.
public protocol Cashier: Sendable {
    /// The payment's id. Opening the same order again answers the open or paid one, or a new one after a failed one.
    func open(_ order: PaymentOrder, in connection: any Connection) throws -> String
    func statuses(reference: String, in connection: any Connection) throws -> [PaymentStatus]
    /// Ends what is still open of an order that nobody wants paid any more. Money that is on its way nevertheless is told as ever.
    func giveUp(reference: String, in connection: any Connection) throws
    /// Gives back what has been paid for an order that cannot be served any more, such as money that came after its case was closed.
    func refund(reference: String, in connection: any Connection) throws
}
