import Contracts
import Database
import Language
import Values
import Web

/// The side that follows: fetches what waits for a body, and writes into each person's list that the body was told.
extension ConsumerFace {
    func events(_ feed: EventFeed, after number: Int64, limit: Int) async throws(ExchangeError) -> EventPage {
        let began = clock.now()
        let table = await cache.table(now: began)
        let body = (["after": .int(number), "limit": .int(Int64(limit))] as JSON).bytes
        guard let operation = (table.services ?? services).operation(feed.operation), operation.path == nil else {
            var record = record(of: feed.request(basis: .law("")), body, began)
            throw await refuse(&record, "no register tells \(feed.operation)", .noAgreement)
        }
        // Under which agreement and on which basis, the body's own program need not say: there is one for its purpose, or none.
        let agreements = table.agreements(of: feed.consumerID, on: feed.operation).filter { $0.agreement.purposes.contains(feed.purpose) }
        let basis = agreements.first.flatMap { Basis(kind: $0.agreement.bases.first ?? "", reference: $0.agreement.law) } ?? .law("")
        let request = feed.request(basis: basis)
        var record = record(of: request, body, began)
        record.otherID = operation.ownerID
        let (live, hop) = try await way(to: operation, table.find(request.held(against: operation.ownerID, on: began)), request, table, &record)
        do throws(ExchangeError) {
            guard let answer = try await send("/events/\(feed.operation)", request, live, hop, body, &record) else {
                throw ExchangeError.untrusted("the answer has no events")
            }
            let (page, entries) = try await read(answer, request, live, after: number, &record)
            try await keep(finished(&record, page.events.isEmpty ? "empty" : "answered"), entries)
            return page
        } catch {
            if error.isWorthALine { await log.note(finished(&record, error.outcome)) }
            throw error
        }
    }

    /// Only events that the body asked for by a message which is in its own log are believed. From there is known about whom they are.
    private func read(
        _ answer: JSON, _ request: ExchangeRequest, _ live: LiveAgreement, after number: Int64, _ record: inout MessageRecord
    ) async throws(ExchangeError) -> (EventPage, [AuditEntry]) {
        guard let list = answer["events"]?.array, let next = answer["next"]?.int, let hasGap = answer["gap"]?.bool, hasGap || next >= number else {
            throw .untrusted("the answer has no events")
        }
        let told = list.compactMap { item -> (event: CloudEvent, number: Int64, following: String)? in
            guard let event = item["event"].flatMap(CloudEvent.init), event.type == request.operation, let number = item["number"]?.int,
                let following = item["following"]?.string
            else { return nil }
            return (event, number, following)
        }
        guard told.count == list.count else { throw .untrusted("an event is malformed") }
        let followings = try await asked(told.map(\.following), by: request)
        var (events, entries) = ([RegisterEvent](), [AuditEntry]())
        for (event, number, following) in told {
            guard let asked = followings[following] else { throw .untrusted("an event of somebody who is not followed") }
            let (value, dropped) = live.minimiser.pass(event.data)
            record.dropped += dropped
            let subjectID = namesPeopleByNumber ? nil : asked.subjectID
            events.append(
                RegisterEvent(
                    id: event.id, source: event.source, operation: event.type, number: number, nationalNumber: event.subject, subjectID: subjectID,
                    caseID: asked.caseID, time: event.time, value: value))
            var reason = request
            (reason.basis, reason.caseID) = (asked.basis, asked.caseID)
            let person = namesPeopleByNumber ? "\(Look.numberPrefix)\(event.subject)" : asked.subjectID
            if let person { entries.append(look(at: person, reason, live, value, at: record.at)) }
        }
        return (EventPage(events: events, next: next, hasGap: hasGap), entries)
    }

    /// By the message that asked for it.
    private func asked(_ messageIDs: [String], by request: ExchangeRequest) async throws(ExchangeError) -> [String: AskedFollowing] {
        guard !messageIDs.isEmpty else { return [:] }
        let (ids, body, operation) = (Set(messageIDs), request.consumerID, request.operation)
        do {
            return try await database.read { connection in
                try ids.reduce(into: [:]) { $0[$1] = try EventStore().asked($1, by: body, operation, in: connection) }
            }
        } catch { throw .unavailable("the log cannot be read") }
    }
}

extension EventFeed {
    /// Fetching as the agreement and the log see it: by the body's own program, about nobody yet.
    func request(basis: Basis) -> ExchangeRequest {
        ExchangeRequest(
            consumerID: consumerID, operation: operation, parameters: [:], subjectID: nil, actor: .system("events"), purpose: purpose, basis: basis)
    }
}
