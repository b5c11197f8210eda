import Database
import Jobs
import Values
import Web

extension Payments {
    /// Gives up a payment that is not paid. When the acquirer has the money already, that stands.
    @discardableResult
    func withdraw(_ id: String, by actor: Actor = PaymentActor.platform) async throws -> Payment {
        let found = try await database.write { connection -> Payment in
            guard let payment = try store.find(id, in: connection) else { throw PaymentsError.unknownPayment(id) }
            guard payment.state == graph.initial else { return payment }
            return try move(payment, to: "cancelled", by: actor, in: connection)
        }
        return graph.isOpen(found.state) ? try await stop(found, by: actor) : found
    }

    /// Has the acquirer close a payment that is not wanted any more, also one that is over with us and not with it.
    func close(_ id: String) async throws {
        guard let payment = try await database.read({ try store.find(id, in: $0) }) else { throw PaymentsError.unknownPayment(id) }
        _ = try await stop(payment, by: PaymentActor.platform)
    }

    private func stop(_ payment: Payment, by actor: Actor) async throws -> Payment {
        let id = payment.id
        var acquirerID = payment.acquirerID
        if acquirerID == nil { acquirerID = try await acquirer.find(reference: id)?.acquirerID }
        guard let acquirerID else {
            // It knows nothing of the payment, and the person who could have finished it has given it up.
            return try await database.write { connection in
                guard let payment = try store.find(id, in: connection) else { throw PaymentsError.unknownPayment(id) }
                return graph.isOpen(payment.state) ? try move(payment, to: "cancelled", by: actor, in: connection) : payment
            }
        }
        let report: AcquirerReport
        do { report = try await acquirer.cancel(acquirerID, key: "\(id):cancel") } catch .refused {
            // Too late to cancel: what it is instead, it says itself.
            report = try await acquirer.report(of: acquirerID)
        }
        return try await database.write { try apply(report, to: id, in: $0) }
    }

    /// Has the acquirer give back the whole amount of a payment in `refunding`.
    ///
    /// - Throws: `JobError.hopeless` when it refuses: the payment is then captured as before, and an operator sees the job.
    func giveBack(_ id: String) async throws {
        let payment = try await database.read { try store.find(id, in: $0) }
        guard let payment, payment.state == "refunding", let acquirerID = payment.acquirerID else { return }
        do {
            let report = try await acquirer.refund(acquirerID, payment.amount, key: "\(id):refund")
            _ = try await database.write { try apply(report, to: id, in: $0) }
        } catch let failure as AcquirerFailure {
            guard case .refused(_, let code) = failure else { throw failure }
            let report = try await acquirer.report(of: acquirerID)
            let after = try await database.write { connection -> Payment in
                let told = try apply(report, to: id, in: connection)
                return told.state == "refunding" ? try move(told, to: "captured", by: PaymentActor.platform, in: connection) : told
            }
            if after.state == "captured" { throw JobError.hopeless("the acquirer refused to give back \(id): \(code)") }
        }
    }
}
