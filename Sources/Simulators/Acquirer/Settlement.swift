import Language
import Values

/// Money that moved between a person's card and a merchant.
struct Movement: Sendable, Hashable {
    enum Kind: String, Sendable { case capture, refund }

    let chargeID: String
    let reference: String
    let kind: Kind
    /// Positive; the kind says which way.
    let amount: Money
    /// In minor units, what the acquirer keeps.
    let fee: Int64
    /// In Israel.
    let day: CalendarDate
    let at: Instant

    /// 0.8 % of what is captured, rounded half up. Giving back costs nothing and returns no fee.
    static func fee(on captured: Int64) -> Int64 { (captured * 80 + 5_000) / 10_000 }

    /// What moved between two states of a charge.
    static func between(_ before: Charge, _ after: Charge, at time: Instant) -> [Movement] {
        func movement(_ kind: Kind, _ sum: Int64) -> Movement {
            Movement(
                chargeID: after.id, reference: after.reference, kind: kind, amount: Money(minorUnits: sum, currency: after.amount.currency),
                fee: kind == .capture ? fee(on: sum) : 0, day: IsraelTime.date(time), at: time)
        }
        var movements: [Movement] = []
        if after.captured > before.captured { movements.append(movement(.capture, after.captured - before.captured)) }
        if after.refunded > before.refunded { movements.append(movement(.refund, after.refunded - before.refunded)) }
        return movements
    }
}

/// What a merchant gets for a day, to be held against its own books.
struct Settlement: Sendable {
    let day: CalendarDate
    let movements: [Movement]

    private func sum(_ kind: Movement.Kind) -> Int64 { movements.filter { $0.kind == kind }.reduce(0) { $0 + $1.amount.minorUnits } }
    var captured: Int64 { sum(.capture) }
    var refunded: Int64 { sum(.refund) }
    var fees: Int64 { movements.reduce(0) { $0 + $1.fee } }
    var payout: Int64 { captured - refunded - fees }

    var json: JSON {
        [
            "day": .string(day.description),
            "totals": ["captured": .int(captured), "refunded": .int(refunded), "fees": .int(fees), "payout": .int(payout)],
            "lines": .array(
                movements.map { line in
                    [
                        "payment": .string(line.chargeID), "reference": .string(line.reference), "kind": .string(line.kind.rawValue),
                        "amount": .int(line.amount.minorUnits), "fee": .int(line.fee), "currency": .string(line.amount.currency),
                        "at": .string(line.at.description),
                    ]
                }),
        ]
    }

    /// RFC 4180, with a header. No member can hold a comma or a quote but the reference, which is quoted.
    var csv: String {
        let lines = movements.map { line in
            let reference = line.reference.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
            let amount = "\(line.amount.minorUnits),\(line.fee),\(line.amount.currency)"
            return "\(line.chargeID),\"\(reference)\",\(line.kind.rawValue),\(amount),\(line.at)"
        }
        return (["payment,reference,kind,amount_minor,fee_minor,currency,at"] + lines).joined(separator: "\r\n") + "\r\n"
    }
}
