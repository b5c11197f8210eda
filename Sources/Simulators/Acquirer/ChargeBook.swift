import Database
import Values

/// Writes charges down, and with every change what follows from it: the merchant is told, and money that moved is in the books.
struct ChargeBook: Sendable {
    let store = AcquirerStore()
    let notices = NoticeStore()
    let settings: AcquirerSettings

    /// How many seconds before an older notification a newer one of a "delayed" card is sent.
    static let disorderSeconds: Int64 = 10

    func open(_ charge: Charge, in connection: any Connection) throws { try store.insert(charge, in: connection) }

    /// Saves a charge that went through these states, one after another.
    func save(_ states: [Charge], after before: Charge, in connection: any Connection) throws {
        var previous = before
        for (index, charge) in states.enumerated() {
            if charge.state != previous.state || charge.refunded != previous.refunded {
                try tell(charge, isLast: index == states.count - 1, in: connection)
            }
            for movement in Movement.between(previous, charge, at: charge.changedAt) {
                try notices.insert(movement, id: UUIDv7.next(at: charge.changedAt), merchantID: charge.merchantID, in: connection)
            }
            previous = charge
        }
        try store.save(previous, in: connection)
    }

    private func tell(_ charge: Charge, isLast: Bool, in connection: any Connection) throws {
        let id = UUIDv7.next(at: charge.changedAt)
        var time = charge.changedAt
        if charge.behaviour == .delayedNotices {
            time = time.adding(seconds: settings.noticeDelaySeconds + (isLast ? 0 : ChargeBook.disorderSeconds))
        }
        try notices.insert(
            [
                "id": .string(id), "type": .string("payment.\(charge.state.rawValue)"), "at": .string(charge.changedAt.description),
                "payment": charge.json(baseURL: settings.baseURL),
            ], id: id, merchantID: charge.merchantID, copies: charge.behaviour == .duplicateNotices ? 3 : 1, at: time, in: connection)
    }
}
