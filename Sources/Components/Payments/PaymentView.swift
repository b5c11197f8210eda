import Contracts
import Database
import Language
import Values
import Web

/// A payment as its pages show it, in one language.
struct PaymentView {
    /// What the person is told; the raw value is a section of the page and the first part of its texts' keys.
    enum Outcome: String, CaseIterable {
        /// Ready to begin.
        case ready
        /// Begun at the acquirer and not finished.
        case begun
        /// The bank, or the acquirer, has not answered.
        case checking
        case paid, failed, refunded
    }

    let payments: Payments
    let language: Language

    func text(_ key: String, _ arguments: [String: String] = [:]) -> String {
        payments.site.catalogue.text("payments.\(key)", in: language, arguments)
    }

    func bodyName(_ payment: Payment) -> String {
        payments.bodies.body(payment.bodyID)?.name.text(in: language) ?? text("body.unknown")
    }

    func facts(_ payment: Payment) -> [String: Any] {
        [
            "what": payment.description.text(in: language), "body": bodyName(payment),
            "amount": Formats.money(payment.amount, in: language),
            "number": payment.receiptNumber,
        ]
    }

    func outcome(_ payment: Payment, isUnknown: Bool = false) -> Outcome {
        switch payment.state {
        case payments.graph.initial: .ready
        case "started": isUnknown ? .checking : .begun
        case "pending", "authorised": .checking
        case "captured": .paid
        case "refunding", "refunded": .refunded
        default: .failed
        }
    }

    /// Why it failed and what to do, in one sentence or two.
    func reason(_ payment: Payment) -> String {
        switch payment.state {
        case "declined": text("failure.\(payment.failure ?? "other")")
        case "cancelled", "expired": text("failure.\(payment.state)")
        default: text("failure.other")
        }
    }

    func state(_ payment: Payment) -> String { text("state.\(payment.state)") }

    func stateClass(_ payment: Payment) -> String {
        switch outcome(payment) {
        case .ready, .begun: "z-tag-warning"
        case .checking: "z-tag-info"
        case .paid: "z-tag-success"
        case .failed, .refunded: "z-tag-muted"
        }
    }

    /// Where the line of a list leads: to the receipt of what is paid, else to where it can be paid.
    func href(_ payment: Payment) -> String {
        switch outcome(payment) {
        case .paid, .refunded: "/me/payments/\(payment.id)"
        default: "/pay/\(payment.id)"
        }
    }
}

struct PaymentZone: ZoneSection {
    let payments: Payments
    let titleKey = "payments.zone.title"
    let emptyKey = "payments.zone.empty"
    let href = "/me/payments"

    func items(for actor: Actor, language: Language, limit: Int, in connection: any Connection) throws -> [ZoneItem] {
        let view = PaymentView(payments: payments, language: language)
        return try payments.store.list(of: actor.id, limit: limit, in: connection).map { payment in
            let outcome = view.outcome(payment)
            return ZoneItem(
                title: payment.description.text(in: language),
                detail: "\(Formats.money(payment.amount, in: language)) · \(view.bodyName(payment))", href: view.href(payment),
                status: view.state(payment), needsAction: outcome == .ready || outcome == .begun)
        }
    }
}
