import Contracts
import Database
import Jobs
import Language
import Values
import Web

/// Who moves payments when no person does.
enum PaymentActor {
    static let platform = Actor.system("payments")
    static let acquirer = Actor.system("acquirer")
}

extension Payments {
    /// Moves a payment along an edge of the graph, and does what follows from it, in one transaction.
    ///
    /// - Parameter telling: false when nobody outside needs to hear that this one failed, since the order goes on.
    /// - Throws: `PaymentsError.illegalMove`.
    func move(
        _ payment: Payment, to state: String, by actor: Actor, telling: Bool = true, in connection: any Connection
    ) throws -> Payment {
        guard let edge = graph.edge(payment.state, state) else { throw PaymentsError.illegalMove(from: payment.state, to: state) }
        let time = clock.now()
        var moved = payment
        (moved.state, moved.changedAt, moved.step) = (state, time, payment.step + 1)
        moved.askAt = graph.nextAsk(in: state, since: time, now: time)
        if graph.isPaid(state), moved.paidAt == nil { moved.paidAt = time }
        try store.save(moved, isOpen: graph.isOpen(state), in: connection)
        try store.append(from: payment.state, to: moved, isLate: edge.isLate, by: actor.id, at: time, in: connection)
        try record("payment.change", moved, by: actor, in: connection)
        guard edge.mover != .platform else { return moved }
        if graph.isPaid(state) { return try paid(moved, in: connection) }
        if state == "refunded" {
            try tell("payment.refunded", of: moved, in: connection)
        } else if telling, graph.isFinal(state), graph.isOpen(payment.state) {
            try failed(moved, in: connection)
        }
        return moved
    }

    /// Takes in what the acquirer says. What it says twice, or late after something newer, changes nothing.
    ///
    /// - Throws: `PaymentsError.foreignReport` when it speaks of another order or amount.
    @discardableResult
    func apply(_ report: AcquirerReport, to id: String, in connection: any Connection) throws -> Payment {
        guard let found = try store.find(id, in: connection),
            var payment = try store.held(reference: found.reference, product: found.product, in: connection).first(where: { $0.id == id })
        else { throw PaymentsError.unknownPayment(id) }
        guard report.reference == payment.id, report.amount == payment.amount, payment.acquirerID ?? report.acquirerID == report.acquirerID
        else { throw PaymentsError.foreignReport }
        let now = clock.now()
        payment.askAt = graph.nextAsk(in: payment.state, since: payment.changedAt, now: now)
        guard report.version > payment.acquirerVersion else {
            try store.save(payment, isOpen: graph.isOpen(payment.state), in: connection)
            return payment
        }
        payment.acquirerVersion = report.version
        payment.acquirerID = report.acquirerID
        payment.checkoutURL = report.checkoutURL ?? payment.checkoutURL
        payment.cardBrand = report.cardBrand ?? payment.cardBrand
        payment.cardLastFour = report.cardLastFour ?? payment.cardLastFour
        payment.failure = report.failure ?? payment.failure
        if graph.edge(payment.state, report.state)?.mover == .acquirer {
            return try move(payment, to: report.state, by: PaymentActor.acquirer, in: connection)
        }
        try store.save(payment, isOpen: graph.isOpen(payment.state), in: connection)
        // Over with us and alive at the acquirer: it was given up while our question to begin it was on its way.
        if graph.isOpen(report.state), graph.isFinal(payment.state) {
            try enqueue(PaymentJob.cancel, payment, key: "\(id):\(report.version)", in: connection)
        }
        return payment
    }

    /// The first money for an order is told; money that comes a second time goes back. What else was open for the order is given up.
    private func paid(_ payment: Payment, in connection: any Connection) throws -> Payment {
        let others = try others(of: payment, in: connection)
        if others.contains(where: { graph.isPaid($0.state) }) {
            return try startRefund(payment, by: PaymentActor.platform, in: connection)
        }
        try Outbox.publish("payment.captured", key: payment.reference, payload(payment), at: clock.now(), in: connection)
        for other in others where graph.isOpen(other.state) {
            if other.state == graph.initial {
                _ = try move(other, to: "cancelled", by: PaymentActor.platform, telling: false, in: connection)
            } else {
                try enqueue(PaymentJob.cancel, other, in: connection)
            }
        }
        return payment
    }

    /// Told once for a try, even when it comes alive late and fails again.
    private func failed(_ payment: Payment, in connection: any Connection) throws {
        let before = try store.history(of: payment, in: connection).dropLast()
        guard !before.contains(where: { graph.isFinal($0.to) }) else { return }
        try tell("payment.failed", of: payment, in: connection)
    }

    /// Says how a try ended, unless another one has paid the order: then this one changes nothing for who waits for the money.
    /// That money went back is told in any case.
    private func tell(_ event: String, of payment: Payment, in connection: any Connection) throws {
        if event != "payment.refunded", try others(of: payment, in: connection).contains(where: { graph.isPaid($0.state) }) { return }
        var content = payload(payment)
        content["state"] = .string(payment.state)
        if payment.state == "declined" { content["failure"] = .string(payment.failure ?? "other") }
        try Outbox.publish(event, key: payment.reference, content, at: clock.now(), in: connection)
    }

    private func others(of payment: Payment, in connection: any Connection) throws -> [Payment] {
        try store.held(reference: payment.reference, product: payment.product, in: connection).filter { $0.id != payment.id }
    }

    /// Gives the whole amount back, by a job.
    func startRefund(_ payment: Payment, by actor: Actor, in connection: any Connection) throws -> Payment {
        let moved = try move(payment, to: "refunding", by: actor, in: connection)
        try enqueue(PaymentJob.refund, moved, in: connection)
        return moved
    }

    private func payload(_ payment: Payment) -> JSON {
        ["payment": .string(payment.id), "reference": .string(payment.reference), "product": .string(payment.product)]
    }

    /// Jobs about a payment need no order: each looks at what is so when it runs, and one that died must not hold up the others.
    func enqueue(_ type: String, _ payment: Payment, key: String? = nil, in connection: any Connection) throws {
        try JobQueue.enqueue(
            type, ["payment": .string(payment.id)], runAt: clock.now(), uniqueKey: key.map { "\(type):\($0)" }, in: connection)
    }

    func record(_ what: String, _ payment: Payment, by actor: Actor, in connection: any Connection) throws {
        try audit.record(
            AuditEntry(
                subjectID: payment.subjectID, actor: actor, action: .write, what: what, caseID: payment.caseID,
                basis: .request(payment.reference), fields: ["payment"], at: clock.now()), in: connection)
    }
}
