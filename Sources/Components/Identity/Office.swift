import Values

/// A role at a public body, held from one day to another.
struct Office: Sendable, Hashable {
    let subjectID: String
    let bodyID: String
    let role: String
    let from: CalendarDate
    /// The last day; nil while nobody knows it.
    let to: CalendarDate?

    func isHeld(on date: CalendarDate) -> Bool { from <= date && (to.map { date <= $0 } ?? true) }
}
