import Contracts
import Database
import Language
import Values

/// What other modules may know of people.
struct IdentityPeople: People {
    let store: IdentityStore
    let clock: TimeSource

    func card(of id: String, in connection: any Connection) throws -> PersonCard? { try store.person(id, in: connection)?.card }

    func nationalNumber(of id: String, in connection: any Connection) throws -> String? { try store.nationalNumber(of: id, in: connection) }

    func subject(nationalNumber: String, in connection: any Connection) throws -> String? {
        guard let number = NationalNumber(nationalNumber) else { return nil }
        return try store.subject(.national(number), in: connection)
    }

    func officers(of bodyID: String, role: String?, in connection: any Connection) throws -> [PersonCard] {
        let offices = try store.officers(of: bodyID, role: role, on: IsraelTime.date(clock.now()), in: connection)
        var seen: Set<String> = []
        return try offices.filter { seen.insert($0.subjectID).inserted }.compactMap { try store.person($0.subjectID, in: connection)?.card }
    }
}
