import Contracts
import Database
import Jobs
import Language
import Trust
import Values
import Web

/// How long a recovery waits before it takes effect. Until then the person can stop it, wherever she hears of it.
public struct RecoveryHours: Sendable, Hashable {
    /// When the code went to the address that is known.
    public var sameAddress: Int64
    /// When it went to another: whoever has taken over the papers of somebody would do that.
    public var newAddress: Int64

    public init(sameAddress: Int64 = 24, newAddress: Int64 = 72) { (self.sameAddress, self.newAddress) = (sameAddress, newAddress) }
}

/// Back into an account whose password is lost: the identity is proved anew at the registers, the address by a code, and then the person is
/// told on all channels and has time to say that it was not she.
extension Identity {
    /// The right code leaves a recovery that waits.
    func recover(_ registration: Registration, tokenHash: String, code digits: String) async throws -> Finish {
        guard let number = registration.number, let proof = registration.proof, let email = registration.email,
            let password = registration.passwordHash
        else { throw IdentityError.registrationExpired }
        let (store, time, id, stopToken) = (store, clock.now(), UUIDv7.next(at: clock.now()), RandomToken.make())
        return try await database.write { connection in
            let outcome = try store.tryCode(digits, for: registration.id, to: email, at: time, in: connection)
            guard outcome == .right else { return .code(outcome) }
            guard let owner = try store.account(number, or: proof.otherPaper, bornOn: proof.birthDate, in: connection),
                let person = try store.person(owner, in: connection)
            else { return .code(.void) }
            try attach(number, to: owner, registration.id, at: time, in: connection)
            let isSame = email == person.email
            let wait = (isSame ? recoveryHours.sameAddress : recoveryHours.newAddress) * 3_600
            let recovery = Recovery(
                subjectID: owner, id: id, passwordHash: password, email: isSame ? nil : email, createdAt: time, dueAt: time.adding(seconds: wait))
            try store.moveEvidence(of: registration.id, from: proof.subjectID, to: owner, in: connection)
            try store.discard(registrationID: registration.id, tokenHash: tokenHash, in: connection)
            guard try store.insert(recovery, stopHash: Session.hash(stopToken), in: connection) else {
                return .recovering(until: try store.waitingRecovery(of: owner, in: connection)?.dueAt ?? time, isAnother: true)
            }
            try record("identity.recovery-begun", recovery, .system("identity"), at: time, in: connection)
            try tell(
                "identity.recovery-begun", recovery, ["time": Formats.dateTime(recovery.dueAt, in: person.language)], link: "/recover/stop/\(stopToken)",
                in: connection)
            return .recovering(until: recovery.dueAt, isAnother: false)
        }
    }

    /// Whoever has the secret of the messages, or is signed in as the person, ends it. False when none waits.
    func stop(_ recovery: Recovery, _ actor: Actor) async throws -> Bool {
        let (store, time) = (store, clock.now())
        return try await database.write { connection in
            guard try store.end(recovery, as: "stopped", in: connection) else { return false }
            try record("identity.recovery-stopped", recovery, actor, at: time, in: connection)
            try tell("identity.recovery-stopped", recovery, [:], link: "/me/authenticators", in: connection)
            return true
        }
    }

    /// Makes what was chosen take effect, of those that are due.
    func completeRecoveries() async throws {
        let (store, time) = (store, clock.now())
        for recovery in try await database.read({ try store.dueRecoveries(at: time, limit: 100, in: $0) }) {
            let credentialID = UUIDv7.next(at: time)
            try await database.write { connection in
                guard var person = try store.person(recovery.subjectID, in: connection), try store.end(recovery, as: "done", in: connection) else { return }
                try store.setPassword(recovery.passwordHash, id: credentialID, of: person.id, at: time, in: connection)
                if let email = recovery.email {
                    person.email = email
                    try store.update(person, in: connection)
                }
                try store.deleteSessions(of: person.id, in: connection)
                try Outbox.publish("identity.sessionsEnded", key: person.id, [:], at: time, in: connection)
                try store.deleteSignIns(of: person.id, in: connection)
                try record("identity.recovered", recovery, .system("identity"), at: time, in: connection)
                try tell("identity.recovered", recovery, [:], link: "/sign-in", in: connection)
            }
        }
    }

    func record(_ what: String, _ recovery: Recovery, _ actor: Actor, at time: Instant, in connection: any Connection) throws {
        var entry = AuditEntry(
            subjectID: recovery.subjectID, actor: actor, action: .credential, what: what, basis: .request(recovery.id),
            fields: ["password"] + (recovery.email == nil ? [] : ["email"]), at: time)
        if actor.kind != .person { entry.bodyID = Identity.ownerID }
        try auditLog.record(entry, in: connection)
    }

    private func tell(
        _ template: String, _ recovery: Recovery, _ values: [String: String], link: String, in connection: any Connection
    ) throws {
        try postman.send(
            Notice(
                recipientID: recovery.subjectID, bodyID: Identity.ownerID, template: template, values: values, link: link,
                idempotencyKey: "\(template):\(recovery.id)"), in: connection)
    }
}
