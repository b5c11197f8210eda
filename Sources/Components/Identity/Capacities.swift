import Contracts
import Database
import Language
import Trust
import Values
import Web

/// What somebody may act as.
struct CapacityChoice: Sendable {
    let offices: [Office]
    let mandates: [HeldMandate]
    /// Nil when the register could not be asked.
    let businesses: [SignedBusiness]?
    let licences: [Licence]?

    /// What `Capacity.code` wrote.
    static func read(_ code: String) -> Capacity? {
        let parts = code.prefix(200).split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        switch (parts.first, parts.count) {
        case ("own", 1): return .own
        case ("office", 3): return .office(organisation: parts[1], role: parts[2])
        case ("business", 2): return .representative(of: parts[1])
        case ("professional", 3): return .professional(profession: parts[1], licence: parts[2])
        case ("mandate", 2): return .attorney(.unread(parts[1]))
        default: return nil
        }
    }
}

extension Identity {
    func capacities(of actor: Actor) async throws -> CapacityChoice {
        async let businesses = signatories.answer(about: actor)?.items
        async let licences = professions.answer(about: actor)?.items
        return CapacityChoice(
            offices: try await offices(of: actor.id), mandates: try await heldMandates(of: actor.id), businesses: try await businesses,
            licences: try await licences)
    }

    private func heldMandates(of subjectID: String) async throws -> [HeldMandate] {
        let (mandates, today) = (mandates, IsraelTime.date(clock.now()))
        return try await database.read { try mandates.held(by: subjectID, on: today, in: $0) }
    }

    private func offices(of subjectID: String) async throws -> [Office] {
        let (store, today) = (store, IsraelTime.date(clock.now()))
        return try await database.read { try store.offices(of: subjectID, on: today, in: $0) }
    }

    /// Gives the session the capacity, after having looked again whether it is hers, and a new secret: pages that are still open in the
    /// former capacity can send no more forms. Returns the new secret.
    func act(_ wanted: Capacity, actor: Actor, tokenHash: String) async throws -> String {
        var (wanted, name, checkedAt): (Capacity, String?, Instant?) = (wanted, nil, nil)
        switch wanted {
        case .own: break
        case .office(let organisation, let role):
            let isHeld = try await offices(of: actor.id).contains { $0.bodyID == organisation && $0.role == role }
            guard isHeld else { throw IdentityError.capacityGone }
            checkedAt = clock.now()
        case .representative(let number):
            guard let answer = try await signatories.answer(about: actor) else { throw IdentityError.registersUnavailable }
            guard let business = answer.items.first(where: { $0.number == number }) else { throw IdentityError.capacityGone }
            (name, checkedAt) = (business.name, answer.at)
        case .professional(let profession, let number):
            guard let answer = try await professions.answer(about: actor) else { throw IdentityError.registersUnavailable }
            guard answer.items.contains(where: { $0.profession == profession && $0.number == number }) else { throw IdentityError.capacityGone }
            checkedAt = answer.at
        case .attorney(let mandate):
            let (mandates, today, id) = (mandates, IsraelTime.date(clock.now()), mandate.id)
            guard let held = try await database.read({ try mandates.held(id, by: actor.id, on: today, in: $0) }) else {
                throw IdentityError.capacityGone
            }
            (wanted, name, checkedAt) = (.attorney(held.mandate), held.principalName, clock.now())
        }
        let (store, auditLog, time, token, organisationName, checked) = (store, auditLog, clock.now(), Token.make(), name, checkedAt)
        let chosen = wanted
        let isDone = try await database.write { connection in
            guard let old = try store.session(tokenHash: tokenHash, in: connection), old.subjectID == actor.id, old.isLive(at: time) else {
                return false
            }
            let session = old.acting(chosen, organisationName: organisationName, checkedAt: checked, tokenHash: Session.hash(token), at: time)
            guard try store.replace(tokenHash: tokenHash, by: session, in: connection) else { return false }
            // Whoever is acted for by mandate sees it too.
            for subject in [actor.id] + [chosen].compactMap(\.principalID) {
                try auditLog.record(
                    AuditEntry(
                        subjectID: subject, actor: session.actor, action: .credential, what: "identity.capacity", basis: .request(session.id),
                        at: time),
                    in: connection)
            }
            return true
        }
        guard isDone else { throw IdentityError.signInExpired }
        return token
    }
}

extension Session {
    /// The same session in another capacity and under another secret.
    func acting(_ capacity: Capacity, organisationName: String?, checkedAt: Instant?, tokenHash: String, at time: Instant) -> Session {
        var detail = detail
        detail.organisationName = organisationName
        return Session(
            tokenHash: tokenHash, subjectID: subjectID, id: id, detail: detail, assurance: assurance, capacity: capacity,
            capacityCheckedAt: checkedAt, holdsOffice: holdsOffice, createdAt: createdAt, lastSeenAt: time,
            expiresAt: expiresAt)
    }
}

extension Capacity {
    /// The person acted for by mandate.
    fileprivate var principalID: String? { if case .attorney(let mandate) = self { mandate.principalID } else { nil } }
}
