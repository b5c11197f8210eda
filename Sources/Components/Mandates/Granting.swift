import Contracts
import Database
import Language
import Values
import Web

/// From the offer of a mandate to its end, as verbs on the module.
extension MandateHolding {
    /// Offers whoever has the number to act for the actor. What comes back does not tell whether anybody has it.
    func offer(to number: String, _ terms: MandateTerms, by actor: Actor) async throws {
        let (time, id) = (clock.now(), UUIDv7.next(at: clock.now()))
        try await database.write { connection in
            let subject = try people.subject(nationalNumber: number, in: connection)
            if subject == actor.id { throw MandatesError.yourself }
            let counts = try store.counts(of: actor.id, since: time.adding(days: -1), in: connection)
            guard counts.open < MandateRecord.countLimit, counts.recent < MandateRecord.dayLimit else {
                throw MandatesError.tooMany(limit: MandateRecord.countLimit)
            }
            let record = MandateRecord(
                principalID: actor.id, id: id, kind: .attorney, attorneyID: subject, state: .offered, terms: terms, principalName: actor.name,
                attorneyName: nil, number: subject == nil ? number : nil, offeredAt: time, openUntil: time.adding(days: MandateRecord.daysOpen),
                numberEnd: String(number.suffix(3)), token: nil)
            try store.insert(record, in: connection)
            try self.record("offered", record, by: actor, at: time, in: connection)
            if subject != nil { try tellOfOffer(record, in: connection) }
        }
    }

    /// The answer of whom it was offered to. Accepted, it is signed and in force at once.
    func answer(_ id: String, isAccepted: Bool, by actor: Actor) async throws {
        let time = clock.now()
        try await database.write { connection in
            guard var record = try store.record(id, with: actor.id, in: connection), record.attorneyID == actor.id else { throw Problem.notFound }
            guard record.state == .offered, record.openUntil > time else { throw MandatesError.over }
            record.state = isAccepted ? .live : .declined
            if isAccepted {
                record.attorneyName = actor.name
                record.token = try store.seal.token(of: record)
            }
            guard try store.update(record, from: .offered, in: connection) else { throw MandatesError.over }
            try self.record(isAccepted ? "accepted" : "declined", record, by: actor, at: time, in: connection)
            // Who declines stays unknown to whoever offered it to a number.
            try tell(
                record.principalID, record, isAccepted ? "mandates.accepted" : "mandates.declined", name: isAccepted ? actor.name : "", in: connection)
        }
    }

    /// Either of the two ends it: with the next request nobody acts by it any more. An offer is taken back, or declined.
    func end(_ id: String, by actor: Actor) async throws {
        let time = clock.now()
        try await database.write { connection in
            guard let record = try store.record(id, with: actor.id, in: connection) else { throw Problem.notFound }
            switch record.state {
            case .offered: try end(record, as: record.principalID == actor.id ? .withdrawn : .declined, by: actor, at: time, in: connection)
            case .live: try end(record, as: .ended, by: actor, at: time, in: connection)
            case .declined, .withdrawn, .ended, .lapsed: throw MandatesError.over
            }
        }
    }

    func end(
        _ record: MandateRecord, as state: MandateRecord.State, by actor: Actor, at time: Instant, in connection: any Connection
    ) throws {
        var over = record
        (over.state, over.number, over.endedBy) = (state, nil, actor.id)
        guard try store.update(over, from: record.state, in: connection) else { throw MandatesError.over }
        try self.record(state.rawValue, record, by: actor, at: time, in: connection)
        guard record.state == .live else {
            // An offer that nobody can answer any more: its two sides know of it, too.
            if state == .withdrawn, let attorney = record.attorneyID {
                try tell(attorney, record, "mandates.withdrawn", name: record.principalName, in: connection)
            }
            if state == .lapsed || state == .declined { try tell(record.principalID, record, "mandates.\(state.rawValue)", name: "", in: connection) }
            return
        }
        for person in [record.principalID, record.attorneyID].compactMap(\.self) where person != actor.id {
            let other = person == record.principalID ? record.attorneyName : record.principalName
            try tell(person, record, "mandates.ended", name: other ?? "", in: connection)
        }
    }

    /// In the log of both, or of some.
    func record(
        _ what: String, _ record: MandateRecord, for some: [String]? = nil, by actor: Actor, at time: Instant, in connection: any Connection
    ) throws {
        var actor = actor
        // It is about her own account, in whatever capacity she came.
        actor.capacity = .own
        for subject in some ?? [record.principalID, record.attorneyID].compactMap(\.self) {
            try audit.record(
                AuditEntry(subjectID: subject, actor: actor, action: .credential, what: "mandates.\(what)", basis: .request(record.id), at: time),
                in: connection)
        }
    }

    func tellOfOffer(_ record: MandateRecord, in connection: any Connection) throws {
        guard let attorney = record.attorneyID else { return }
        try tell(attorney, record, "mandates.offered", name: record.principalName, in: connection)
    }

    func tell(_ personID: String, _ record: MandateRecord, _ template: String, name: String, in connection: any Connection) throws {
        guard let card = try people.card(of: personID, in: connection) else { return }
        try postman.send(
            Notice(
                recipientID: personID, bodyID: authority, template: template,
                values: ["name": name, "until": Formats.date(record.terms.until, in: card.language)], link: "/me/mandates",
                idempotencyKey: "\(template):\(record.id):\(personID)"), in: connection)
    }
}
