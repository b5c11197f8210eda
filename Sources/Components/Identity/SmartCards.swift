public import Authenticators
import Contracts
import Database
import Dispatch
import HTTPTypes
import Language
import Logging
import Trust
import Values
public import Web

/// Where smart cards are read: a listener of its own that asks browsers for the card's certificate.
public struct CardDesk: Sendable {
    public var authorities: CardAuthorities
    /// Scheme, host and port of the listener.
    public var url: String
    /// Who issues the cards.
    public var issuerID: String

    public init(authorities: CardAuthorities, url: String, issuerID: String) {
        (self.authorities, self.url, self.issuerID) = (authorities, url, issuerID)
    }
}

/// Proving once by a smart card who one is. A person starts at her own page and goes to the listener with a secret that is good for one card.
/// The listener has no pages of its own and proves nothing: it gives a ticket, which counts only in the session that began. So nobody can
/// send somebody else his link and be proved by her card.
extension Identity {
    static let cardSeconds: Int64 = 5 * 60

    var cardStartRoutes: [Route] {
        guard cards != nil else { return [] }
        return [
            .page(
                .post, "/me/identity/card", for: .signedIn(Assurance(credential: 2, proof: 0)), "identity.beginCard", "Prove my identity by smart card",
                rate: .guarded, beginCard),
            .page(.get, "/me/identity/card", for: .signedIn(Assurance(credential: 2, proof: 0)), "identity.endCard", "Back from the reader", endCard),
        ]
    }

    /// The table of contents of the listener.
    public var cardRoutes: [Route] {
        let reason = "the certificate of a smart card, checked by the handler, and a secret from the person's own page"
        return [.page(.get, "/card", for: .signedPeer(reason: reason), "identity.readCard", "Read a smart card", rate: .guarded, readCard)]
    }

    private func beginCard(_ call: Call) async throws -> Reply {
        guard let cards else { throw Problem.notFound }
        let (store, token, actor) = (store, Token.make(), call.actor)
        let expiry = clock.now().adding(seconds: Identity.cardSeconds)
        try await database.write { try store.insertCardRound(tokenHash: Session.hash(token), of: actor, until: expiry, in: $0) }
        return try site.onward(to: "\(cards.url)/\(call.language.rawValue)/card?round=\(token)", call)
    }

    /// How reading a card ended, as the person's page is told.
    enum CardOutcome: String, Error, Sendable, CaseIterable {
        case done, none, untrusted, expired, revoked, unavailable
        /// The card is somebody else's.
        case other
        /// Too late, or used already.
        case late
    }

    private func readCard(_ call: Call) async throws -> Reply {
        let page = "\(publicURL)/\(call.language.rawValue)/me/identity"
        switch try await read(call.clientCertificate, round: call.query["round"]) {
        case .success(let ticket): return .seeOther("\(page)/card?ticket=\(ticket)")
        case .failure(let outcome): return .seeOther("\(page)?card=\(outcome.rawValue)")
        }
    }

    /// A ticket when the card is that of the account which began the round. The round is looked up first: without one nothing is checked.
    func read(_ certificate: [UInt8]?, round token: String?) async throws -> Result<String, CardOutcome> {
        let (store, time) = (store, clock.now())
        guard let cards, let hash = Token.hash(of: token),
            let subject = try await database.read({ try store.cardRound(tokenHash: hash, at: time, in: $0) })
        else { return .failure(.late) }
        guard let certificate else { return .failure(.none) }
        // It reads files and walks signatures: not on the threads that answer requests.
        let checked = await withCheckedContinuation { continuation in
            DispatchQueue.global(qos: .utility).async {
                continuation.resume(returning: Result { () throws(CardFault) in try cards.authorities.check(certificate, at: time) })
            }
        }
        switch checked {
        case .failure(let fault):
            logger.notice("a smart card was not accepted", metadata: ["fault": "\(fault)"])
            return .failure(CardOutcome(fault))
        case .success(let card):
            let ticket = Token.make()
            return try await database.write { connection in
                guard try store.nationalNumber(of: subject, in: connection) == card.nationalNumber else { return .failure(.other) }
                return try store.setTicket(Session.hash(ticket), tokenHash: hash, in: connection) ? .success(ticket) : .failure(.late)
            }
        }
    }

