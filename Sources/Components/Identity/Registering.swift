import Contracts
import Database
import Language
import Trust
import Values
import Web

/// Registration, as verbs on the module: prove, send a code, finish.
extension Identity {
    /// Asks both registers. Always both, so that neither the answer nor its time tells which one did not agree.
    func prove(_ registration: Registration, tokenHash: String, from address: String) async throws -> Registration {
        guard let number = registration.number, let birth = registration.birthDate, let card = registration.cardIssueDate,
            let locality = registration.localityCode
        else { throw IdentityError.registrationExpired }
        let attempt = store.attemptKey("proof:\(number.value)", .network(address))
        try await countAttempt(attempt)
        let proofing = Proofing(exchange: exchange, registrationID: registration.id, clock: clock)
        var ledger =
            number.kind == .national
            ? await proofing.residents(number.value, birthDate: birth, cardIssueDate: card, localityCode: locality)
            : await proofing.foreigners(number, birthDate: birth, issueDate: card, localityCode: locality)
        // Each round has a subject of its own, so that a person's ledger never holds what was found about another number.
        let subjectID = UUIDv7.next(at: clock.now())
        var proven = registration
        var isDown = ledger.rows.contains { $0.result == .unavailable }
        if !isDown, ledger.proofLevel() >= 2 {
            do {
                guard let found = try await proofing.person(number) else { throw ExchangeError.untrusted("person") }
                ledger.rows.append(found.row)
                proven.proof = .init(
                    subjectID: subjectID, givenName: found.givenName, familyName: found.familyName, birthDate: birth, otherPaper: found.otherPaper)
            } catch { isDown = true }
        }
        if proven.purpose == .recover, proven.proof != nil {
            let (store, other) = (store, proven.proof?.otherPaper)
            // Whoever wanted to recover what is not there registers now: she has proved who she is.
            let owner = try await database.read { try store.account(number, or: other, bornOn: birth, in: $0) }
            if owner == nil { proven.purpose = .registerInstead }
        }
        try await keep(ledger, about: subjectID, proven, tokenHash: tokenHash, attempt: isDown || proven.proof != nil ? attempt : nil)
        if isDown { throw IdentityError.registersUnavailable }
        guard proven.proof != nil else { throw IdentityError.noMatch }
        return proven
    }

    private func keep(
        _ ledger: EvidenceLedger, about subjectID: String, _ registration: Registration, tokenHash: String, attempt: String?
    ) async throws {
        let (store, expiry) = (store, clock.now().adding(seconds: Identity.registrationSeconds))
        try await database.write { connection in
            for row in ledger.rows { try store.add(row, about: subjectID, in: connection) }
            try store.save(registration, tokenHash: tokenHash, until: expiry, in: connection)
            if let attempt { try store.takeBackAttempt(attempt, in: connection) }
        }
    }

    func countAttempt(_ key: String) async throws {
        let (store, time) = (store, clock.now())
        let wait = try await database.write { try store.countAttempt(key, at: time, in: $0) }
        if wait > 0 { throw IdentityError.tooManyAttempts(seconds: wait) }
    }

    /// Keeps the registration and sends a code to its e-mail address; without the code nothing is kept, so that the address stays the one
    /// whose code was sent. Who is registered already gets a notice at the address we have
    /// instead, and whoever sits here sees no difference.
    func sendCode(for registration: Registration, tokenHash: String, language: Language) async throws {
        guard let number = registration.number, let email = registration.email else { throw IdentityError.registrationExpired }
        let (store, postman, time, code) = (store, postman, clock.now(), OneTimeCode.random())
        let isSent = try await database.write { connection in
            let proof = registration.proof
            let owner = try store.account(number, or: proof?.otherPaper, bornOn: proof?.birthDate, in: connection)
            let mayHaveCode = owner == nil || registration.purpose == .recover
            // Nobody is ever told the code of somebody who is registered: none fits.
            let kept = mayHaveCode ? code : OneTimeCode(digits: "")
            guard try store.issue(kept, for: registration.id, to: email, keepsTries: false, at: time, in: connection) else { return false }
            try store.save(
                registration, tokenHash: tokenHash, until: time.adding(seconds: Identity.registrationSeconds), in: connection)
            if let owner, !mayHaveCode {
                try attach(number, to: owner, registration.id, at: time, in: connection)
                try postman.send(
                    Notice(
                        recipientID: owner, bodyID: Identity.ownerID, template: "identity.registered-again", values: [:], link: "/sign-in",
                        idempotencyKey: "identity.registered-again:\(registration.id)"), in: connection)
            } else {
                try postman.sendCode(
                    code.digits, to: email, language: language.rawValue, minutesValid: Int(OneTimeCode.validSeconds / 60), in: connection)
            }
            return true
        }
        if !isSent { throw IdentityError.noMoreCodes }
    }

