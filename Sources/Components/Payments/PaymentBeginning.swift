import Contracts
import Database
import Language
import Logging
import Values
import Web

extension Payments {
    /// The acquirer's page for a payment; nil when there is nothing left to do there. Pressing the button twice, or again after no answer
    /// came, leads to the same page: the acquirer knows the payment by our id.
    ///
    /// - Throws: `PaymentsError.acquirerUnavailable` (nothing is lost, and nobody was charged), `.acquirerRefused`, `.unknownPayment`.
    func begin(_ id: String, by actor: Actor, language: Language) async throws -> String? {
        let begun = try await database.write { connection -> Payment? in
            guard let payment = try store.find(id, of: actor, in: connection) else { throw PaymentsError.unknownPayment(id) }
            guard payment.state == graph.initial else { return payment.state == "started" ? payment : nil }
            var addressed = payment
            addressed.language = language
            return try move(addressed, to: "started", by: actor, in: connection)
        }
        guard let payment = begun else { return nil }
        if let url = payment.checkoutURL { return url }
        do {
            let report = try await acquirer.begin(order(for: payment))
            let now = try await database.write { try apply(report, to: id, in: $0) }
            // Given up in another tab meanwhile: nobody is sent to pay, and `apply` has the acquirer close its page.
            return now.state == "started" ? now.checkoutURL : nil
        } catch let failure as AcquirerFailure {
            logger.warning("the acquirer did not begin a payment", metadata: ["payment": "\(id)", "reason": "\(failure)"])
            if case .refused = failure {
                try await database.write { connection in
                    guard let payment = try store.find(id, in: connection), graph.edge(payment.state, "error") != nil else { return }
                    _ = try move(payment, to: "error", by: PaymentActor.acquirer, in: connection)
                }
            }
            throw failure.asPaymentsError
        }
    }

    private func order(for payment: Payment) -> AcquirerOrder {
        let language = payment.language ?? .standard
        return AcquirerOrder(
            reference: payment.id, amount: payment.amount, description: payment.description.text(in: language), language: language,
            returnURL: "\(publicURL)/\(language.rawValue)/pay/\(payment.id)/return", capturesSeparately: capturesSeparately)
    }
}
