import Contracts
import Database
import Language
import Values
import Web

/// Parents act for their children, by what the population register says, until the child is grown up.
extension MandateHolding {
    static let purpose = "guardianship"
    static let adultAge = 18

    /// Asks the register for the actor's children and brings the guardianships in line with it: a child it names anew gets one, one it no
    /// longer names ends.
    ///
    /// - Returns: whether there is any child.
    /// - Throws: `MandatesError.registersUnavailable`.
    func findChildren(of actor: Actor) async throws -> Bool {
        guard let number = try await database.read({ try people.nationalNumber(of: actor.id, in: $0) }) else { return false }
        var asking = actor
        asking.capacity = .own
        let answer: ExchangeAnswer
        do {
            answer = try await exchange.ask(
                ExchangeRequest(
                    consumerID: authority, operation: "population.person", parameters: ["nationalNumber": number], subjectID: actor.id, actor: asking,
                    purpose: MandateHolding.purpose, basis: .request(actor.sessionID)))
        } catch { throw MandatesError.registersUnavailable }
        let (time, today) = (clock.now(), IsraelTime.date(clock.now()))
        let children = (answer.value?["children"]?.array ?? []).compactMap(Child.init).filter { $0.birthDate.age(on: today) < MandateHolding.adultAge }
        let (asker, wards) = (asking, wards)
        try await database.write { connection in
            var found: Set<String> = []
            let held = try store.records(heldBy: asker.id, .live, in: connection).filter { $0.kind == .guardian }
            for child in children {
                guard let ward = try wards.subject(of: child.card, at: time, in: connection) else { continue }
                found.insert(ward)
                if !held.contains(where: { $0.principalID == ward }) { try begin(child, ward, asker, at: time, in: connection) }
            }
            for record in held where !found.contains(record.principalID) { try end(record, as: .ended, by: .system("mandates"), at: time, in: connection) }
        }
        return !children.isEmpty
    }

    private func begin(_ child: Child, _ ward: String, _ actor: Actor, at time: Instant, in connection: any Connection) throws {
        var record = MandateRecord(
            principalID: ward, id: UUIDv7.next(at: time), kind: .guardian, attorneyID: actor.id, state: .live,
            terms: MandateTerms(services: nil, mayAct: true, until: child.lastDay), principalName: "\(child.card.givenName) \(child.card.familyName)",
            attorneyName: actor.name, number: nil, offeredAt: time, openUntil: time, token: nil)
        record.token = try store.seal.token(of: record)
        try store.insert(record, in: connection)
        try self.record("guardian", record, by: actor, at: time, in: connection)
    }
}

/// A child as the register names it.
private struct Child {
    let card: WardCard

    var birthDate: CalendarDate { card.birthDate }
    /// The day before the child is grown up; who was born on 29 February is so on 1 March.
    var lastDay: CalendarDate {
        let year = birthDate.year + MandateHolding.adultAge
        let birthday = CalendarDate(year: year, month: birthDate.month, day: birthDate.day) ?? CalendarDate(year: year, month: 3, day: 1)
        return (birthday ?? birthDate).adding(days: -1)
    }

    init?(_ json: JSON) {
        guard let number = json["nationalNumber"]?.string, let given = json["givenName"]?.string, let family = json["familyName"]?.string,
            let birth = json["birthDate"]?.string.flatMap({ CalendarDate($0) })
        else { return nil }
        card = WardCard(nationalNumber: number, givenName: given, familyName: family, birthDate: birth)
    }
}
