import Contracts
import Database
import HTTPTypes
import Jobs
import Language
import Logging
import Trust
import Values
import Web

/// The browser somebody sits at.
struct Browser: Sendable {
    let device: Device
    let address: String
    /// The long-lived cookie by which the browser is known again.
    let deviceToken: String?
    var deviceHash: String? { deviceToken.map(Session.hash) }
    /// The session it had until now; it ends when another begins.
    let formerSessionHash: String?

    init(device: Device, address: String, deviceToken: String?, formerSessionHash: String?) {
        (self.device, self.address, self.deviceToken, self.formerSessionHash) = (device, address, deviceToken, formerSessionHash)
    }

    init(_ call: Call) {
        device = Device(userAgent: call.headers[.userAgent])
        address = call.remoteAddress
        deviceToken = call.cookies[Token.deviceCookie].flatMap { Token.hash(of: $0) == nil ? nil : $0 }
        formerSessionHash = Token.hash(of: call.cookies[Dispatcher.sessionCookie])
    }
}

/// What a new session is made of that must not change when its transaction is run again.
struct SessionSecrets: Sendable {
    let token = Token.make()
    let sessionID = UUIDv7.next()
    let deviceToken: String

    init(_ browser: Browser) { deviceToken = browser.deviceToken ?? Token.make() }
}

struct OpenedSession: Sendable {
    let session: Session
    let secrets: SessionSecrets
    let next: String?
}

/// Signing in, as verbs on the module.
extension Identity {
    /// The first factor. The cookie of the sign-in that now waits for its code, or nil: whether the number is unknown or the password
    /// wrong cannot be told, nor by how long it takes.
    func begin(number: IdentityNumber, password: String, next: String?, browser: Browser, language: Language) async throws -> String? {
        let store = store
        let (known, isHerDevice) = try await database.read { connection -> ((person: PersonRecord, hash: String)?, Bool) in
            guard let id = try store.subject(number, in: connection),
                let person = try store.person(id, in: connection), let hash = try store.passwordHash(of: id, in: connection)
            else { return (nil, false) }
            return ((person, hash), try store.knows(device: browser.deviceHash, of: id, in: connection))
        }
        // What others behind the same address do is not counted against a device the person has signed in from before.
        let attempt = store.attemptKey("password:\(number.value)", isHerDevice ? .device(browser.deviceHash ?? "") : .network(browser.address))
        try await countAttempt(attempt)
        guard try await verify(password, against: known?.hash), let known else { return nil }
        let rehash = hasher.needsRehash(known.hash) ? try await hash(password) : nil
        let (time, token, credentialID) = (clock.now(), Token.make(), UUIDv7.next(at: clock.now()))
        let pending = PendingSignIn(
            tokenHash: Session.hash(token), subjectID: known.person.id, id: UUIDv7.next(at: time), next: next, attemptKey: attempt,
            expiresAt: time.adding(seconds: Identity.signInSeconds))
        let code = OneTimeCode.random()
        let begun = try await database.write { connection -> Begun in
            // Changed while this one was being verified: it opens nothing any more.
            guard try store.passwordHash(of: known.person.id, in: connection) == known.hash else { return .wrong }
            let wait = try secondsToWait(browser, of: known.person.id, at: time, in: connection)
            guard wait == 0 else { return .wait(seconds: wait) }
            if let rehash { try store.setPassword(rehash, id: credentialID, of: known.person.id, at: time, in: connection) }
            try store.insert(pending, in: connection)
            // Who has an app looks there; she may ask for an e-mail all the same.
            if try store.app(of: known.person.id, in: connection) != nil { try store.await(pending, in: connection) } else {
                _ = try send(code, for: pending, to: known.person, language, at: time, in: connection)
            }
            return .waitsForCode
        }
        switch begun {
        case .waitsForCode: return token
        case .wrong: return nil
        case .wait(let seconds): throw IdentityError.tooManyCodes(seconds: seconds)
        }
    }

    private enum Begun: Sendable { case waitsForCode, wrong, wait(seconds: Int) }

    /// Another code for the same sign-in; wrong tries so far still count.
    func resendCode(for pending: PendingSignIn, browser: Browser, language: Language) async throws {
        let (store, time, code) = (store, clock.now(), OneTimeCode.random())
        let refusal = try await database.write { connection -> IdentityError? in
            let wait = try secondsToWait(browser, of: pending.subjectID, at: time, in: connection)
            guard wait == 0 else { return .tooManyCodes(seconds: wait) }
            guard let person = try store.person(pending.subjectID, in: connection),
                try send(code, for: pending, to: person, language, at: time, in: connection)
            else { return .noMoreCodes }
            return nil
        }
        if let refusal { throw refusal }
    }

