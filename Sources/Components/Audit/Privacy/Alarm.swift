import Contracts
import Values

/// Looks of an officer that the body's privacy officer is to judge.
struct Alarm: Sendable, Hashable {
    enum Verdict: String, Sendable, CaseIterable { case justified, unjustified }

    let bodyID: String
    let id: String
    let officerID: String
    let officerName: String
    let role: String
    /// Nil for those that are about the number of people alone.
    let subjectID: String?
    let day: CalendarDate
    var kinds: [AlarmKind]
    /// Looks; of `volume`: people.
    var looks: Int
    /// Of `volume`: at how many people others in the same role looked.
    let usual: Int?
    /// What keeps the looks from the person's page, and with them whatever is told of the alarm.
    let visibility: LookVisibility
    let raisedAt: Instant
    let dueOn: CalendarDate
    var verdict: Verdict?

    func isOverdue(on day: CalendarDate) -> Bool { verdict == nil && dueOn < day }
}

/// What a privacy officer said of an alarm.
struct AlarmReview: Sendable, Hashable {
    let id: String
    let officerID: String
    let officerName: String
    let verdict: Alarm.Verdict
    let reason: String
    let at: Instant
}
