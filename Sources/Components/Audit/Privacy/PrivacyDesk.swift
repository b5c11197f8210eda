public import Contracts
import Database
public import Jobs
import Language
import Values
import Web

/// Reads the log for looks that need an explanation, and lets the privacy officer of the body judge them. Its front door.
public struct PrivacyDesk: Sendable {
    /// Entries read in one transaction.
    static let batch = 200
    let audit: Audit
    let store = PrivacyStore()
    let offices: any Offices
    let cases: any CaseStanding
    let days: any WorkingDays

    public init(audit: Audit, offices: any Offices, cases: any CaseStanding, days: any WorkingDays) {
        (self.audit, self.offices, self.cases, self.days) = (audit, offices, cases, days)
    }

    public func register(in jobs: inout JobRegistry) { jobs.every(seconds: 15, "audit.watch") { try await watch() } }

    /// Reads what is new in the log, then counts the days that are over. Two at once wait for one another.
    func watch() async throws {
        while try await readOn() == PrivacyDesk.batch {}
        try await count()
    }

    private func readOn() async throws -> Int {
        let time = audit.clock.now()
        return try await audit.database.write { connection in
            let (sequence, counted) = try store.takeTurn(in: connection)
            let entries = try audit.store.records(after: sequence, limit: PrivacyDesk.batch, in: connection)
            for (_, record) in entries {
                guard let look = Look(record) else { continue }
                // What comes late for a day that was counted is no more than one look.
                if counted.map({ $0 < look.day }) ?? true { try store.tally(look, in: connection) }
                try judge(look, at: time, in: connection)
            }
            if let last = entries.last { try store.setSequence(last.sequence, in: connection) }
            return entries.count
        }
    }

    private func judge(_ look: Look, at time: Instant, in connection: any Connection) throws {
        let holdings = try offices.holdings(ofPerson: look.subjectID, from: look.day, in: connection)
        let known = LookCircumstances(
            isColleague: holdings.contains { $0.bodyID == look.bodyID && $0.from <= look.day },
            hadCase: try cases.hadCase(
                look.subjectID, with: look.bodyID, at: look.at, closedAfter: look.at.adding(days: -LookRules.daysAfterClosing), in: connection),
            isWorkingDay: days.isWorking(look.day))
        let kinds = LookRules.alarms(look, known)
        guard !kinds.isEmpty else { return }
        if var alarm = try store.waiting(look, in: connection) {
            alarm.kinds = AlarmKind.allCases.filter { alarm.kinds.contains($0) || kinds.contains($0) }
            alarm.looks += 1
            try store.update(alarm, in: connection)
            return try store.add(look, to: alarm, in: connection)
        }
        let alarm = Alarm(
            bodyID: look.bodyID, id: UUIDv7.next(at: time), officerID: look.officerID, officerName: look.officerName, role: look.role,
            subjectID: look.subjectID, day: look.day, kinds: kinds, looks: 1, usual: nil, visibility: look.visibility, raisedAt: time,
            dueOn: IsraelTime.date(time).adding(days: LookRules.daysToJudge))
        try store.insert(alarm, in: connection)
        try store.add(look, to: alarm, in: connection)
    }

    /// Compares officers of one body and role, once a day is over by an hour.
    private func count() async throws {
        let time = audit.clock.now()
        let last = IsraelTime.date(time.adding(seconds: -3_600)).adding(days: -1)
        try await audit.database.write { connection in
            let (_, counted) = try store.takeTurn(in: connection)
            guard counted.map({ $0 < last }) ?? true else { return }
            let groups = Dictionary(grouping: try store.tallies(until: last, in: connection)) { "\($0.bodyID) \($0.day) \($0.role)" }
            for (_, tallies) in groups.sorted(by: { $0.key < $1.key }) {
                for (index, tally) in tallies.enumerated() {
                    let peers = tallies.indices.filter { $0 != index }.map { tallies[$0].people }
                    guard let usual = LookVolume.excess(tally.people, among: peers) else { continue }
                    try store.insert(
                        Alarm(
                            bodyID: tally.bodyID, id: UUIDv7.next(at: time), officerID: tally.officerID, officerName: tally.officerName, role: tally.role,
                            subjectID: nil, day: tally.day, kinds: [.volume], looks: tally.people, usual: usual, visibility: .now, raisedAt: time,
                            dueOn: IsraelTime.date(time).adding(days: LookRules.daysToJudge)), in: connection)
                }
            }
            try store.setCounted(until: last, in: connection)
        }
    }

    // MARK: The privacy officer

    /// An alarm with its looks. That she saw them stands in the log of the person they are about.
    func open(_ id: String, by actor: Actor) async throws -> (alarm: Alarm, looks: [AuditRecord], reviews: [AlarmReview])? {
        let (time, body) = (audit.clock.now(), actor.organisation ?? "")
        return try await audit.database.write { connection in
            guard let alarm = try store.alarm(id, of: body, for: actor.id, in: connection) else { return nil }
            let looks = try store.looks(of: alarm, limit: 200, in: connection)
            try record("privacy.alarm", .read, alarm, by: actor, at: time, in: connection)
            return (alarm, looks, try store.reviews(of: alarm, in: connection))
        }
    }

    /// Says whether the looks were justified. It may be said again; all of it is kept, and the last word is told on the person's page.
    ///
    /// - Returns: false when there is no such alarm for her.
    func review(_ id: String, _ verdict: Alarm.Verdict, reason: String, by actor: Actor) async throws -> Bool {
        let (time, body) = (audit.clock.now(), actor.organisation ?? "")
        return try await audit.database.write { connection in
            guard let alarm = try store.alarm(id, of: body, for: actor.id, in: connection) else { return false }
            let review = AlarmReview(
                id: UUIDv7.next(at: time), officerID: actor.id, officerName: actor.name, verdict: verdict, reason: reason, at: time)
            try store.append(review, to: alarm, in: connection)
            try record("privacy.\(verdict.rawValue)", .decide, alarm, by: actor, at: time, in: connection)
            return true
        }
    }

    /// What is kept from the person is kept from her here too.
    private func record(
        _ what: String, _ action: AuditEntry.Action, _ alarm: Alarm, by actor: Actor, at time: Instant, in connection: any Connection
    ) throws {
        guard let subject = alarm.subjectID else { return }
        var entry = AuditEntry(
            subjectID: subject, actor: actor, action: action, what: what, basis: .law("privacy-protection-law-1981"), fields: ["looks"], at: time)
        entry.visibility = alarm.visibility
        try audit.record(entry, in: connection)
    }
}
