import Contracts
import Database
import Language
import Values

/// What happens to agreements by time alone.
extension Transfers {
    /// An agreement nobody has used for so long is suspended: what is not needed is not open.
    static let unusedDays: Int64 = 90
    /// So long after it came into force, or was last justified, the body must say that it still needs it …
    static let justifyDays: Int64 = 365
    /// … and has so many days more before it is suspended.
    static let graceDays: Int64 = 30
    /// So long before the last day the body is told to ask anew.
    static let renewDays: Int64 = 60

    enum Due: Hashable, Sendable { case unused, justify, unjustified, renew }

    /// A pure function of the agreement and the day.
    static func due(_ agreement: AgreementState, justifiedAt: Instant?, on today: CalendarDate) -> [Due] {
        guard agreement.status == "live" else { return [] }
        func days(since time: Instant) -> Int64 { today.daysSince1970 - IsraelTime.date(time).daysSince1970 }
        if days(since: max(agreement.lastUsedAt ?? agreement.since, agreement.since)) >= unusedDays { return [.unused] }
        var due: [Due] = []
        let age = days(since: max(justifiedAt ?? agreement.since, agreement.since))
        if age >= justifyDays + graceDays { return [.unjustified] }
        if age >= justifyDays { due.append(.justify) }
        if let last = agreement.content["validUntil"]?.string.flatMap({ CalendarDate($0) }) {
            let left = last.daysSince1970 - today.daysSince1970
            if (0...renewDays).contains(left) { due.append(.renew) }
        }
        return due
    }

    func keepUp() async throws {
        let (time, today) = (clock.now(), IsraelTime.date(clock.now()))
        let (agreements, justified) = try await database.read { (try desk.agreements(of: nil, in: $0), try store.justifications(in: $0)) }
        for agreement in agreements {
            for due in Transfers.due(agreement, justifiedAt: justified[agreement.id], on: today) {
                try await database.write { connection in
                    if due == .unused || due == .unjustified { try desk.suspend(agreement.id, at: time, in: connection) }
                    try tell(agreement, due, in: connection)
                }
            }
        }
    }

    private func tell(_ agreement: AgreementState, _ due: Due, in connection: any Connection) throws {
        let template =
            switch due {
            case .unused, .unjustified: "transfers.suspended"
            case .justify: "transfers.justify"
            case .renew: "transfers.renew"
            }
        for officer in try people.officers(of: agreement.consumerID, role: OfficerRole.dataRequester, in: connection) {
            let since = agreement.since.microseconds
            try postman.send(
                Notice(
                    recipientID: officer.id, bodyID: agreement.consumerID, template: template, values: ["agreement": agreement.id],
                    link: "\(Transfers.path)/agreements/\(agreement.id)",
                    idempotencyKey: "\(template):\(agreement.id):\(agreement.version):\(since):\(officer.id)"), in: connection)
        }
    }
}