    enum Finish: Sendable {
        case signedIn(OpenedSession)
        case code(OneTimeCode.Outcome)
        /// A recovery waits until then.
        case recovering(until: Instant, isAnother: Bool)
        /// This device may try no code before then.
        case wait(seconds: Int)
    }

    /// The right code makes the subject, all of it at once, and signs her in.
    func finish(_ registration: Registration, tokenHash: String, code digits: String, browser: Browser, language: Language) async throws -> Finish {
        guard let number = registration.number, let proof = registration.proof, let email = registration.email,
            let password = registration.passwordHash
        else { throw IdentityError.registrationExpired }
        let proven = PersonRecord(
            id: proof.subjectID, givenName: proof.givenName, familyName: proof.familyName, birthDate: proof.birthDate, email: email,
            phone: registration.phone, language: language)
        let (time, secrets, credentialID) = (clock.now(), SessionSecrets(browser), UUIDv7.next(at: clock.now()))
        return try await database.write { connection in
            let outcome = try store.tryCode(digits, for: registration.id, to: email, at: time, in: connection)
            guard outcome == .right else { return .code(outcome) }
            // Registered meanwhile in another browser: this code is of no use, as if it had been voided.
            guard let person = try begin(proven, number, proof.otherPaper, registration.id, at: time, in: connection) else { return .code(.void) }
            try store.setPassword(password, id: credentialID, of: person.id, at: time, in: connection)
            try store.deleteRegistration(tokenHash: tokenHash, in: connection)
            try store.dropUnused(registrationID: registration.id, in: connection)
            let opened = try openSession(for: person, browser, secrets, credential: 2, next: registration.next, at: time, in: connection)
            try tellOfProof(of: person, in: connection)
            try auditLog.record(
                AuditEntry(
                    subjectID: person.id, actor: opened.session.actor, action: .credential, what: "identity.register",
                    basis: .request(registration.id), fields: ["nationalNumber", "name", "birthDate", "contact"], at: time), in: connection)
            return .signedIn(opened)
        }
    }

    /// The subject of whoever has just proved that the number is hers: a new one, or that under which others have acted for her, with all that
    /// was done. Nil when somebody registered with the number already.
    private func begin(
        _ proven: PersonRecord, _ number: IdentityNumber, _ other: IdentityNumber?, _ registrationID: String, at time: Instant, in connection: any Connection
    ) throws -> PersonRecord? {
        if try store.claim(number, for: proven.id, at: time, in: connection) {
            // She may sign in by either paper. A paper that is somebody else's already stays so.
            if let other { _ = try store.claim(other, for: proven.id, at: time, in: connection) }
            try store.insert(proven, at: time, in: connection)
            return proven
        }
        guard let ward = try store.subject(number, in: connection), !(try store.hasAccount(ward, in: connection)) else { return nil }
        let person = PersonRecord(
            id: ward, givenName: proven.givenName, familyName: proven.familyName, birthDate: proven.birthDate, email: proven.email, phone: proven.phone,
            language: proven.language)
        try store.moveEvidence(of: registrationID, from: proven.id, to: ward, in: connection)
        try store.update(person, in: connection)
        return person
    }

    /// A paper that two registers have just shown to be hers, though the account was made by another.
    func attach(_ paper: IdentityNumber, to subjectID: String, _ registrationID: String, at time: Instant, in connection: any Connection) throws {
        guard paper.kind != .national, try store.claim(paper, for: subjectID, at: time, in: connection) else { return }
        try auditLog.record(
            AuditEntry(
                subjectID: subjectID, actor: .system("identity"), action: .credential, what: "identity.paper-added", basis: .request(registrationID),
                fields: ["papers"], at: time), in: connection)
    }

    /// The registers were asked before there was anybody to tell. Now there is: she sees who asked what about her.
    private func tellOfProof(of person: PersonRecord, in connection: any Connection) throws {
        try tell(of: store.ledger(of: person.id, in: connection).rows, about: person, in: connection)
    }

    func tell(of rows: [EvidenceRow], about person: PersonRecord, in connection: any Connection) throws {
        for row in rows {
            var entry = AuditEntry(
                subjectID: person.id, actor: .system("identity"), action: .fetch, what: "register.\(row.operation)",
                basis: .request(row.registrationID), fields: row.fields, at: row.at)
            entry.bodyID = Identity.ownerID
            try auditLog.record(entry, in: connection)
        }
    }
}
