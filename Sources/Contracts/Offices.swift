public import Database
public import Values

/// A role at a public body, held from one day to another.
public struct OfficeHolding: Sendable, Hashable {
    public let subjectID: String
    public let bodyID: String
    public let role: String
    public let from: CalendarDate
    /// The last day; nil while nobody knows it.
    public let to: CalendarDate?

    public init(subjectID: String, bodyID: String, role: String, from: CalendarDate, to: CalendarDate?) {
        (self.subjectID, self.bodyID, self.role, self.from, self.to) = (subjectID, bodyID, role, from, to)
    }
}

/// Who holds which office. Sessions that act in one fall back to the person's own capacity with the next request after it has ended.
public protocol Offices: Sendable {
    /// Those of a body that are held on the day, or will be.
    func holdings(of bodyID: String, from date: CalendarDate, in connection: any Connection) throws -> [OfficeHolding]
    /// Those of a person that are held on the day, or will be.
    func holdings(ofPerson subjectID: String, from date: CalendarDate, in connection: any Connection) throws -> [OfficeHolding]
    /// Begins an office, or gives one that is held other days.
    func set(_ holding: OfficeHolding, in connection: any Connection) throws
}