    private func endCard(_ call: Call) async throws -> Reply {
        let outcome = try await prove(ticket: call.query["ticket"], by: call.actor)
        return .seeOther("\(call.page("/me/identity"))?card=\(outcome.rawValue)")
    }

    /// One transaction takes the round away and raises the proof, for the person and the session that began it.
    private func prove(ticket: String?, by actor: Actor) async throws -> CardOutcome {
        guard let cards, let hash = Token.hash(of: ticket) else { return .late }
        let (store, auditLog, postman, time) = (store, auditLog, postman, clock.now())
        let roundID = UUIDv7.next(at: time)
        let row = EvidenceRow(
            id: UUIDv7.next(at: time), source: "smart-card", ownerID: cards.issuerID, method: .smartCard, fields: ["nationalNumber"], result: .match,
            agreementID: "", registrationID: roundID, at: time)
        return try await database.write { connection in
            guard let person = try store.person(actor.id, in: connection), try store.takeCardRound(ticketHash: hash, of: actor, at: time, in: connection)
            else { return .late }
            try store.add(row, about: actor.id, in: connection)
            try store.raise(proof: store.ledger(of: actor.id, in: connection).proofLevel(), of: actor.id, in: connection)
            try auditLog.record(
                AuditEntry(
                    subjectID: actor.id, actor: actor, action: .credential, what: "identity.proved-by-card", basis: .request(roundID), fields: row.fields,
                    at: time), in: connection)
            try postman.send(
                Notice(
                    recipientID: actor.id, bodyID: Identity.ownerID, template: "identity.proved-by-card",
                    values: ["time": Formats.dateTime(time, in: person.language)], link: "/me/identity",
                    idempotencyKey: "identity.proved-by-card:\(roundID)"), in: connection)
            return .done
        }
    }
}

extension Identity.CardOutcome {
    init(_ fault: CardFault) {
        self =
            switch fault {
            case .unreadable, .untrusted, .noNumber: .untrusted
            case .expired: .expired
            case .revoked: .revoked
            case .noRevocationList: .unavailable
            }
    }
}

extension IdentityStore {
    func insertCardRound(tokenHash: String, of actor: Actor, until expiry: Instant, in connection: any Connection) throws {
        try connection.execute("DELETE FROM identity_card_round WHERE subject_id = $1", [.text(actor.id)])
        try connection.execute(
            "INSERT INTO identity_card_round (token_hash, subject_id, expires_at, session_id) VALUES ($1, $2, $3, $4)",
            [.text(tokenHash), .text(actor.id), .instant(expiry), .text(actor.sessionID)])
    }

    /// Whose round it is.
    func cardRound(tokenHash: String, at time: Instant, in connection: any Connection) throws -> String? {
        try connection.first(
            "SELECT subject_id FROM identity_card_round WHERE token_hash = $1 AND expires_at > $2 AND ticket_hash IS NULL",
            [.text(tokenHash), .instant(time)]) { try $0.text(0) }
    }

    /// False when it was read meanwhile.
    func setTicket(_ ticketHash: String, tokenHash: String, in connection: any Connection) throws -> Bool {
        try connection.changes(
            "UPDATE identity_card_round SET ticket_hash = $1 WHERE token_hash = $2 AND ticket_hash IS NULL", [.text(ticketHash), .text(tokenHash)]) == 1
    }

    /// False for another's ticket, in another session, too late, or used already.
    func takeCardRound(ticketHash: String, of actor: Actor, at time: Instant, in connection: any Connection) throws -> Bool {
        try connection.changes(
            "DELETE FROM identity_card_round WHERE ticket_hash = $1 AND subject_id = $2 AND session_id = $3 AND expires_at > $4",
            [.text(ticketHash), .text(actor.id), .text(actor.sessionID), .instant(time)]) == 1
    }
}
