import Contracts
import Database
import Values

/// Who holds which office, for the module that administers them.
struct IdentityOffices: Offices {
    let store: IdentityStore

    func holdings(of bodyID: String, from date: CalendarDate, in connection: any Connection) throws -> [OfficeHolding] {
        try store.officeRows(of: bodyID, in: connection).compactMap { IdentityOffices.holding($0, from: date) }
    }

    func holdings(ofPerson subjectID: String, from date: CalendarDate, in connection: any Connection) throws -> [OfficeHolding] {
        try store.officeRows(ofPerson: subjectID, in: connection).compactMap { IdentityOffices.holding($0, from: date) }
    }

    func set(_ holding: OfficeHolding, in connection: any Connection) throws {
        try store.set(
            Office(subjectID: holding.subjectID, bodyID: holding.bodyID, role: holding.role, from: holding.from, to: holding.to), in: connection)
    }

    private static func holding(_ office: Office, from date: CalendarDate) -> OfficeHolding? {
        guard office.to.map({ date <= $0 }) ?? true else { return nil }
        return OfficeHolding(subjectID: office.subjectID, bodyID: office.bodyID, role: office.role, from: office.from, to: office.to)
    }
}
