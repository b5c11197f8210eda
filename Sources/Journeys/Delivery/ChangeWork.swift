import Contracts
import Database
import Jobs
import Language
import Values
import Web

/// What registers tell after a request was approved: that the person moved, say, and so lives no longer where the discount is for.
extension Delivery {
    /// Asks the register to be told, until the end of the year in which the request was approved.
    func follow(_ caseID: String, decided time: Instant) async throws {
        let (store, people, day) = (store, near.people, IsraelTime.date(time))
        let found = try await database.read { connection -> (item: Case, number: String)? in
            guard let item = try store.find(caseID, in: connection), !item.isLeg, item.result == .approved else { return nil }
            // A business has none: nobody is followed.
            return try people.nationalNumber(of: item.subjectID, in: connection).map { (item, $0) }
        }
        guard let (item, number) = found, let type = try? types.type(of: item), let follows = type.follows,
            let until = CalendarDate(year: day.year, month: 12, day: 31)
        else { return }
        let question = ExchangeRequest(
            consumerID: item.bodyID, operation: follows.operation, parameters: ["nationalNumber": number, "until": until.description],
            subjectID: item.subjectID, actor: .system("delivery"), purpose: follows.purpose, basis: .law(type.law), caseID: item.id)
        do throws(ExchangeError) { _ = try await near.exchange.ask(question) } catch {
            // Without an agreement another try brings nothing; an operator sees the job.
            if case .notCovered(let reason) = error { throw JobError.hopeless(reason) }
            throw error
        }
        let (feed, now) = (EventFeed(consumerID: item.bodyID, operation: follows.operation, purpose: follows.purpose), clock.now())
        try await database.write { connection in
            try store.open(feed, in: connection)
            // The job may come twice.
            guard try !store.history(of: item, in: connection).contains(where: { $0.kind == .followed }) else { return }
            try store.append(.followed, to: item, by: .system("delivery"), note: until.description, told: true, at: now, in: connection)
        }
    }

    /// Fetches what registers told, and writes it on the cases for which it was asked. A number is gone past only together with what it
    /// brought, so nothing is lost and nothing stands there twice.
    ///
    /// - Throws: the first failure, once every feed was tried: a body whose agreement is suspended keeps no other from being told.
    func lookForChanges() async throws {
        var failure: (any Error)?
        for (feed, after) in try await database.read({ [store] in try store.feeds(in: $0) }) {
            do { try await read(feed, after: after) } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
    }

    private func read(_ feed: EventFeed, after start: Int64) async throws {
        var after = start
        while true {
            let page = try await near.events.events(feed, after: after, limit: 100)
            guard page.next != after else { return }
            let (from, time) = (after, clock.now())
            let isMine = try await database.write { connection in
                guard try store.advance(feed, from: from, to: page.next, in: connection) else { return false }
                for event in page.events { try changed(event, at: time, in: connection) }
                return true
            }
            // Another worker is at it.
            guard isMine else { return }
            after = page.next
        }
    }

    /// Between the values of a change.
    static let changeSeparator = " · "

    private func changed(_ event: RegisterEvent, at time: Instant, in connection: any Connection) throws {
        guard let item = try event.caseID.flatMap({ try store.find($0, in: connection) }), let follows = try types.type(of: item).follows else { return }
        let shown = follows.shows.compactMap { event.value.value(at: $0)?.string }
        let note = shown.isEmpty ? nil : shown.joined(separator: Delivery.changeSeparator)
        try store.append(.changed, to: item, by: .system("delivery"), note: note, told: true, at: time, in: connection)
    }
}
