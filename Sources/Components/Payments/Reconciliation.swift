import Database
import Language
import Logging
import Values

/// Each day the acquirer's settlement file is held against our books, day after day, none left out. What differs is written down and
/// logged for an operator, and the acquirer is asked about it, which mends what only a lost notification kept us from knowing.
extension Payments {
    /// A day is read so long after it ended: its file is complete then, even if the acquirer's clock is behind ours.
    static let settlementDelaySeconds: Int64 = 2 * 3_600
    /// Days made up for at once after a long pause.
    private static let daysAtOnce = 31

    /// Reads the files of all days that are over and were not read yet.
    func reconcileDue() async throws {
        let last = IsraelTime.date(clock.now().adding(seconds: -Payments.settlementDelaySeconds)).adding(days: -1)
        for _ in 0..<Payments.daysAtOnce {
            let next = try await database.read { connection in
                try store.lastSettledDay(in: connection)?.adding(days: 1) ?? store.firstDay(in: connection)
            }
            guard let day = next, day <= last else { return }
            do { try await reconcile(day) } catch let failure as AcquirerFailure {
                logger.warning("a settlement file was not to be had", metadata: ["day": "\(day)", "reason": "\(failure)"])
                return
            }
        }
    }

    /// - Throws: `AcquirerFailure` when there is no file to be had; the day is then read later.
    func reconcile(_ day: CalendarDate) async throws {
        let lines = try await acquirer.settlement(of: day)
        let found = try await database.write { connection -> [SettlementDifference] in
            var differences: Set<SettlementDifference> = []
            for line in lines {
                let payment = UUIDv7.isWellFormed(line.reference) ? try store.find(line.reference, in: connection) : nil
                if let payment, line.kind == .capture { try store.settle(payment, on: day, in: connection) }
                guard let difference = SettlementDifference.between(line, payment) else { continue }
                differences.insert(difference)
                if let payment { try enqueue(PaymentJob.ask, payment, key: "settlement:\(day):\(payment.id)", in: connection) }
            }
            for payment in try store.unsettled(paidOn: day, in: connection) {
                differences.insert(
                    SettlementDifference(
                        reference: payment.id, problem: .notSettled, fileMinor: nil, bookMinor: payment.amount.minorUnits))
            }
            // Another worker was first: then it has said everything.
            guard try store.close(day, lineCount: lines.count, differences, at: clock.now(), in: connection) else { return [] }
            return differences.sorted { ($0.reference, $0.problem.rawValue) < ($1.reference, $1.problem.rawValue) }
        }
        for difference in found {
            logger.error(
                "the settlement file differs from our books",
                metadata: ["day": "\(day)", "payment": "\(difference.reference.prefix(64))", "problem": "\(difference.problem.rawValue)"])
        }
    }
}
