public import Database
public import Values
public import Web

/// A mandate as its holder has it.
public struct HeldMandate: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        /// Given by the person herself.
        case attorney
        /// Of a parent for a child, by the population register.
        case guardian
    }

    public let mandate: Mandate
    public let kind: Kind
    public let attorneyID: String
    /// The name of the person acted for.
    public let principalName: String
    /// The last day.
    public let until: CalendarDate

    public init(mandate: Mandate, kind: Kind, attorneyID: String, principalName: String, until: CalendarDate) {
        (self.mandate, self.kind, self.attorneyID, self.principalName, self.until) = (mandate, kind, attorneyID, principalName, until)
    }
}

/// Who may act for whom. Sessions that act by a mandate fall back to the person's own capacity with the next request after it has ended.
public protocol Mandates: Sendable {
    /// Those somebody holds that are in force on the day.
    func held(by attorneyID: String, on date: CalendarDate, in connection: any Connection) throws -> [HeldMandate]
    /// Those of them for one person.
    func held(by attorneyID: String, for principalID: String, on date: CalendarDate, in connection: any Connection) throws -> [HeldMandate]
    /// One of them.
    func held(_ id: String, by attorneyID: String, on date: CalendarDate, in connection: any Connection) throws -> HeldMandate?
}

/// For parts that run without mandates.
public struct NoMandates: Mandates {
    public init() {}
    public func held(by attorneyID: String, on date: CalendarDate, in connection: any Connection) throws -> [HeldMandate] { [] }
    public func held(by attorneyID: String, for principalID: String, on date: CalendarDate, in connection: any Connection) throws -> [HeldMandate] { [] }
    public func held(_ id: String, by attorneyID: String, on date: CalendarDate, in connection: any Connection) throws -> HeldMandate? { nil }
}

/// Somebody who is acted for before she has an account of her own.
public struct WardCard: Sendable, Hashable {
    public let nationalNumber: String
    public let givenName: String
    public let familyName: String
    public let birthDate: CalendarDate

    public init(nationalNumber: String, givenName: String, familyName: String, birthDate: CalendarDate) {
        (self.nationalNumber, self.givenName, self.familyName, self.birthDate) = (nationalNumber, givenName, familyName, birthDate)
    }
}

/// Gives children a subject. When one of them registers, the account is hers, with all that was done for her.
public protocol Wards: Sendable {
    /// The subject with this number, made when there is none; nil when the number is none.
    func subject(of card: WardCard, at time: Instant, in connection: any Connection) throws -> String?
}
