import Contracts
import Database
import HTTPTypes
import Jobs
import Language
import Values
import Web

/// Changing one's password.
extension Identity {
    var passwordRoutes: [Route] {
        let audience = Audience.signedIn(Assurance(credential: 2, proof: 0))
        return [
            .page(.get, "/me/password", for: audience, "identity.showPassword", "Change my password", showPassword),
            .page(.post, "/me/password", for: audience, "identity.changePassword", "Set another password", rate: .guarded, changePassword),
        ]
    }

    private func showPassword(_ call: Call) async throws -> Reply {
        try page("password", "change.title", FilledForm(), back: "/me/sessions", call)
    }

    private func changePassword(_ call: Call) async throws -> Reply {
        let fields = try call.form()
        let (current, wanted) = (fields["current"] ?? "", fields["password"] ?? "")
        let (store, subject) = (store, call.actor.id)
        guard let person = try await database.read({ try store.person(subject, in: $0) }) else { throw Problem.signInNeeded }
        let number = try await database.read { try store.nationalNumber(of: subject, in: $0) }
        var form = FilledForm()
        if let fault = passwordRules.fault(in: wanted, personal: person.personal + [number].compactMap(\.self)) {
            form.fault("password", text("password.\(fault.rawValue)", call))
            return try page("password", "change.title", form, back: "/me/sessions", call)
        }
        do {
            guard try await change(current, to: wanted, of: person, call) else {
                form.fault("current", text("change.wrong", call))
                return try page("password", "change.title", form, back: "/me/sessions", call)
            }
        } catch let error as IdentityError {
            return try stopped(error, goOn: "/me/password", "try-again", call)
        }
        return .seeOther("\(call.page("/me/sessions"))?changed=1")
    }

    /// False when the present password is another. All other sessions end, and sign-ins that wait for their code: who is in one may know
    /// the former password.
    private func change(_ current: String, to wanted: String, of person: PersonRecord, _ call: Call) async throws -> Bool {
        let attempt = store.attemptKey("change:\(person.id)", .network(call.remoteAddress))
        try await countAttempt(attempt)
        let store = store
        let kept = try await database.read { try store.passwordHash(of: person.id, in: $0) }
        guard try await verify(current, against: kept) else { return false }
        let (hash, time, id, actor) = (try await hash(wanted), clock.now(), UUIDv7.next(at: clock.now()), call.actor)
        try await database.write { connection in
            try store.setPassword(hash, id: id, of: person.id, at: time, in: connection)
            try store.deleteSessions(of: person.id, but: actor.sessionID, in: connection)
            try Outbox.publish("identity.sessionsEnded", key: person.id, ["but": .string(actor.sessionID)], at: time, in: connection)
            try store.deleteSignIns(of: person.id, in: connection)
            // Whoever began it does not know the password: it would take effect after this one.
            if let waiting = try store.waitingRecovery(of: person.id, in: connection), try store.end(waiting, as: "stopped", in: connection) {
                try record("identity.recovery-stopped", waiting, actor, at: time, in: connection)
            }
            try store.forgetAttempts(attempt, in: connection)
            try auditLog.record(
                AuditEntry(
                    subjectID: person.id, actor: actor, action: .credential, what: "identity.credential", basis: .request(actor.sessionID), at: time),
                in: connection)
            try postman.send(
                Notice(
                    recipientID: person.id, bodyID: Identity.ownerID, template: "identity.password-changed",
                    values: ["time": Formats.dateTime(time, in: person.language)], link: "/me/sessions",
                    idempotencyKey: "identity.password-changed:\(id)"), in: connection)
        }
        return true
    }
}
