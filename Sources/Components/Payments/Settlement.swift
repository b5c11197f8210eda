public import Values

/// Money that moved on a day, as the acquirer's settlement file says it.
public struct SettlementLine: Sendable, Hashable {
    public enum Kind: String, Sendable { case capture, refund }

    public let acquirerID: String
    /// Our payment's id.
    public let reference: String
    public let kind: Kind
    /// Positive; the kind says which way.
    public let amount: Money

    public init(acquirerID: String, reference: String, kind: Kind, amount: Money) {
        (self.acquirerID, self.reference, self.kind, self.amount) = (acquirerID, reference, kind, amount)
    }
}

/// Where a day's settlement file and our books do not say the same.
struct SettlementDifference: Sendable, Hashable {
    enum Problem: String, Sendable, CaseIterable {
        /// A line about no payment of ours.
        case unknown
        /// Another sum than the payment's, or another currency: also a part of it that was given back.
        case amount
        /// Taken at the acquirer, and not paid with us.
        case notPaid = "not-paid"
        /// Given back at the acquirer, and paid with us.
        case notRefunded = "not-refunded"
        /// Paid with us, and in no file.
        case notSettled = "not-settled"
    }

    let reference: String
    let problem: Problem
    /// In minor units.
    let fileMinor: Int64?
    let bookMinor: Int64?

    /// What is wrong with a line, against the payment it is about. A function of values.
    static func between(_ line: SettlementLine, _ payment: Payment?) -> SettlementDifference? {
        func difference(_ problem: Problem) -> SettlementDifference {
            SettlementDifference(
                reference: line.reference, problem: problem, fileMinor: line.amount.minorUnits, bookMinor: payment?.amount.minorUnits)
        }
        guard let payment, payment.acquirerID ?? line.acquirerID == line.acquirerID else { return difference(.unknown) }
        guard line.amount == payment.amount else { return difference(.amount) }
        switch line.kind {
        case .capture: return payment.paidAt == nil ? difference(.notPaid) : nil
        case .refund: return ["refunding", "refunded"].contains(payment.state) ? nil : difference(.notRefunded)
        }
    }
}
