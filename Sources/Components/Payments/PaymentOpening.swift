public import Contracts
public import Database
import Values
import Web

extension Payments: Cashier {
    public func open(_ order: PaymentOrder, in connection: any Connection) throws -> String {
        let known = try store.held(reference: order.reference, product: order.product, in: connection)
        if let paid = known.last(where: { graph.isPaid($0.state) }) { return paid.id }
        if let open = known.last(where: { graph.isOpen($0.state) }) {
            guard open.state == graph.initial, open.amount != order.amount else { return open.id }
            // The fee was worked out anew before the person had begun to pay the old one.
            _ = try move(open, to: "cancelled", by: .system("payments"), telling: false, in: connection)
        }
        let payment = Payment(order, state: graph.initial, at: clock.now())
        guard try store.insert(payment, in: connection) else {
            let winner = try store.held(reference: order.reference, product: order.product, in: connection).last { graph.isOpen($0.state) }
            guard let winner else { throw PaymentsError.unknownPayment(payment.id) }
            return winner.id
        }
        let actor = PaymentActor.platform
        try store.append(from: nil, to: payment, isLate: false, by: actor.id, at: payment.createdAt, in: connection)
        try record("payment.open", payment, by: actor, in: connection)
        return payment.id
    }

    public func statuses(reference: String, in connection: any Connection) throws -> [PaymentStatus] {
        try store.list(reference: reference, in: connection).map { $0.status(graph) }
    }

    public func giveUp(reference: String, in connection: any Connection) throws {
        for payment in try store.list(reference: reference, in: connection) {
            try store.giveUp(payment, at: clock.now(), in: connection)
            guard graph.isOpen(payment.state) else { continue }
            if payment.state == graph.initial {
                _ = try move(payment, to: "cancelled", by: PaymentActor.platform, telling: false, in: connection)
            } else {
                try enqueue(PaymentJob.cancel, payment, in: connection)
            }
        }
    }

    public func refund(reference: String, in connection: any Connection) throws {
        for payment in try store.list(reference: reference, in: connection) where graph.isPaid(payment.state) {
            _ = try startRefund(payment, by: PaymentActor.platform, in: connection)
        }
    }
}
