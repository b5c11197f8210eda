public import Language
public import Values
public import Web

/// What an acquirer is asked to collect.
public struct AcquirerOrder: Sendable, Hashable {
    /// Our payment's id: the acquirer's reference, and the key under which asking again changes nothing.
    public let reference: String
    public let amount: Money
    public let description: String
    public let language: Language
    /// Where the acquirer sends the person back to.
    public let returnURL: String
    /// Money is only held at first, and taken by `capture`.
    public let capturesSeparately: Bool
}

/// What an acquirer says of a payment, in our words.
public struct AcquirerReport: Sendable, Hashable {
    /// Why a payment failed: a text for each is at `payments.failure.<code>`.
    public static let failures = ["declined", "insufficient-funds", "lost-card", "authentication-failed", "other"]

    public let acquirerID: String
    public let reference: String
    public let amount: Money
    /// A state of the graph.
    public let state: String
    /// Grows with every change at the acquirer, so that an older answer that arrives later is known as such.
    public let version: Int64
    public let checkoutURL: String?
    public let cardBrand: String?
    public let cardLastFour: String?
    public let failure: String?

    public init(
        acquirerID: String, reference: String, amount: Money, state: String, version: Int64, checkoutURL: String? = nil,
        cardBrand: String? = nil, cardLastFour: String? = nil, failure: String? = nil
    ) {
        (self.acquirerID, self.reference, self.amount, self.state, self.version) = (acquirerID, reference, amount, state, version)
        (self.checkoutURL, self.cardBrand, self.cardLastFour, self.failure) = (checkoutURL, cardBrand, cardLastFour, failure)
    }
}

/// Something changed at the acquirer, it says. It is a reason to ask, not an answer.
public struct AcquirerNotice: Sendable, Hashable {
    public let eventID: String
    public let reference: String
    public init(eventID: String, reference: String) { (self.eventID, self.reference) = (eventID, reference) }
}

/// Why an acquirer did not do what it was asked.
public enum AcquirerFailure: Error, Sendable, Hashable {
    /// No answer, or one that says "later": nothing is known of what happened.
    case unavailable(String)
    /// It said no, with an HTTP status and its own code.
    case refused(status: Int, code: String)
    /// It answered something that cannot be believed or understood.
    case unreadable(String)
}

/// A company that takes card payments, spoken to in its own protocol. Every change is idempotent by `key`.
public protocol AcquirerAdapter: Sendable {
    /// Scheme and host with port of its hosted page: the only place outside to which a person is sent on.
    var origin: String { get }
    func begin(_ order: AcquirerOrder) async throws(AcquirerFailure) -> AcquirerReport
    func report(of acquirerID: String) async throws(AcquirerFailure) -> AcquirerReport
    /// What it knows by our reference, or nil when it knows nothing.
    func find(reference: String) async throws(AcquirerFailure) -> AcquirerReport?
    func capture(_ acquirerID: String, _ amount: Money, key: String) async throws(AcquirerFailure) -> AcquirerReport
    func cancel(_ acquirerID: String, key: String) async throws(AcquirerFailure) -> AcquirerReport
    func refund(_ acquirerID: String, _ amount: Money, key: String) async throws(AcquirerFailure) -> AcquirerReport
    /// What moved on a day that is over, in Israel.
    func settlement(of day: CalendarDate) async throws(AcquirerFailure) -> [SettlementLine]
    /// A notification, once its signature is found right. Throws `PaymentsError.notTrusted`, or `Problem` for one that cannot be read.
    func notice(in call: Call) throws -> AcquirerNotice
}
