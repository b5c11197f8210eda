import Contracts
import Database
import Language
import Synchronization
import Values
import Web

/// A business the register says a person may sign for.
struct SignedBusiness: Sendable, Hashable {
    let number: String
    let name: String
}

/// A licence to practise that the register says a person has.
struct Licence: Sendable, Hashable {
    let profession: String
    let number: String
    /// The last day.
    let until: CalendarDate
}

/// Asks a register for capacities of somebody: businesses she signs for, professions she practises. What it said is kept for a minute for
/// each person, also while it is still awaited, and also that it was down: nobody's clicks alone may use up what the agreement allows the
/// whole country.
final class CapacityRegister<Item: Sendable & Hashable>: Sendable {
    private static var purpose: String { "capacity" }
    static var keptSeconds: Int64 { 60 }
    /// How many people's answers are kept; then begun anew.
    private static var peopleMax: Int { 10_000 }

    struct Answer: Sendable, Hashable {
        let items: [Item]
        let at: Instant
    }

    private struct Asking {
        let since: Instant
        let answer: Task<Answer?, Never>

        func isFresh(at time: Instant) -> Bool { time < since.adding(seconds: CapacityRegister.keptSeconds) }
    }

    private let database: any Database
    private let store: IdentityStore
    private let exchange: any Exchange
    private let clock: TimeSource
    /// Asked with the person's number.
    private let operation: String
    /// Nil for what stands in the register and gives no capacity.
    private let read: @Sendable (_ item: JSON, _ today: CalendarDate) -> Item?
    /// Where the items stand in the answer.
    private let member: String
    private let askings = Mutex<[String: Asking]>([:])

    init(
        database: any Database, store: IdentityStore, exchange: any Exchange, clock: TimeSource, operation: String, member: String,
        read: @escaping @Sendable (JSON, CalendarDate) -> Item?
    ) {
        (self.database, self.store, self.exchange, self.clock) = (database, store, exchange, clock)
        (self.operation, self.member, self.read) = (operation, member, read)
    }

    /// What the register says of the person, as said within the last minute; nil when the register could not be asked.
    func answer(about actor: Actor) async throws -> Answer? {
        let (store, time) = (store, clock.now())
        if let asking = asking(about: actor.id, at: time) { return await asking.answer.value }
        guard let number = try await database.read({ try store.nationalNumber(of: actor.id, in: $0) }) else {
            return Answer(items: [], at: time)
        }
        let asking = askings.withLock { askings -> Asking in
            if let other = askings[actor.id], other.isFresh(at: time) { return other }
            if askings.count >= CapacityRegister.peopleMax { askings.removeAll() }
            let mine = Asking(since: time, answer: Task { await self.ask(number, actor) })
            askings[actor.id] = mine
            return mine
        }
        return await asking.answer.value
    }

    private func asking(about subjectID: String, at time: Instant) -> Asking? {
        askings.withLock { $0[subjectID] }.flatMap { $0.isFresh(at: time) ? $0 : nil }
    }

    private func ask(_ number: String, _ actor: Actor) async -> Answer? {
        let request = ExchangeRequest(
            consumerID: Identity.ownerID, operation: operation, parameters: ["nationalNumber": number], subjectID: actor.id,
            actor: actor, purpose: CapacityRegister.purpose, basis: .request(actor.sessionID))
        guard let answer = try? await exchange.ask(request) else { return nil }
        let (time, read) = (clock.now(), read)
        let items = answer.value?[member]?.array?.prefix(200).compactMap { read($0, IsraelTime.date(time)) }
        return Answer(items: items ?? [], at: time)
    }
}

extension CapacityRegister<SignedBusiness> {
    convenience init(_ database: any Database, _ store: IdentityStore, _ exchange: any Exchange, _ clock: TimeSource) {
        self.init(database: database, store: store, exchange: exchange, clock: clock, operation: "businesses.ofSignatory", member: "businesses") { item, _ in
            guard let number = item["number"]?.string, let name = item["name"]?.string, item["status"]?.string != "closed" else { return nil }
            return SignedBusiness(number: number, name: name)
        }
    }
}

extension CapacityRegister<Licence> {
    convenience init(_ database: any Database, _ store: IdentityStore, _ exchange: any Exchange, _ clock: TimeSource) {
        self.init(database: database, store: store, exchange: exchange, clock: clock, operation: "professions.ofPerson", member: "licences") { item, today in
            guard let profession = item["profession"]?.string, let number = item["number"]?.string, item["status"]?.string == "valid",
                let until = item["until"]?.string.flatMap({ CalendarDate($0) }), today <= until
            else { return nil }
            return Licence(profession: profession, number: number, until: until)
        }
    }
}
