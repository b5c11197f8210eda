import Contracts
import Database
import Synchronization
import Values
import Web

/// A business the register says a person may sign for.
struct SignedBusiness: Sendable, Hashable {
    let number: String
    let name: String
}

/// Asks the register of businesses what somebody may sign for. What it said is kept for a minute for each person, also while it is
/// still awaited, and also that it was down: nobody's clicks alone may use up what the agreement allows the whole country.
final class SignatoryRegister: Sendable {
    static let purpose = "capacity"
    static let keptSeconds: Int64 = 60
    /// How many people's answers are kept; then begun anew.
    static let peopleMax = 10_000

    struct Answer: Sendable, Hashable {
        let businesses: [SignedBusiness]
        let at: Instant
    }

    private struct Asking {
        let since: Instant
        let answer: Task<Answer?, Never>

        func isFresh(at time: Instant) -> Bool { time < since.adding(seconds: SignatoryRegister.keptSeconds) }
    }

    private let database: any Database
    private let store: IdentityStore
    private let exchange: any Exchange
    private let clock: TimeSource
    private let askings = Mutex<[String: Asking]>([:])

    init(database: any Database, store: IdentityStore, exchange: any Exchange, clock: TimeSource) {
        (self.database, self.store, self.exchange, self.clock) = (database, store, exchange, clock)
    }

    /// What the person may sign for, as said within the last minute; nil when the register could not be asked.
    func answer(about actor: Actor) async throws -> Answer? {
        let (store, time) = (store, clock.now())
        if let asking = asking(about: actor.id, at: time) { return await asking.answer.value }
        guard let number = try await database.read({ try store.nationalNumber(of: actor.id, in: $0) }) else {
            return Answer(businesses: [], at: time)
        }
        let asking = askings.withLock { askings -> Asking in
            if let other = askings[actor.id], other.isFresh(at: time) { return other }
            if askings.count >= SignatoryRegister.peopleMax { askings.removeAll() }
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
            consumerID: Identity.ownerID, operation: "businesses.ofSignatory", parameters: ["nationalNumber": number], subjectID: actor.id,
            actor: actor, purpose: SignatoryRegister.purpose, basis: .request(actor.sessionID))
        guard let answer = try? await exchange.ask(request) else { return nil }
        let businesses = answer.value?["businesses"]?.array?.prefix(200).compactMap { item -> SignedBusiness? in
            guard let number = item["number"]?.string, let name = item["name"]?.string, item["status"]?.string != "closed" else {
                return nil
            }
            return SignedBusiness(number: number, name: name)
        }
        return Answer(businesses: businesses ?? [], at: clock.now())
    }
}
