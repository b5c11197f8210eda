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

    public init(
        reference: String, product: String, payerID: String, bodyID: String, amount: Money, description: LocalizedText, returnPath: String
    ) {
        (self.reference, self.product, self.payerID, self.bodyID) = (reference, product, payerID, bodyID)
        (self.amount, self.description, self.returnPath) = (amount, description, returnPath)
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
    public init(id: String, reference: String, amount: Money, state: String, isPaid: Bool, isFinal: Bool) {
        (self.id, self.reference, self.amount, self.state, self.isPaid, self.isFinal) = (id, reference, amount, state, isPaid, isFinal)
    }
}

/// Takes payments. A person is sent to `/pay/{id}`. When one ends well, the event `payment.captured` is published with the key
/// `reference` and the payload `{"payment", "reference", "product"}`; when badly, `payment.failed` with `"state"` too.
public protocol Cashier: Sendable {
    /// The payment's id. Opening the same order again answers the open or paid one, or a new one after a failed one.
    func open(_ order: PaymentOrder, in connection: any Connection) throws -> String
    func status(of id: String, in connection: any Connection) throws -> PaymentStatus?
    func statuses(reference: String, in connection: any Connection) throws -> [PaymentStatus]
}
