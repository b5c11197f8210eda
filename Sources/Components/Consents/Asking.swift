import Contracts
import Database
import Language
import Values
import Web

/// From the question to the last look by it, as verbs on the module.
extension Consents {
    /// Open requests of one body to one person.
    static let openLimit = 5

    /// Agreements by which a body may ask with a person's consent.
    func offers(of bodyID: String, in connection: any Connection) throws -> [ConsentOffer] {
        try desk.agreements(of: bodyID, in: connection).compactMap(ConsentOffer.init).filter { $0.consumerID == bodyID && $0.mayOfficersAsk }
    }

    func offer(_ agreementID: String, of bodyID: String, in connection: any Connection) throws -> ConsentOffer {
        guard let offer = try desk.agreement(agreementID, in: connection).flatMap(ConsentOffer.init), offer.consumerID == bodyID else {
            throw ConsentsError.agreementOver
        }
        return offer
    }

    /// Asks the person with this number. The request waits in her zone; she is told.
    func ask(_ number: String, agreementID: String, purpose: String, days: Int, reason: String, by officer: Actor) async throws -> String {
        let (time, body) = (clock.now(), officer.organisation ?? "")
        return try await database.write { connection in
            let offer = try offer(agreementID, of: body, in: connection)
            guard offer.purposes.contains(purpose), offer.mayOfficersAsk else { throw ConsentsError.agreementOver }
            guard let subject = try people.subject(nationalNumber: number, in: connection), let card = try people.card(of: subject, in: connection) else {
                throw ConsentsError.unknownPerson
            }
            guard try store.openCount(of: subject, askedBy: body, at: time, in: connection) < Consents.openLimit else {
                throw ConsentsError.tooMany(limit: Consents.openLimit)
            }
            let request = ConsentRequest(
                id: UUIDv7.next(at: time), subjectID: subject, bodyID: body, agreementID: agreementID, purpose: purpose, days: days,
                askedBy: officer.id, askedAt: time, openUntil: time.adding(days: ConsentRequest.daysOpen), state: .open,
                personName: card.fullName, reason: reason)
            try store.insert(request, in: connection)
            try record("ask", subject, ["name"], .law(offer.law), by: officer, at: time, in: connection)
            try postman.send(
                Notice(
                    recipientID: subject, bodyID: body, template: "consents.asked",
                    values: [
                        "provider": bodyName(offer.providerID, card.language),
                        "until": Formats.date(IsraelTime.date(request.openUntil), in: card.language),
                    ], link: "\(Consents.path)/requests/\(request.id)", idempotencyKey: "consents.asked:\(request.id)"), in: connection)
            return request.id
        }
    }

    func withdraw(_ id: String, by officer: Actor) async throws {
        let time = clock.now()
        try await database.write { connection in
            guard let request = try store.request(id, ofBody: officer.organisation ?? "", in: connection) else { throw Problem.notFound }
            guard try store.close(id, as: .withdrawn, in: connection) else { throw ConsentsError.over }
            try record("withdraw", request.subjectID, [], .request(id), by: officer, at: time, in: connection)
        }
    }

    /// - Parameter version: of the agreement, as it stood on the page she read.
    /// - Returns: the consent's id. It is in force at once.
    func give(_ id: String, version: Int, language: Language, by person: Actor) async throws -> String {
        let time = clock.now()
        return try await database.write { connection in
            let request = try open(id, of: person, at: time, in: connection)
            let offer = try offer(request.agreementID, of: request.bodyID, in: connection)
            guard offer.version == version else { throw ConsentsError.agreementChanged }
            guard let number = try people.nationalNumber(of: person.id, in: connection) else { throw Problem.notFound }
            guard try store.close(id, as: .given, in: connection) else { throw ConsentsError.over }
            let consentID = UUIDv7.next(at: time)
            let grant = ConsentGrant(
                id: consentID, subjectID: person.id, personMark: ConsentGrant.mark(of: number, id: consentID), consumerID: request.bodyID,
                agreementID: offer.agreementID, purpose: request.purpose, operations: offer.operations, fields: offer.fields.map(\.pointer),
                givenAt: time, validUntil: offer.end(of: request.days, from: time), revokedAt: nil)
            let parties = [offer.consumerID, offer.providerID].map { ($0, bodyName($0, language)) }
            let receipt = try seal.receipt(
                of: grant, under: offer, reason: request.reason, parties: Dictionary(parties) { first, _ in first }, language: language)
            try store.insert(ConsentRecord(grant: grant, requestID: id, receipt: receipt, revocationReceipt: nil), in: connection)
            try record("give", person.id, ["nationalNumber"], .consent(consentID), by: person, at: time, in: connection)
            return consentID
        }
    }

    func decline(_ id: String, by person: Actor) async throws {
        let time = clock.now()
        try await database.write { connection in
            _ = try open(id, of: person, at: time, in: connection)
            guard try store.close(id, as: .declined, in: connection) else { throw ConsentsError.over }
            try record("decline", person.id, [], .request(id), by: person, at: time, in: connection)
        }
    }

    /// With the next message no gateway lets anything through by it.
    func revoke(_ id: String, by person: Actor) async throws {
        let time = clock.now()
        try await database.write { connection in
            guard let consent = try store.consent(id, in: connection), consent.grant.subjectID == person.id else { throw Problem.notFound }
            guard consent.state(at: time) == "given",
                try store.revoke(id, receipt: try seal.receipt(of: consent, revokedAt: time), at: time, in: connection)
            else { throw ConsentsError.over }
            try record("revoke", person.id, [], .consent(id), by: person, at: time, in: connection)
        }
    }

    /// Asks the register by a consent. The gateways decide; nothing of the answer is kept here.
    func look(_ request: ConsentRequest, _ operation: String, by officer: Actor) async throws -> Result<JSON?, ExchangeError> {
        let found = try await database.read { connection in
            (try store.consent(forRequest: request.id, in: connection), try people.nationalNumber(of: request.subjectID, in: connection))
        }
        guard let consent = found.0, let number = found.1, consent.grant.operations.contains(operation) else { throw Problem.notFound }
        let question = ExchangeRequest(
            consumerID: request.bodyID, operation: operation, parameters: ["nationalNumber": number], subjectID: request.subjectID, actor: officer,
            purpose: request.purpose, basis: .consent(consent.grant.id))
        do { return .success(try await exchange.ask(question).value) } catch let error as ExchangeError { return .failure(error) }
    }

    private func open(_ id: String, of person: Actor, at time: Instant, in connection: any Connection) throws -> ConsentRequest {
        guard let request = try store.request(id, of: person.id, in: connection) else { throw Problem.notFound }
        guard request.isOpen(at: time) else { throw ConsentsError.over }
        return request
    }

    func record(
        _ what: String, _ subjectID: String, _ fields: [String], _ basis: Basis, by actor: Actor, at time: Instant, in connection: any Connection
    ) throws {
        var actor = actor
        // What she answers is about her own account, in whatever capacity she came; what is done at the desk is the officer's.
        if ["give", "decline", "revoke"].contains(what) { actor.capacity = .own }
        try audit.record(
            AuditEntry(
                subjectID: subjectID, actor: actor, action: what == "view" ? .read : .decide, what: "consents.\(what)", basis: basis, fields: fields, at: time),
            in: connection)
    }

    func bodyName(_ id: String, _ language: Language) -> String { bodies.body(id)?.name.text(in: language) ?? id }
}
