import Contracts
import Database
import Language
import Values
import Web

extension Forms {
    /// Begins a draft on the version in force.
    func begin(_ document: FormDocument, actor: Actor) async throws -> Draft {
        guard isOpen(document, to: actor) else { throw FormsError.otherCapacity }
        let time = clock.now()
        let draft = Draft(
            id: UUIDv7.next(at: time), by: actor, formID: document.id, formVersion: document.version, at: time)
        let (drafts, audit) = (drafts, audit)
        try await database.write { connection in
            guard try drafts.count(of: actor, at: time, in: connection) < Draft.countLimit else { throw FormsError.tooManyDrafts(limit: Draft.countLimit) }
            try drafts.insert(draft, in: connection)
            try audit.record(
                AuditEntry(subjectID: actor.subjectID, actor: actor, action: .write, what: "form.draft", basis: .request(draft.id), at: time),
                in: connection)
        }
        return draft
    }

    /// Forms of people are filled in as oneself or by a mandate for the service, forms of businesses for a business.
    func isOpen(_ document: FormDocument, to actor: Actor) -> Bool {
        (document.subject == .business) == (actor.business != nil) && (actor.mandate.map { $0.mayAct && $0.covers(document.serviceID) } ?? true)
    }

    /// A form of people that the mandate by which somebody acts now does not let her send.
    func isOutsideMandate(_ document: FormDocument, _ actor: Actor) -> Bool {
        document.subject == .person && actor.mandate != nil && !isOpen(document, to: actor)
    }

    /// Nil when there is none of this id that the actor may see in her present capacity.
    func find(_ id: String, of actor: Actor, at time: Instant, in connection: any Connection) throws -> Draft? {
        guard let draft = try drafts.find(id, of: actor, at: time, in: connection) else { return nil }
        return try isOpen(document(of: draft), to: actor) ? draft : nil
    }

    /// Those still open, the last touched first.
    func list(of actor: Actor, at time: Instant, in connection: any Connection) throws -> [Draft] {
        try drafts.list(of: actor, at: time, in: connection).filter { try actor.mandate == nil || isOpen(document(of: $0), to: actor) }
    }

    /// The draft with its form and where it stands.
    func load(_ id: String, actor: Actor) async throws -> (draft: Draft, document: FormDocument, journey: Journey) {
        let time = clock.now()
        guard let draft = try await database.read({ try find(id, of: actor, at: time, in: $0) }) else { throw FormsError.noDraft }
        let document = try document(of: draft)
        return (draft, document, replay(document, draft.answers, context(at: time)))
    }

    /// Changes a draft as it is now, whatever another tab has done since the page was shown.
    func change(_ id: String, actor: Actor, _ body: @escaping @Sendable (inout Draft, any Connection) throws -> Void) async throws -> (Draft, Journey) {
        let (drafts, time) = (drafts, clock.now())
        let draft = try await database.write { connection -> Draft in
            guard var draft = try find(id, of: actor, at: time, in: connection) else { throw FormsError.noDraft }
            try body(&draft, connection)
            draft.updatedAt = time
            draft.expiresAt = time.adding(days: Draft.daysKept)
            try drafts.save(draft, in: connection)
            return draft
        }
        return (draft, replay(try document(of: draft), draft.answers, context(at: time)))
    }

    func discard(_ id: String, actor: Actor) async throws {
        let (drafts, room, time) = (drafts, room, clock.now())
        try await database.write { connection in
            guard let draft = try find(id, of: actor, at: time, in: connection) else { throw FormsError.noDraft }
            try room.removeAll(holderID: draft.id, in: connection)
            try drafts.delete(draft, in: connection)
        }
    }
}
