@testable import Payments
import Synchronization
import Values
import Web

/// An acquirer that does what a test says, and can be down, or lose its answers after having done what was asked.
final class ScriptedAcquirer: AcquirerAdapter {
    struct Record: Sendable { var state: String; var version: Int64; var amount: Money; var failure: String? }
    enum Trouble: Sendable { case none, down, losesAnswers, refuses }

    private let records = Mutex<[String: Record]>([:])
    private let troubles = Mutex(Trouble.none)
    private let calls = Mutex<[String]>([])
    let origin = "http://acquirer.test"

    var trouble: Trouble { get { troubles.withLock { $0 } } set { troubles.withLock { $0 = newValue } } }
    private let refusals = Mutex(false)
    var refusesRefunds: Bool { get { refusals.withLock { $0 } } set { refusals.withLock { $0 = newValue } } }
    var log: [String] { calls.withLock { $0 } }
    private let whileBeginning = Mutex<(@Sendable () async -> Void)?>(nil)
    private let settlements = Mutex<[CalendarDate: [SettlementLine]]>([:])

    /// What happens at the acquirer, whatever we think.
    func set(_ reference: String, _ state: String, failure: String? = nil) {
        records.withLock { records in
            guard var record = records[reference], record.state != state else { return }
            (record.state, record.failure) = (state, failure)
            record.version += 1
            records[reference] = record
        }
    }

    /// What happens elsewhere while our question to begin is on its way.
    func whileBeginning(_ work: @escaping @Sendable () async -> Void) { whileBeginning.withLock { $0 = work } }

    /// A payment that the acquirer has in a state of its own making.
    func place(_ reference: String, _ state: String, _ amount: Money) {
        records.withLock { $0[reference] = Record(state: state, version: 1, amount: amount) }
    }

    /// What stands in the file of a day.
    func settle(_ day: CalendarDate, _ lines: [SettlementLine]) { settlements.withLock { $0[day] = lines } }

    func settlement(of day: CalendarDate) async throws(AcquirerFailure) -> [SettlementLine] {
        guard trouble == .none else { throw .unavailable("down") }
        return settlements.withLock { $0[day] ?? [] }
    }

    func state(_ reference: String) -> String? { records.withLock { $0[reference]?.state } }

    func report(_ reference: String) -> AcquirerReport? {
        records.withLock { $0[reference] }.map { record in
            AcquirerReport(
                acquirerID: "acq-\(reference)", reference: reference, amount: record.amount, state: record.state, version: record.version,
                checkoutURL: record.state == "started" ? "\(origin)/he/checkout/\(reference)" : nil, cardBrand: "Visa",
                cardLastFour: record.state == "started" ? nil : "0018", failure: record.failure)
        }
    }

    private func answer(_ what: String, _ reference: String, _ change: () -> Void = {}) throws(AcquirerFailure) -> AcquirerReport {
        calls.withLock { $0.append(what) }
        switch trouble {
        case .down: throw .unavailable("down")
        case .refuses: throw .refused(status: 422, code: "no")
        case .losesAnswers:
            change()
            throw .unavailable("lost")
        case .none:
            change()
            guard let report = report(reference) else { throw .refused(status: 404, code: "unknown") }
            return report
        }
    }

    private func reference(_ acquirerID: String) -> String { String(acquirerID.dropFirst(4)) }

    func begin(_ order: AcquirerOrder) async throws(AcquirerFailure) -> AcquirerReport {
        if let work = whileBeginning.withLock({ $0 }) { await work() }
        return try answer("begin", order.reference) {
            records.withLock { records in
                if records[order.reference] == nil { records[order.reference] = Record(state: "started", version: 1, amount: order.amount) }
            }
        }
    }

    func report(of acquirerID: String) async throws(AcquirerFailure) -> AcquirerReport { try answer("report", reference(acquirerID)) }

    func find(reference: String) async throws(AcquirerFailure) -> AcquirerReport? {
        calls.withLock { $0.append("find") }
        guard trouble == .none else { throw .unavailable("down") }
        return report(reference)
    }

    func capture(_ acquirerID: String, _ amount: Money, key: String) async throws(AcquirerFailure) -> AcquirerReport {
        try answer("capture", reference(acquirerID)) { set(reference(acquirerID), "captured") }
    }

    func cancel(_ acquirerID: String, key: String) async throws(AcquirerFailure) -> AcquirerReport {
        let known = reference(acquirerID)
        guard ["started", "authorised"].contains(state(known) ?? "") else { throw .refused(status: 409, code: "not-possible") }
        return try answer("cancel", known) { set(known, "cancelled") }
    }

    func refund(_ acquirerID: String, _ amount: Money, key: String) async throws(AcquirerFailure) -> AcquirerReport {
        if refusesRefunds { throw .refused(status: 412, code: "not-available") }
        return try answer("refund", reference(acquirerID)) { set(reference(acquirerID), "refunded") }
    }

    func notice(in call: Call) throws -> AcquirerNotice {
        let body = try call.json()
        guard body["signed"]?.bool == true else { throw PaymentsError.notTrusted(reason: "unsigned") }
        return AcquirerNotice(eventID: body["id"]?.string ?? "", reference: body["payment"]?["reference"]?.string ?? "")
    }
}
