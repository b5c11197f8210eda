import Contracts
import Database
import Language
import Values
import Web

/// What comes of a fee: paid, failed, forgotten.
extension Delivery {
    static let reminderDays: Int64 = 7
    /// After the reminder: thirty days in all.
    static let lapseDays: Int64 = 23
    private static let dueLimit = 200

    func paid(_ caseID: String, at time: Instant, in connection: any Connection) throws {
        guard let item = try store.find(caseID, in: connection) else { return }
        let type = try types.type(of: item)
        // Money for a case that was withdrawn or has lapsed meanwhile goes back.
        if item.state == .closed, item.stage == type.fee?.stage { return try near.cashier.refund(reference: item.id, in: connection) }
        // Told twice by the payment's events: the second time the case is past its fee.
        guard type.waitsForFee(item) else { return }
        let promised = types.calendar.date(type.workingDays, after: IsraelTime.date(time))
        let moved = try move(item, .pay(promisedOn: promised), in: connection)
        try store.append(.paid, to: moved, by: .system("payments"), told: true, at: time, in: connection)
        if let legs = type.legs, legs.stage == moved.stage { try openLegs(of: moved, legs, at: time, in: connection) }
        try tell(moved, "case.received", key: "paid", in: connection)
    }

    /// A payment that ended badly is told, with the way to pay again. Whoever gave it up herself knows it already.
    func paymentFailed(_ caseID: String, payment: String, state: String?, at time: Instant, in connection: any Connection) throws {
        guard state != "cancelled", let item = try store.find(caseID, in: connection) else { return }
        let type = try types.type(of: item)
        guard let fee = type.fee, type.waitsForFee(item) else { return }
        guard try !store.history(of: item, in: connection).contains(where: { $0.kind == .paymentFailed && $0.at == time }) else { return }
        try store.append(.paymentFailed, to: item, by: .system("payments"), told: true, at: time, in: connection)
        try askForFee(fee, of: item, key: "payment-failed:\(payment)", in: connection)
    }

    /// Money that went back is told, with its receipt. A refund is told once for each payment.
    func refunded(_ caseID: String, payment id: String, at time: Instant, in connection: any Connection) throws {
        guard let item = try store.find(caseID, in: connection) else { return }
        guard try !store.history(of: item, in: connection).contains(where: { $0.kind == .refunded && $0.at == time }) else { return }
        guard let payment = try near.cashier.statuses(reference: item.id, in: connection).first(where: { $0.id == id }) else { return }
        try store.append(.refunded, to: item, by: .system("payments"), told: true, at: time, in: connection)
        try tell(
            item, "case.fee-refunded", values: ["amount": payment.amount.decimal], link: "/me/payments/\(id)", key: "refunded:\(id)", in: connection)
    }

    /// Reminds once of a fee that was not paid, and closes the case when that brought nothing.
    func lookAfterUnpaid() async throws {
        let (now, places) = (clock.now(), types.feeStages)
        for place in places {
            for item in try await database.read({
                try store.unpaid(place, openedBefore: now.adding(days: -Delivery.reminderDays), limit: Delivery.dueLimit, in: $0)
            }) { try await database.write { try remind(item.id, at: now, in: $0) } }
            for item in try await database.read({
                try store.unpaid(place, remindedBefore: now.adding(days: -Delivery.lapseDays), limit: Delivery.dueLimit, in: $0)
            }) { try await database.write { try lapse(item.id, at: now, in: $0) } }
        }
    }

    private func remind(_ id: String, at time: Instant, in connection: any Connection) throws {
        guard let item = try store.find(id, in: connection), let fee = try types.type(of: item).fee, try isUnpaid(item, in: connection),
            try store.markReminded(item, at: time, in: connection)
        else { return }
        try store.append(.reminded, to: item, by: .system("delivery"), told: true, at: time, in: connection)
        try askForFee(fee, of: item, key: "payment-reminder", in: connection)
    }

    /// Waits for its fee, and no money is on its way: what the cashier knows already may not have been told here yet.
    private func isUnpaid(_ item: Case, in connection: any Connection) throws -> Bool {
        guard try types.type(of: item).waitsForFee(item) else { return false }
        return try !near.cashier.statuses(reference: item.id, in: connection).contains(where: \.isOnItsWay)
    }

    private func lapse(_ id: String, at time: Instant, in connection: any Connection) throws {
        guard let item = try store.find(id, in: connection), try isUnpaid(item, in: connection) else { return }
        let moved = try move(item, .lapse, in: connection)
        try near.cashier.giveUp(reference: moved.id, in: connection)
        try store.append(.lapsed, to: moved, by: .system("delivery"), told: true, at: time, in: connection)
        try record("case.lapse", .write, moved, by: .system("delivery"), in: connection)
        try tell(moved, "case.lapsed", key: "lapsed", in: connection)
    }
}
