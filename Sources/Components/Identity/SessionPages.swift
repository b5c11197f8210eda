import Contracts
import Database
import HTTPTypes
import Jobs
import Language
import Values
import Web

/// The devices a person is signed in on.
extension Identity {
    private static let secondFactor = Audience.signedIn(Assurance(credential: 2, proof: 0))

    var sessionRoutes: [Route] {
        [
            .page(.get, "/me/sessions", for: Identity.secondFactor, "identity.listSessions", "Devices I am signed in on", listSessions),
            .page(
                .post, "/me/sessions/end-all", for: Identity.secondFactor, "identity.endAllSessions", "Sign out everywhere", endAllSessions),
            .page(.post, "/me/sessions/{session}/end", for: Identity.secondFactor, "identity.endSession", "Sign out one device", endSession),
        ]
    }

    private func listSessions(_ call: Call) async throws -> Reply {
        let (store, time, subject) = (store, clock.now(), call.actor.id)
        let sessions = try await database.read { try store.sessions(of: subject, liveAt: time, limit: 100, in: $0) }
        let words = DeviceWords(catalogue: site.catalogue, language: call.language)
        let rows = sessions.map { session -> [String: Any] in
            let isThis = session.id == call.actor.sessionID
            return [
                "device": words.name(session.detail.device), "address": session.detail.address,
                "since": Formats.dateTime(session.createdAt, in: call.language, style: .short),
                "seen": Formats.dateTime(session.lastSeenAt, in: call.language, style: .short), "isThis": isThis,
                "endHref": call.page("/me/sessions/\(session.id)/end"),
            ]
        }
        let data: [String: Any] = [
            "sessions": rows, "hasOthers": rows.count > 1, "hasEnded": call.query["ended"] != nil, "hasChanged": call.query["changed"] != nil,
        ]
        return try site.page("identity/sessions", Site.Heading(text("sessions.title", call), back: call.page("/me")), data, for: call)
    }

    private func endSession(_ call: Call) async throws -> Reply {
        let (store, auditLog, actor, time, id) = (store, auditLog, call.actor, clock.now(), try call.id("session"))
        let isEnded = try await database.write { connection in
            guard try store.delete(sessionID: id, of: actor.id, in: connection) else { return false }
            try auditLog.record(
                AuditEntry(subjectID: actor.id, actor: actor, action: .signOut, what: "identity.session", basis: .request(id), at: time),
                in: connection)
            try Outbox.publish("identity.sessionEnded", key: actor.id, ["session": .string(id)], at: time, in: connection)
            return true
        }
        // Ended meanwhile, or another person's: either way not one of hers.
        guard isEnded else { throw Problem.notFound }
        guard id == actor.sessionID else { return .seeOther("\(call.page("/me/sessions"))?ended=1") }
        return Reply.seeOther(call.page("/signed-out")).settingCookie(Dispatcher.sessionCookie, "", maxAge: 0)
    }

    private func endAllSessions(_ call: Call) async throws -> Reply {
        let (store, auditLog, actor, time) = (store, auditLog, call.actor, clock.now())
        try await database.write { connection in
            try store.deleteSessions(of: actor.id, in: connection)
            // Other systems that may ask while she is away end that too.
            try Outbox.publish("identity.sessionsEnded", key: actor.id, [:], at: time, in: connection)
            try store.deleteSignIns(of: actor.id, in: connection)
            try auditLog.record(
                AuditEntry(
                    subjectID: actor.id, actor: actor, action: .signOut, what: "identity.session", basis: .request(actor.sessionID), at: time),
                in: connection)
        }
        return Reply.seeOther(call.page("/signed-out")).settingCookie(Dispatcher.sessionCookie, "", maxAge: 0)
    }
}
