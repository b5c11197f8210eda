public import Database
public import Values

/// Whether a person had business with a body, for whoever asks why its officer looked at her data.
public protocol CaseStanding: Sendable {
    /// Whether a case of hers lay with the body at a time: open then, or closed after `end`.
    func hadCase(_ subjectID: String, with bodyID: String, at time: Instant, closedAfter end: Instant, in connection: any Connection) throws -> Bool
}

/// On which days offices work.
public protocol WorkingDays: Sendable {
    func isWorking(_ date: CalendarDate) -> Bool
}
