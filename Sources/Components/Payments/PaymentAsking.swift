import Contracts
import Database
import Jobs
import Logging
import Values

/// Jobs about one payment, each with `{"payment": id}`.
enum PaymentJob {
    static let ask = "payments.ask"
    static let cancel = "payments.cancel"
    static let refund = "payments.refund"

    static func payment(_ job: Job) throws -> String {
        guard let id = job.payload["payment"]?.string else { throw JobError.unreadablePayload(job.id) }
        return id
    }
}

/// Nobody guesses how a payment ended: whatever happened on the way, the acquirer is asked until it says something final.
extension Payments {
    /// How long the acquirer may know nothing of a payment we began before that is taken for its answer. Longer than a request to it can
    /// be under way, and than its own sessions last.
    static let unknownSeconds: Int64 = 3_600

    /// Asks about everything that is due. Stops when the acquirer does not answer: the rest stays due.
    func askDue() async throws {
        let now = clock.now()
        for payment in try await database.read({ try store.due(at: now, limit: 100, in: $0) }) {
            do { try await ask(payment.id) } catch let failure as AcquirerFailure {
                logger.warning("the acquirer did not answer", metadata: ["payment": "\(payment.id)", "reason": "\(failure)"])
                guard case .refused = failure else { return }
            } catch let error as PaymentsError {
                logger.error("an answer of the acquirer was not taken in", metadata: ["payment": "\(payment.id)", "error": "\(error)"])
                try await postpone(payment.id)
            }
        }
    }

    /// Asks about one payment and takes in the answer, whatever state it is in: money may come, or go back, after we took it for over.
    ///
    /// - Throws: `AcquirerFailure`; the payment is then asked about again later.
    @discardableResult
    func ask(_ id: String) async throws -> Payment {
        guard let payment = try await database.read({ try store.find(id, in: $0) }) else { throw PaymentsError.unknownPayment(id) }
        guard payment.state != graph.initial else { return payment }
        do {
            guard let report = try await report(on: payment) else { return try await unknown(id) }
            let asked = try await database.write { try apply(report, to: id, in: $0) }
            return asked.state == "authorised" ? try await take(asked) : asked
        } catch let failure as AcquirerFailure {
            try await postpone(id)
            throw failure
        }
    }

    private func report(on payment: Payment) async throws(AcquirerFailure) -> AcquirerReport? {
        if let acquirerID = payment.acquirerID { return try await acquirer.report(of: acquirerID) }
        return try await acquirer.find(reference: payment.id)
    }

    /// Takes money that is held, unless the order has been paid meanwhile: then it is let go.
    private func take(_ payment: Payment) async throws -> Payment {
        guard let acquirerID = payment.acquirerID else { return payment }
        let orders = try await database.read { try store.list(reference: payment.reference, in: $0) }
        let isPaid = orders.contains { $0.product == payment.product && $0.id != payment.id && graph.isPaid($0.state) }
        let report = isPaid
            ? try await acquirer.cancel(acquirerID, key: "\(payment.id):cancel")
            : try await acquirer.capture(acquirerID, payment.amount, key: "\(payment.id):capture")
        return try await database.write { try apply(report, to: payment.id, in: $0) }
    }

    /// The acquirer knows nothing of it. At first our own message may still be on its way.
    private func unknown(_ id: String) async throws -> Payment {
        try await database.write { connection in
            guard let payment = try store.find(id, in: connection) else { throw PaymentsError.unknownPayment(id) }
            if payment.state == "started", clock.now() >= payment.changedAt.adding(seconds: Payments.unknownSeconds) {
                return try move(payment, to: "expired", by: PaymentActor.acquirer, in: connection)
            }
            return try postpone(payment, in: connection)
        }
    }

    private func postpone(_ id: String) async throws {
        try await database.write { connection in
            if let payment = try store.find(id, in: connection) { _ = try postpone(payment, in: connection) }
        }
    }

    private func postpone(_ payment: Payment, in connection: any Connection) throws -> Payment {
        var later = payment
        later.askAt = graph.nextAsk(in: payment.state, since: payment.changedAt, now: clock.now())
        try store.save(later, isOpen: graph.isOpen(payment.state), in: connection)
        return later
    }
}
