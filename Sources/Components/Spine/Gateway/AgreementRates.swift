import Synchronization
import Values

/// Counts the questions under each agreement in the running minute, at this gateway.
final class AgreementRates: Sendable {
    static let usedUp = "the agreement's rate is used up"
    private struct Count { var minute: Int64; var asked: Int }
    private let counts = Mutex<[String: Count]>([:])

    /// False when the agreement's rate is used up.
    func admit(_ agreement: Agreement, now: Instant) -> Bool {
        let minute = now.seconds / 60
        return counts.withLock { counts in
            var count = counts[agreement.id] ?? Count(minute: minute, asked: 0)
            if count.minute != minute { count = Count(minute: minute, asked: 0) }
            guard count.asked < agreement.ratePerMinute else { return false }
            count.asked += 1
            counts[agreement.id] = count
            return true
        }
    }
}
