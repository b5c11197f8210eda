import Contracts
import Database
import Values
import Web

/// People of the demo country, who sign in at the simulator without proof.
struct IdentityPersonas: Personas {
    let identity: Identity
    let numbers: [String]

    func cards(in connection: any Connection) throws -> [PersonCard] {
        try numbers.compactMap { number in
            try identity.store.subject(.national(number), in: connection).flatMap { try identity.store.person($0, in: connection)?.card }
        }
    }

    func areAlone(in connection: any Connection) throws -> Bool {
        let known = Set(try cards(in: connection).map(\.id))
        return try identity.store.subjects(limit: known.count + 1, in: connection).allSatisfy(known.contains)
    }

    func open(for subjectID: String, credential: Int, at time: Instant, in connection: any Connection) throws -> String? {
        guard try cards(in: connection).contains(where: { $0.id == subjectID }), let person = try identity.store.person(subjectID, in: connection)
        else { return nil }
        let browser = Browser.simulated
        let secrets = SessionSecrets(browser)
        return try identity.openSession(for: person, browser, secrets, credential: credential, next: nil, at: time, in: connection).secrets.token
    }
}

extension Browser {
    /// A developer's, of whom nothing need be known.
    fileprivate static let simulated = Browser(device: Device(browser: "", system: ""), address: "127.0.0.1", deviceToken: nil, formerSessionHash: nil)
}
