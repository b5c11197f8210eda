import Authenticators
import Contracts
import Database
import Language
import Trust
import Values
import Web

/// Adding and removing what a person proves herself with. Each change is in the log and told to her.
extension Identity {
    /// For how long after signing in credentials may be changed without proving anew who one is.
    static let freshSeconds: Int64 = 10 * 60

    /// Whether the person proved who she is just now, and not somebody at a browser she left open.
    func isFresh(_ actor: Actor) async throws -> Bool {
        let (store, time) = (store, clock.now())
        let session = try await database.read { try store.session(id: actor.sessionID, of: actor.id, in: $0) }
        return session.map { time < $0.createdAt.adding(seconds: Identity.freshSeconds) } ?? false
    }

    enum Addition: Sendable { case added, isKnown, tooMany, expired }

    func add(_ registration: PasskeyRegistration, named name: String, for actor: Actor) async throws(PasskeyFault) -> Addition {
        guard let party else { throw .passkey(.otherSite) }
        let time = clock.now()
        guard let expiry = challenges.expiry(of: registration.challenge, .adding(sessionID: actor.sessionID), at: time) else { return .expired }
        let verified: (passkey: Passkey, signatureCount: UInt32)
        do throws(PasskeyError) { verified = try registration.verify(at: party) } catch { throw .passkey(error) }
        let authenticator = PersonalAuthenticator(
            subjectID: actor.id, id: UUIDv7.next(at: time), name: name, key: .passkey(verified.passkey), counter: Int64(verified.signatureCount),
            createdAt: time, lastUsedAt: nil)
        let store = store
        do {
            return try await database.write { connection in
                guard try store.authenticators(of: actor.id, in: connection).count < PersonalAuthenticator.passkeysMax else { return .tooMany }
                guard try store.take(challenge: registration.challenge, until: expiry, in: connection) else { return .expired }
                return try insert(authenticator, actor, in: connection) ? .added : .isKnown
            }
        } catch { throw .store(error) }
    }

    /// - Parameter digits: a code of the app, by which it shows that it has the secret.
    /// - Returns: nil when the code is wrong.
    func add(_ app: AuthenticatorApp, showing digits: String, for actor: Actor) async throws -> Addition? {
        let (time, store) = (clock.now(), store)
        guard let step = OneTimeCode.step(digits, of: app, at: time, after: nil) else { return nil }
        let authenticator = PersonalAuthenticator(
            subjectID: actor.id, id: UUIDv7.next(at: time), name: "", key: .app(app), counter: step, createdAt: time, lastUsedAt: nil)
        return try await database.write { connection in
            guard try store.app(of: actor.id, in: connection) == nil else { return .isKnown }
            return try insert(authenticator, actor, in: connection) ? .added : .isKnown
        }
    }

    private func insert(_ authenticator: PersonalAuthenticator, _ actor: Actor, in connection: any Connection) throws -> Bool {
        guard try store.insert(authenticator, in: connection) else { return false }
        try tell(of: authenticator, "added", actor, in: connection)
        return true
    }

    /// False when it is not there, or another person's.
    func remove(authenticator id: String, of actor: Actor) async throws -> Bool {
        let store = store
        return try await database.write { connection in
            guard let removed = try store.deleteAuthenticator(id, of: actor.id, in: connection) else { return false }
            try tell(of: removed, "removed", actor, in: connection)
            return true
        }
    }

    private func tell(of authenticator: PersonalAuthenticator, _ change: String, _ actor: Actor, in connection: any Connection) throws {
        guard let person = try store.person(actor.id, in: connection) else { return }
        let time = clock.now()
        try auditLog.record(
            AuditEntry(
                subjectID: actor.id, actor: actor, action: .credential, what: "identity.authenticator-\(change)", basis: .request(actor.sessionID),
                fields: [authenticator.key.kind], at: time), in: connection)
        try postman.send(
            Notice(
                recipientID: actor.id, bodyID: Identity.ownerID, template: "identity.authenticator-\(change)",
                values: [
                    "authenticator": words(for: authenticator, in: person.language), "time": Formats.dateTime(time, in: person.language),
                ], link: "/me/authenticators", idempotencyKey: "identity.authenticator-\(change):\(authenticator.id)"), in: connection)
    }

    /// A passkey by the name it was given, an app as such.
    func words(for authenticator: PersonalAuthenticator, in language: Language) -> String {
        switch authenticator.key {
        case .passkey: site.catalogue.text("identity.authenticators.passkey-named", in: language, ["name": authenticator.name])
        case .app: site.catalogue.text("identity.authenticators.app", in: language)
        }
    }
}

/// A passkey that is not believed, or a database that did not answer.
enum PasskeyFault: Error {
    case passkey(PasskeyError)
    case store(any Error)
}

extension OneTimeCode {
    /// The time step of a code that an app shows; nil for a wrong one, and for one that was used before.
    static func step(_ digits: String, of app: AuthenticatorApp, at time: Instant, after last: Int64?) -> Int64? {
        OneTimePassword.matchingStep(digits, secret: app.secret, at: time, after: last.map { UInt64(max(0, $0)) }).map { Int64($0) }
    }
}
