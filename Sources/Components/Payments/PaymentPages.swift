import Contracts
import Database
import HTTPTypes
import Language
import Logging
import Values
import Web

/// Where a person pays, and sees how it ended.
extension Payments {
    var payRoutes: [Route] {
        [
            .page(.get, "/pay/{payment}", for: .applicant(.substantial), "payments.show", "A payment to make", showNow),
            .page(.post, "/pay/{payment}", for: .applicant(.substantial), "payments.begin", "Go on to the payment company's page", goOn),
            .page(
                .get, "/pay/{payment}/return", for: .applicant(.substantial), "payments.return", "Back from the payment company's page",
                showNow),
            .page(.post, "/pay/{payment}/cancel", for: .applicant(.substantial), "payments.cancel", "Give a payment up", giveUp),
            .page(
                .post, "/pay/{payment}/again", for: .applicant(.substantial), "payments.again", "Try again after a payment that failed",
                tryAgain),
        ]
    }

    /// The person's own payment, or `not-found`.
    func own(_ call: Call) async throws -> Payment {
        let id = try call.id("payment")
        guard let payment = try await database.read({ try store.find(id, of: call.actor, in: $0) }) else { throw Problem.notFound }
        return payment
    }

    private func goOn(_ call: Call) async throws -> Reply {
        let id = try call.id("payment")
        guard let url = try await begin(id, by: call.actor, language: call.language) else { return .seeOther(call.page("/pay/\(id)")) }
        return .seeOther(url)
    }

    /// The payment as the acquirer tells it now. What stands in the address proves nothing.
    private func showNow(_ call: Call) async throws -> Reply {
        let payment = try await own(call)
        guard graph.isOpen(payment.state) else { return try await page(payment, call) }
        do { return try await page(try await ask(payment.id), call) } catch let failure as AcquirerFailure {
            logger.warning("the acquirer did not answer", metadata: ["payment": "\(payment.id)", "reason": "\(failure)"])
            return try await page(try await own(call), call, isUnknown: true)
        }
    }

    private func giveUp(_ call: Call) async throws -> Reply {
        let payment = try await own(call)
        do { try await withdraw(payment.id, by: call.actor) } catch let failure as AcquirerFailure { throw failure.asPaymentsError }
        return .seeOther(call.page("/pay/\(payment.id)"))
    }

    private func tryAgain(_ call: Call) async throws -> Reply {
        let payment = try await own(call)
        guard graph.isFinal(payment.state), !graph.isPaid(payment.state), payment.state != "refunded" else {
            return .seeOther(call.page("/pay/\(payment.id)"))
        }
        let next = try await database.write { try store.isGivenUp(payment, in: $0) ? payment.id : open(payment.order, in: $0) }
        return .seeOther(call.page("/pay/\(next)"))
    }

    /// - Parameter isUnknown: the acquirer could not be asked just now.
    private func page(_ payment: Payment, _ call: Call, isUnknown: Bool = false) async throws -> Reply {
        let view = PaymentView(payments: self, language: call.language)
        var data = view.facts(payment)
        data["action"] = call.page("/pay/\(payment.id)")
        data["refresh"] = call.page("/pay/\(payment.id)/return")
        data["returnHref"] = call.page(payment.returnPath)
        let outcome = view.outcome(payment, isUnknown: isUnknown)
        data[outcome.rawValue] = true
        if outcome == .failed {
            let isGivenUp = try await database.read { try store.isGivenUp(payment, in: $0) }
            data["reason"] = isGivenUp ? view.text("failure.given-up") : view.reason(payment)
            data["mayTryAgain"] = !isGivenUp
        }
        // The receipt lies among the papers of whose request it is.
        if outcome == .paid, call.actor.mandate == nil { data["receiptHref"] = call.page("/me/payments/\(payment.id)") }
        let title = site.text("payments.\(outcome.rawValue).title", call)
        data["heading"] = title
        return try site.page("payments/pay", Site.Heading(title, back: call.page(payment.returnPath)), data, for: call)
    }
}
