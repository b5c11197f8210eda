public import Web

/// What can go wrong with a payment.
public enum PaymentsError: Error, Sendable, Hashable {
    /// Not an edge of the graph.
    case illegalMove(from: String, to: String)
    case acquirerUnavailable
    case acquirerRefused(code: String)
    /// The acquirer's answer is about another order or another amount.
    case foreignReport
    case notTrusted(reason: String)
    case unknownPayment(String)
}

extension PaymentsError: ProblemError {
    public var problem: Problem {
        switch self {
        case .illegalMove: Problem(409, "payments.not-possible-now")
        case .acquirerUnavailable: Problem(503, "payments.acquirer-unavailable", retryAfter: 30)
        case .acquirerRefused, .foreignReport: Problem(503, "payments.acquirer-refused")
        case .notTrusted(let reason): Problem(401, "payments.not-trusted", ["reason": reason])
        case .unknownPayment: .notFound
        }
    }
}

extension AcquirerFailure {
    /// As a person gets to see it.
    var asPaymentsError: PaymentsError {
        switch self {
        case .unavailable, .unreadable: .acquirerUnavailable
        case .refused(_, let code): .acquirerRefused(code: code)
        }
    }
}
