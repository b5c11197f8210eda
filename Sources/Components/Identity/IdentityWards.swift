import Contracts
import Database
import Language
import Values

/// Subjects without credentials: nobody can sign in as them, and no mail reaches them, until they register.
struct IdentityWards: Wards {
    let store: IdentityStore

    func subject(of card: WardCard, at time: Instant, in connection: any Connection) throws -> String? {
        guard let number = NationalNumber(card.nationalNumber) else { return nil }
        if let known = try store.subject(.national(number), in: connection) { return known }
        let person = PersonRecord(
            id: UUIDv7.next(at: time), givenName: card.givenName, familyName: card.familyName, birthDate: card.birthDate, email: "", phone: nil,
            language: .standard)
        guard try store.claim(.national(number), for: person.id, at: time, in: connection) else { return nil }
        try store.insert(person, at: time, in: connection)
        return person.id
    }
}
