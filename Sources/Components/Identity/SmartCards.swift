public import Authenticators
import Contracts
import Database
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

/// Proving once by a smart card who one is. A person starts at her own page, goes to the listener with a secret that is good for one try,
/// and comes back with her answer: the listener has no pages of its own.
extension Identity {
    static let cardSeconds: Int64 = 5 * 60

    var cardStartRoutes: [Route] {
        guard cards != nil else { return [] }
        return [
            .page(
                .post, "/me/identity/card", for: .signedIn(Assurance(credential: 2, proof: 0)), "identity.beginCard", "Prove my identity by smart card",
                rate: .guarded, beginCard)
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
        try await database.write { try store.insertCardRound(tokenHash: Session.hash(token), of: actor.id, until: expiry, in: $0) }
        return try site.onward(to: "\(cards.url)/\(call.language.rawValue)/card?round=\(token)", call)
    }

    /// How reading a card ended, as the person's page is told.
    enum CardOutcome: String, Sendable, CaseIterable {
        case done, none, untrusted, expired, revoked, unavailable
        /// The card is somebody else's.
        case other
        /// Too late, or used already.
        case late
    }

    private func readCard(_ call: Call) async throws -> Reply {
        let outcome = try await read(call.clientCertificate, round: call.query["round"])
        return .seeOther("\(publicURL)/\(call.language.rawValue)/me/identity?card=\(outcome.rawValue)")
    }

    func read(_ certificate: [UInt8]?, round token: String?) async throws -> CardOutcome {
        guard let cards, let hash = Token.hash(of: token) else { return .late }
        guard let certificate else { return .none }
        let (time, card) = (clock.now(), Result { () throws(CardFault) in try cards.authorities.check(certificate, at: clock.now()) })
        switch card {
        case .failure(let fault):
            logger.notice("a smart card was not accepted", metadata: ["fault": "\(fault)"])
            return CardOutcome(fault)
        case .success(let card): return try await prove(card, cards, roundHash: hash, at: time)
        }
    }

    /// One transaction takes the round away and raises the proof. A card that is not hers leaves the round for the right one.
    private func prove(_ card: CardCertificate, _ cards: CardDesk, roundHash: String, at time: Instant) async throws -> CardOutcome {
        let (store, auditLog, postman, roundID) = (store, auditLog, postman, UUIDv7.next(at: time))
        let row = EvidenceRow(
            id: UUIDv7.next(at: time), source: "smart-card", ownerID: cards.issuerID, method: .smartCard, fields: ["nationalNumber"], result: .match,
            agreementID: "", registrationID: roundID, at: time)
        return try await database.write { connection in
            guard let subject = try store.cardRound(tokenHash: roundHash, at: time, in: connection), let person = try store.person(subject, in: connection)
            else { return .late }
            guard try store.nationalNumber(of: subject, in: connection) == card.nationalNumber else { return .other }
            guard try store.takeCardRound(tokenHash: roundHash, in: connection) else { return .late }
            try store.add(row, about: subject, in: connection)
            try store.raise(proof: store.ledger(of: subject, in: connection).proofLevel(), of: subject, in: connection)
            try auditLog.record(
                AuditEntry(
                    subjectID: subject, actor: .system("identity"), action: .credential, what: "identity.proved-by-card", basis: .request(roundID),
                    fields: row.fields, at: time), in: connection)
            try postman.send(
                Notice(
                    recipientID: subject, bodyID: Identity.ownerID, template: "identity.proved-by-card",
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
    func insertCardRound(tokenHash: String, of subjectID: String, until expiry: Instant, in connection: any Connection) throws {
        try connection.execute("DELETE FROM identity_card_round WHERE subject_id = $1", [.text(subjectID)])
        try connection.execute(
            "INSERT INTO identity_card_round (token_hash, subject_id, expires_at) VALUES ($1, $2, $3)",
            [.text(tokenHash), .text(subjectID), .instant(expiry)])
    }

    func cardRound(tokenHash: String, at time: Instant, in connection: any Connection) throws -> String? {
        try connection.first(
            "SELECT subject_id FROM identity_card_round WHERE token_hash = $1 AND expires_at > $2", [.text(tokenHash), .instant(time)]
        ) { try $0.text(0) }
    }

    /// False when it was used meanwhile.
    func takeCardRound(tokenHash: String, in connection: any Connection) throws -> Bool {
        try connection.changes("DELETE FROM identity_card_round WHERE token_hash = $1", [.text(tokenHash)]) == 1
    }
}
