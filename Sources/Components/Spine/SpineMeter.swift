public import Contracts
public import Database
public import Values

extension Spine: ExchangeMeter {
    public func exchanges(from: Instant, before: Instant, in connection: any Connection) throws -> [ExchangeFigures] {
        struct Pair: Hashable { let consumerID: String; let providerID: String }
        var sums: [Pair: (answered: Int, refused: Int, failed: Int)] = [:]
        let parties = try store.parties(in: connection)
        for count in try store.counts(from: from, before: before, in: connection) {
            guard let (consumer, provider) = parties[count.key.agreementID] else { continue }
            let pair = Pair(consumerID: consumer, providerID: provider)
            var sum = sums[pair] ?? (0, 0, 0)
            switch count.outcome {
            case "answered", "unknown": sum.answered += Int(count.messages)
            case "refused": sum.refused += Int(count.messages)
            default: sum.failed += Int(count.messages)
            }
            sums[pair] = sum
        }
        return sums.map { pair, sum in
            ExchangeFigures(
                consumerID: pair.consumerID, providerID: pair.providerID, answered: sum.answered, refused: sum.refused, failed: sum.failed)
        }.sorted { ($0.consumerID, $0.providerID) < ($1.consumerID, $1.providerID) }
    }
}

extension Spine: AgreementMonitor {
    public func use(of agreementID: String, from: Instant, before: Instant, in connection: any Connection) throws -> [AgreementUse] {
        struct Sum { var (answered, refused, failed, dropped, microseconds): (Int64, Int64, Int64, Int64, Int64) = (0, 0, 0, 0, 0) }
        var sums: [Int64: Sum] = [:]
        for count in try store.counts(of: agreementID, from: from, before: before, in: connection) {
            var sum = sums[count.day] ?? Sum()
            switch count.outcome {
            case "answered", "unknown": (sum.answered, sum.microseconds) = (sum.answered + count.messages, sum.microseconds + count.microseconds)
            case "refused": sum.refused += count.messages
            default: sum.failed += count.messages
            }
            sum.dropped += count.dropped
            sums[count.day] = sum
        }
        return sums.sorted { $0.key > $1.key }.map { day, sum in
            AgreementUse(
                day: CalendarDate(daysSince1970: day), answered: Int(sum.answered), refused: Int(sum.refused), failed: Int(sum.failed),
                dropped: Int(sum.dropped), microseconds: sum.answered > 0 ? sum.microseconds / sum.answered : nil)
        }
    }
}
