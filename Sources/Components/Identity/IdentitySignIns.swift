import Contracts
import Database
import Jobs
import Language
import Values
import Web

/// How somebody came to be signed in.
struct IdentitySignIns: SignIns {
    let store: IdentityStore
    let auditLog: any AuditLog
    let mandates: any Mandates

    func signIn(session id: String, of subjectID: String, at time: Instant, in connection: any Connection) throws -> SignIn? {
        guard let session = try store.session(id: id, of: subjectID, in: connection), session.isLive(at: time) else { return nil }
        let capacity = try current(session, at: time, in: connection)
        return SignIn(
            sessionID: session.id, subjectID: session.subjectID, at: session.createdAt, assurance: session.assurance, expiresAt: session.expiresAt,
            capacity: capacity, capacityCheckedAt: capacity == .own ? nil : session.capacityCheckedAt)
    }

    /// To others a mandate counts while it is in force, and only when it is to act in all services: theirs is none of those it names.
    private func current(_ session: Session, at time: Instant, in connection: any Connection) throws -> Capacity {
        guard case .attorney(let mandate) = session.capacity else { return session.capacity }
        let held = try mandates.held(mandate.id, by: session.subjectID, on: IsraelTime.date(time), in: connection)
        return held.map(\.mandate).flatMap { $0.services == nil && $0.mayAct ? .attorney($0) : nil } ?? .own
    }

    func hold(session id: String, of subjectID: String, in connection: any Connection) throws -> Bool {
        try store.hold(sessionID: id, of: subjectID, in: connection)
    }

    func end(sessionOf actor: Actor, at time: Instant, in connection: any Connection) throws {
        guard try store.delete(sessionID: actor.sessionID, of: actor.id, in: connection) else { return }
        try ended(actor, at: time, in: connection)
    }

    /// Tells the log and those who vouched for her to others.
    func ended(_ actor: Actor, at time: Instant, in connection: any Connection) throws {
        try auditLog.record(
            AuditEntry(
                subjectID: actor.id, actor: actor, action: .signOut, what: "identity.signOut", basis: .request(actor.sessionID), at: time),
            in: connection)
        try Outbox.publish("identity.sessionEnded", key: actor.id, ["session": .string(actor.sessionID)], at: time, in: connection)
    }
}
