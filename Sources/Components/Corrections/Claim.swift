import Values

/// That a person says a register has something wrong about her.
struct Claim: Sendable, Hashable {
    enum State: String, Sendable, CaseIterable {
        case open, accepted, refused
        /// By the person.
        case withdrawn
    }

    /// In days; the law on privacy gives an owner 30.
    static let daysToAnswer = 30
    /// How far back bodies that had the value are told, in days.
    static let daysBack: Int64 = 3 * 365
    /// Open ones of one person.
    static let openLimit = 20
    static let statementLengths = 5...2_000

    let id: String
    let subjectID: String
    let ownerID: String
    /// `register.operation`
    let operation: String
    /// What is wrong, by the names her list of looks has; empty for all of it.
    let labels: [String]
    var state: State
    let openedAt: Instant
    let dueOn: CalendarDate
    var decidedAt: Instant?
    let personName: String
    /// What is wrong and what it should say, in her words.
    let statement: String
    /// The owner's answer.
    var answer: String

    func isLate(on day: CalendarDate) -> Bool { state == .open && day > dueOn }
}

/// That a body had a value which was wrong.
struct CorrectionNotice: Sendable, Hashable {
    let claimID: String
    let bodyID: String
    let receivedAt: Instant
    let agreementID: String?
    /// Whether the person sees that this body had it.
    let isShown: Bool
    let acknowledgedAt: Instant?
}