    private func send(
        _ code: OneTimeCode, for pending: PendingSignIn, to person: PersonRecord, _ language: Language, at time: Instant,
        in connection: any Connection
    ) throws -> Bool {
        guard try store.issue(code, for: pending.id, to: person.email, keepsTries: true, at: time, in: connection) else { return false }
        try count(.sent, of: person, at: time, in: connection)
        try postman.sendCode(
            code.digits, to: person.email, language: language.rawValue, minutesValid: Int(OneTimeCode.validSeconds / 60), in: connection)
        return true
    }

    /// The second factor.
    func finish(_ pending: PendingSignIn, code digits: String, browser: Browser) async throws -> Finish {
        let (store, time, secrets) = (store, clock.now(), SessionSecrets(browser))
        return try await database.write { connection in
            guard let person = try store.person(pending.subjectID, in: connection) else { return .code(.void) }
            let wait = try secondsToWait(browser, of: person.id, for: [.wrong], at: time, in: connection)
            guard wait == 0 else { return .wait(seconds: wait) }
            let app = try store.app(of: person.id, in: connection)
            let outcome = try store.tryCode(digits, for: pending.id, to: person.email, at: time, in: connection) {
                try store.isShown(digits, by: app, at: time, in: connection)
            }
            guard outcome == .right else {
                if outcome != .expired { try count(.wrong, of: person, at: time, in: connection) }
                if outcome == .void { try store.end(pending, in: connection) }
                return .code(outcome)
            }
            try store.end(pending, in: connection)
            try store.forgetAttempts(pending.attemptKey, in: connection)
            let opened = try openSession(for: person, browser, secrets, credential: 2, next: pending.next, at: time, in: connection)
            try auditLog.record(
                AuditEntry(
                    subjectID: person.id, actor: opened.session.actor, action: .signIn, what: "identity.signIn", basis: .request(pending.id),
                    at: time), in: connection)
            return .signedIn(opened)
        }
    }

    /// A fresh session with a fresh secret: what the browser brought along is worth nothing afterwards.
    /// - Parameter credential: 2 by password and code, 3 by passkey.
    func openSession(
        for person: PersonRecord, _ browser: Browser, _ secrets: SessionSecrets, credential: Int, next: String?, at time: Instant,
        in connection: any Connection
    ) throws -> OpenedSession {
        if let hash = browser.formerSessionHash, let former = try? store.session(tokenHash: hash, in: connection) {
            try store.delete(tokenHash: hash, in: connection)
            try Outbox.publish("identity.sessionEnded", key: former.subjectID, ["session": .string(former.id)], at: time, in: connection)
        }
        let proof = try store.ledger(of: person.id, in: connection).proofLevel()
        let offices = try store.offices(of: person.id, on: IsraelTime.date(time), in: connection)
        let session = Session(
            tokenHash: Session.hash(secrets.token), subjectID: person.id, id: secrets.sessionID,
            detail: .init(name: person.fullName, address: browser.address, device: browser.device), assurance: .init(credential: credential, proof: proof),
            capacity: .own, capacityCheckedAt: nil, holdsOffice: !offices.isEmpty, createdAt: time, lastSeenAt: time,
            expiresAt: time.adding(seconds: Session.absoluteSeconds))
        try store.insert(session, in: connection)
        if try store.meet(device: Session.hash(secrets.deviceToken), of: person.id, at: time, in: connection) == .new {
            try tellOfNewDevice(session, person, in: connection)
        }
        return OpenedSession(session: session, secrets: secrets, next: next)
    }

    private func tellOfNewDevice(_ session: Session, _ person: PersonRecord, in connection: any Connection) throws {
        let words = DeviceWords(catalogue: site.catalogue, language: person.language)
        try postman.send(
            Notice(
                recipientID: person.id, bodyID: Identity.ownerID, template: "identity.new-device",
                values: [
                    "device": words.name(session.detail.device), "address": session.detail.address,
                    "time": Formats.dateTime(session.createdAt, in: person.language),
                ], link: "/me/sessions", idempotencyKey: "identity.new-device:\(session.id)"), in: connection)
    }

    /// False also for a password too long to be anybody's.
    func verify(_ password: String, against hash: String?) async throws -> Bool {
        do { return try await hasher.verify(password, against: hash) } catch .tooLong { return false } catch { throw busy(error) }
    }

    func hash(_ password: String) async throws -> String {
        do { return try await hasher.hash(password) } catch { throw busy(error) }
    }

    /// Too many at once and too little memory pass by themselves; a kept hash that cannot be used has to be looked at by somebody.
    private func busy(_ error: PasswordError) -> IdentityError {
        if error == .unusableHash { logger.error("a kept password hash cannot be used") }
        return .busy
    }
}
