import Authenticators
import Contracts
import Database
import Language
import Trust
import Values
import Web

/// Signing in by passkey: both factors in one gesture, so neither number nor code is asked for.
extension Identity {
    var challenges: PasskeyChallenges { PasskeyChallenges(key: store.vault.key(for: "identity.passkey-challenge")) }

    enum PasskeyOutcome: Sendable {
        case signedIn(OpenedSession)
        /// Nobody here has it, or not any more.
        case unknown
        /// The page was open for too long, or was sent twice.
        case expired
        /// Its counter did not grow: there are two of it (Web Authentication Level 3 section 6.1.1).
        case copied
        case wrong(PasskeyError)
    }

    func signIn(by assertion: PasskeyAssertion, next: String?, browser: Browser) async throws -> PasskeyOutcome {
        guard let party else { return .wrong(.otherSite) }
        let (store, time, secrets, requestID) = (store, clock.now(), SessionSecrets(browser), UUIDv7.next(at: clock.now()))
        guard let expiry = challenges.expiry(of: assertion.challenge, .signIn, at: time) else { return .expired }
        guard let known = try await database.read({ try store.passkey(assertion.credentialID, in: $0) }), case .passkey(let passkey) = known.key
        else { return .unknown }
        let counter: UInt32
        do throws(PasskeyError) { counter = try assertion.verify(by: passkey, at: party) } catch { return .wrong(error) }
        return try await database.write { connection in
            guard try store.take(challenge: assertion.challenge, until: expiry, in: connection) else { return .expired }
            guard let person = try store.person(known.subjectID, in: connection),
                let present = try store.passkey(assertion.credentialID, in: connection), present.id == known.id
            else { return .unknown }
            guard try store.use(known, counter: Int64(counter), at: time, in: connection) else {
                try warn(person, of: known, requestID, at: time, in: connection)
                return .copied
            }
            let opened = try openSession(for: person, browser, secrets, credential: 3, next: next, at: time, in: connection)
            try auditLog.record(
                AuditEntry(
                    subjectID: person.id, actor: opened.session.actor, action: .signIn, what: "identity.signIn", basis: .request(requestID),
                    fields: ["passkey"], at: time), in: connection)
            return .signedIn(opened)
        }
    }

    private func warn(
        _ person: PersonRecord, of authenticator: PersonalAuthenticator, _ requestID: String, at time: Instant, in connection: any Connection
    ) throws {
        var entry = AuditEntry(
            subjectID: person.id, actor: .system("identity"), action: .credential, what: "identity.passkey-copied", basis: .request(requestID), at: time)
        entry.bodyID = Identity.ownerID
        try auditLog.record(entry, in: connection)
        try postman.send(
            Notice(
                recipientID: person.id, bodyID: Identity.ownerID, template: "identity.passkey-copied",
                values: ["authenticator": words(for: authenticator, in: person.language), "time": Formats.dateTime(time, in: person.language)],
                link: "/me/authenticators", idempotencyKey: "identity.passkey-copied:\(authenticator.id):\(IsraelTime.date(time))"), in: connection)
    }
}
