internal import Contracts
internal import Database
internal import Language
internal import Logging
internal import Trust
internal import Values
public import Web

/// Finds the actor by the session cookie, in one read.
public struct SessionAuthenticator: Authenticator {
    let database: any Database
    let store: IdentityStore
    let signatories: CapacityRegister<SignedBusiness>
    let professions: CapacityRegister<Licence>
    let mandates: any Mandates
    let organisations: OrganisationNames
    let auditLog: any AuditLog
    let clock: TimeSource
    let logger: Logger

    public func actor(cookies: [String: String], authorization: String?, remoteAddress: String) async throws -> Actor {
        guard let hash = Token.hash(of: cookies[Dispatcher.sessionCookie]) else { return .anonymous }
        let time = clock.now()
        guard let found = try await find(hash, at: time), found.session.isLive(at: time) else { return .anonymous }
        let session = await rightful(found, at: time)
        if let other = session.actor.actsFor, let name = session.detail.organisationName { organisations.learn(name, of: other) }
        if time >= session.lastSeenAt.adding(seconds: Session.touchSeconds) {
            // A store that takes no writes just now is no reason to show the person less.
            let store = store
            try? await database.write { try store.touch(tokenHash: hash, at: time, in: $0) }
        }
        return session.actor
    }

    private struct Found: Sendable {
        let session: Session
        /// Whether the office or the mandate is still hers; true also when the capacity is neither.
        let isHeld: Bool
    }

    private func find(_ tokenHash: String, at time: Instant) async throws -> Found? {
        let (store, mandates, today) = (store, mandates, IsraelTime.date(time))
        do {
            return try await database.read { connection in
                guard var session = try store.session(tokenHash: tokenHash, in: connection) else { return nil }
                switch session.capacity {
                case .own, .representative, .professional: return Found(session: session, isHeld: true)
                case .office(let body, let role):
                    return Found(session: session, isHeld: try store.holds(role, at: body, session.subjectID, on: today, in: connection))
                case .attorney(let mandate):
                    guard let held = try mandates.held(mandate.id, by: session.subjectID, on: today, in: connection) else {
                        return Found(session: session, isHeld: false)
                    }
                    session.capacity = .attorney(held.mandate)
                    return Found(session: session, isHeld: true)
                }
            }
        } catch let unreadable as UnreadableSession {
            // Whoever it was has to sign in again; a page that cannot be shown at all would help nobody.
            logger.error("a session could not be opened and was ended", metadata: ["error": "\(unreadable.reason)"])
            _ = try? await database.write { try store.delete(tokenHash: tokenHash, in: $0) }
            return nil
        }
    }

    /// The session, in the person's own capacity when the one it was given is hers no more.
    private func rightful(_ found: Found, at time: Instant) async -> Session {
        let session = found.session
        switch session.capacity {
        case .own, .office, .attorney: return found.isHeld ? session : await onlyOwn(session, at: time)
        case .representative, .professional: break
        }
        let checkedAt = session.capacityCheckedAt ?? session.createdAt
        guard time >= checkedAt.adding(seconds: Session.recheckSeconds) else { return session }
        guard let (isHers, saidAt) = await said(of: session) else {
            return time < checkedAt.adding(seconds: Session.uncheckedSeconds) ? session : await onlyOwn(session, at: time)
        }
        guard isHers else { return await onlyOwn(session, at: time) }
        let store = store
        try? await database.write { try store.confirmCapacity(tokenHash: session.tokenHash, at: saidAt, in: $0) }
        return session
    }

    /// Whether the register still names her; nil when it could not be asked.
    private func said(of session: Session) async -> (isHers: Bool, at: Instant)? {
        switch session.capacity {
        case .own, .office, .attorney: return nil
        case .representative(let business):
            guard let answer = try? await signatories.answer(about: session.actor) else { return nil }
            return (answer.items.contains { $0.number == business }, answer.at)
        case .professional(let profession, let number):
            guard let answer = try? await professions.answer(about: session.actor) else { return nil }
            return (answer.items.contains { $0.profession == profession && $0.number == number }, answer.at)
        }
    }

    /// She goes on for herself, also while nothing can be written.
    private func onlyOwn(_ session: Session, at time: Instant) async -> Session {
        let (store, today) = (store, IsraelTime.date(time))
        let own = session.acting(.own, organisationName: nil, checkedAt: nil, tokenHash: session.tokenHash, at: time)
        let auditLog = auditLog
        let written = try? await database.write { connection in
            var own = own
            own.holdsOffice = try !store.offices(of: own.subjectID, on: today, in: connection).isEmpty
            // Of two requests that find it out at once, the first ends it.
            let isCurrent = try store.session(tokenHash: own.tokenHash, in: connection)?.capacity.code == session.capacity.code
            if isCurrent, try store.replace(tokenHash: own.tokenHash, by: own, in: connection) {
                try auditLog.record(
                    AuditEntry(
                        subjectID: own.subjectID, actor: session.actor, action: .credential, what: "identity.capacity-ended",
                        basis: .request(own.id), at: time), in: connection)
            }
            return own
        }
        return written ?? own
    }
}
