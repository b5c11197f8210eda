import Database
import HTTPTypes
import Language
import Values
import Web

/// What a person has paid.
extension Payments {
    var receiptRoutes: [Route] {
        [
            .page(.get, "/me/payments", for: .person(.substantial), "payments.list", "My payments", listPayments),
            .page(.get, "/me/payments/{payment}", for: .person(.substantial), "payments.receipt", "The receipt of a payment", showReceipt),
        ]
    }

    /// Payments shown at once; a person has a few in a year.
    private static let listLimit = 200

    private func listPayments(_ call: Call) async throws -> Reply {
        let payments = try await database.read { try store.list(of: call.actor.id, limit: Payments.listLimit, in: $0) }
        let view = PaymentView(payments: self, language: call.language)
        let rows = payments.map { payment -> [String: Any] in
            var row = view.facts(payment)
            row["href"] = call.page(view.href(payment))
            row["state"] = view.state(payment)
            row["stateClass"] = view.stateClass(payment)
            row["date"] = Formats.date(IsraelTime.date(payment.paidAt ?? payment.createdAt), in: call.language)
            return row
        }
        return try site.page(
            "payments/list", Site.Heading(site.text("payments.list.title", call), back: call.page("/me")),
            ["payments": rows, "isEmpty": rows.isEmpty], for: call)
    }

    private func showReceipt(_ call: Call) async throws -> Reply {
        let payment = try await own(call)
        guard let paidAt = payment.paidAt else { return .seeOther(call.page("/pay/\(payment.id)")) }
        let view = PaymentView(payments: self, language: call.language)
        var data = view.facts(payment)
        data["date"] = Formats.dateTime(paidAt, in: call.language)
        if let card = payment.cardLastFour { data["card"] = "\(payment.cardBrand ?? "") •••• \(card)" }
        if view.outcome(payment) == .refunded { data["refund"] = view.state(payment) }
        data["returnHref"] = call.page(payment.returnPath)
        return try site.page(
            "payments/receipt", Site.Heading(site.text("payments.receipt.title", call), back: call.page("/me/payments")), data, for: call)
    }
}
