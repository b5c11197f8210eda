import Contracts
import Database
import Language
import Values
import Web

/// Parents act for their children, by what the population register says, until the child is grown up.
extension MandateHolding {
    static let purpose = "guardianship"
    /// The provision by which the register is asked while nobody is there to ask.
    static let law = "legal-capacity-guardianship-law-1962"
    static let adultAge = 18
    private static let checksAtOnce = 50

    /// Asks the register for the actor's children and brings the guardianships in line with it: a child it names anew gets one, one it no
    /// longer names ends. What a child has ended herself does not begin again.
    ///
    /// - Returns: whether there is any child.
    /// - Throws: `MandatesError.registersUnavailable`.
    func findChildren(of actor: Actor) async throws -> Bool {
        var asking = actor
        asking.capacity = .own
        guard let children = try await children(of: actor.id, asking: asking, basis: .request(actor.sessionID)) else { return false }
        try await settle(children, of: asking, beginning: true)
        return !children.isEmpty
    }

    /// Guardianships end with the register also when the parent does not ask.
    func recheckGuardians(at time: Instant) async throws {
        let due = time.adding(days: -MandateRecord.recheckDays)
        let records = try await database.read { try store.unchecked(since: due, limit: MandateHolding.checksAtOnce, in: $0) }
        for attorney in Set(records.compactMap(\.attorneyID)).sorted() {
            let asker = Actor.system("mandates")
            // A register that is down is asked at the next round; nothing ends for want of an answer.
            guard let children = try? await children(of: attorney, asking: asker, basis: .law(MandateHolding.law)) else { continue }
            var parent = asker
            parent.id = attorney
            try await settle(children, of: parent, beginning: false)
        }
    }

    private func children(of parentID: String, asking actor: Actor, basis: Basis) async throws -> [Child]? {
        guard let number = try await database.read({ try people.nationalNumber(of: parentID, in: $0) }) else { return nil }
        let answer: ExchangeAnswer
        do {
            answer = try await exchange.ask(
                ExchangeRequest(
                    consumerID: authority, operation: "population.person", parameters: ["nationalNumber": number], subjectID: parentID, actor: actor,
                    purpose: MandateHolding.purpose, basis: basis))
        } catch { throw MandatesError.registersUnavailable }
        let today = IsraelTime.date(clock.now())
        return (answer.value?["children"]?.array ?? []).compactMap(Child.init).filter { $0.birthDate.age(on: today) < MandateHolding.adultAge }
    }

    private func settle(_ children: [Child], of parent: Actor, beginning: Bool) async throws {
        let (time, wards) = (clock.now(), wards)
        try await database.write { connection in
            var found: Set<String> = []
            let held = try store.records(heldBy: parent.id, .live, in: connection).filter { $0.kind == .guardian }
            for child in children {
                guard let ward = try wards.subject(of: child.card, at: time, in: connection) else { continue }
                found.insert(ward)
                if let record = held.first(where: { $0.principalID == ward }) {
                    try store.setChecked(record, at: time, in: connection)
                } else if beginning, try !hasEnded(parent.id, by: ward, in: connection) {
                    try begin(child, ward, parent, at: time, in: connection)
                }
            }
            for record in held where !found.contains(record.principalID) { try end(record, as: .ended, by: .system("mandates"), at: time, in: connection) }
        }
    }

    /// Whether the child, who has an account by now, wanted it no more.
    private func hasEnded(_ parentID: String, by ward: String, in connection: any Connection) throws -> Bool {
        try store.records(of: ward, in: connection).contains {
            $0.kind == .guardian && $0.attorneyID == parentID && $0.state == .ended && $0.endedBy == ward
        }
    }

    private func begin(_ child: Child, _ ward: String, _ actor: Actor, at time: Instant, in connection: any Connection) throws {
        var record = MandateRecord(
            principalID: ward, id: UUIDv7.next(at: time), kind: .guardian, attorneyID: actor.id, state: .live,
            terms: MandateTerms(services: nil, mayAct: true, until: child.lastDay), principalName: "\(child.card.givenName) \(child.card.familyName)",
            attorneyName: actor.name, number: nil, offeredAt: time, openUntil: time, token: nil)
        record.token = try store.seal.token(of: record)
        guard try store.insert(record, checkedAt: time, in: connection) else { return }
        try self.record("guardian", record, by: actor, at: time, in: connection)
        try tell(ward, record, "mandates.guardian", name: actor.name, in: connection)
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
