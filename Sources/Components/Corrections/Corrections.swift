public import Contracts
public import Database
import Language
public import Trust
public import Values
public import Web

/// “This is wrong”: a person says so to the body that keeps the register, which answers; when it was wrong, every body that had the value is
/// told. The register itself is the owner's own system: nothing is written into it from here. The front door.
public struct Corrections: Sendable {
    let database: any Database
    let store: CorrectionStore
    let desk: any AgreementDesk
    let looks: any LookHistory
    let bodies: any BodyDirectory
    let postman: any Postman
    let audit: any AuditLog
    let site: Site
    let clock: TimeSource

    /// - Parameter desk: knows what registers answer, and whose they are.
    public init(
        database: any Database, vault: Vault, desk: any AgreementDesk, looks: any LookHistory, bodies: any BodyDirectory, postman: any Postman,
        audit: any AuditLog, site: Site, clock: TimeSource
    ) {
        (self.database, store, self.desk, self.looks) = (database, CorrectionStore(vault: vault), desk, looks)
        (self.bodies, self.postman, self.audit, self.site, self.clock) = (bodies, postman, audit, site, clock)
    }

    public var routes: [Route] { personRoutes + deskRoutes }
    public var zoneSection: any ZoneSection { CorrectionsZone(corrections: self) }

    // MARK: Verbs

    /// Opens a claim at the owner of the operation's register.
    ///
    /// - Parameter labels: what is wrong, by the names in her list of looks; empty for all of it.
    func open(_ operation: ExchangeOperation, labels: [String], statement: String, by person: Actor) async throws -> String {
        let time = clock.now()
        let claim = Claim(
            id: UUIDv7.next(at: time), subjectID: person.id, ownerID: operation.ownerID, operation: operation.id, labels: labels, state: .open,
            openedAt: time, dueOn: IsraelTime.date(time).adding(days: Claim.daysToAnswer), decidedAt: nil, personName: person.name,
            statement: statement, answer: "")
        try await database.write { connection in
            guard try store.openCount(of: person.id, in: connection) < Claim.openLimit else { throw CorrectionsError.tooMany(limit: Claim.openLimit) }
            try store.insert(claim, in: connection)
            try record("open", claim, by: person, at: time, in: connection)
        }
        return claim.id
    }

    func withdraw(_ id: String, by person: Actor) async throws {
        let time = clock.now()
        try await database.write { connection in
            guard var claim = try store.claim(id, of: person.id, in: connection) else { throw Problem.notFound }
            (claim.state, claim.decidedAt) = (.withdrawn, time)
            guard try store.decide(claim, in: connection) else { throw CorrectionsError.over }
            try record("withdraw", claim, by: person, at: time, in: connection)
        }
    }

    /// The owner's answer. When it was wrong, bodies that had it are told in the same transaction.
    func decide(_ id: String, isAccepted: Bool, answer: String, by officer: Actor) async throws {
        let time = clock.now()
        try await database.write { connection in
            guard var claim = try store.claim(id, at: officer.organisation ?? "", in: connection) else { throw Problem.notFound }
            (claim.state, claim.decidedAt, claim.answer) = (isAccepted ? .accepted : .refused, time, answer)
            guard try store.decide(claim, in: connection) else { throw CorrectionsError.over }
            if isAccepted { try tellReceivers(of: claim, at: time, in: connection) }
            try record(isAccepted ? "accept" : "refuse", claim, by: officer, at: time, in: connection)
            try postman.send(
                Notice(
                    recipientID: claim.subjectID, bodyID: claim.ownerID, template: isAccepted ? "corrections.accepted" : "corrections.refused",
                    values: [:], link: "\(Corrections.path)/\(id)", idempotencyKey: "corrections.decided:\(id)"), in: connection)
        }
    }

    /// One notice to each body, of the last time it had any of what was wrong.
    private func tellReceivers(of claim: Claim, at time: Instant, in connection: any Connection) throws {
        let past = try looks.looks(
            at: claim.subjectID, through: claim.operation, since: time.adding(days: -Claim.daysBack), now: time, limit: 10_000, in: connection)
        var told: Set<String> = [claim.ownerID]
        for look in past where claim.labels.isEmpty || !Set(look.fields).isDisjoint(with: claim.labels) {
            guard told.insert(look.bodyID).inserted else { continue }
            let notice = CorrectionNotice(
                claimID: claim.id, bodyID: look.bodyID, receivedAt: look.at, agreementID: look.agreementID, isShown: look.isShown, acknowledgedAt: nil)
            try store.insert(notice, in: connection)
        }
    }

    func acknowledge(_ id: String, by officer: Actor) async throws {
        let (store, time, body) = (store, clock.now(), officer.organisation ?? "")
        let isNew = try await database.write { try store.acknowledge(id, at: body, by: officer.id, at: time, in: $0) }
        guard isNew else { throw CorrectionsError.over }
    }

    func record(_ what: String, _ claim: Claim, by actor: Actor, at time: Instant, in connection: any Connection) throws {
        var actor = actor
        // What she says is about her own account, in whatever capacity she came; what is done at the desk is the officer's.
        if ["open", "withdraw"].contains(what) { actor.capacity = .own }
        try audit.record(
            AuditEntry(
                subjectID: claim.subjectID, actor: actor, action: what == "view" ? .read : .decide, what: "corrections.\(what)",
                basis: .request(claim.id), fields: claim.labels, at: time), in: connection)
    }

    func bodyName(_ id: String, _ language: Language) -> String { bodies.body(id)?.name.text(in: language) ?? id }
    func text(_ key: String, _ call: Call, _ values: [String: String] = [:]) -> String { site.text("corrections.\(key)", call, values) }

    func fieldName(_ label: String, _ language: Language) -> String {
        let key = "audit.field.\(label)"
        return site.catalogue.text(site.catalogue.has(key, in: language) ? key : "audit.field.other", in: language)
    }

    func operations() async throws -> [ExchangeOperation] {
        let desk = desk
        return try await database.read { try desk.operations(in: $0) }
    }
}
