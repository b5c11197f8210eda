import Contracts
import Database
import HTTPTypes
import Language
import Trust
import Values
import Web

/// Where a person reads what she is asked to agree to, answers, and takes back. It is about her account itself, whatever capacity she has
/// chosen; nobody agrees in another's name.
extension Consents {
    static let path = "/me/consents"
    private static let shown = 100

    var personRoutes: [Route] {
        let (path, person) = (Consents.path, Audience.signedIn(.substantial))
        return [
            .page(.get, path, for: person, "consents.list", "What I agreed to, and what I am asked", showList),
            .page(.get, "\(path)/requests/{request}", for: person, "consents.showRequest", "What I am asked to agree to") { try await requestPage($0) },
            .page(.post, "\(path)/requests/{request}/give", for: person, "consents.give", "Agree", giveOne),
            .page(.post, "\(path)/requests/{request}/decline", for: person, "consents.decline", "Do not agree", declineOne),
            .page(.get, "\(path)/{consent}", for: person, "consents.show", "One consent and its receipt", showOne),
            .page(.post, "\(path)/{consent}/revoke", for: person, "consents.revoke", "Take a consent back", revokeOne),
            .api(
                .get, "\(path)/{consent}/receipt", for: person, "consents.receipt", "The signed receipt of a consent (ISO/IEC TS 27560)",
                answers: [.init(200, "A JWS in compact form, and whether it was taken back", schema: ["type": "object", "required": ["receipt"]])], receipt),
            .api(
                .get, "/consents/keys", for: .everyone, "consents.keys", "The key by which receipts of consent are signed",
                answers: [.init(200, "A key set (RFC 7517)", schema: ["type": "object", "required": ["keys"]])]
            ) { [seal] _ in .json(seal.keySet) },
        ]
    }

    func text(_ key: String, _ call: Call, _ values: [String: String] = [:]) -> String { site.text("consents.\(key)", call, values) }

    private func showList(_ call: Call) async throws -> Reply {
        let (person, time) = (call.actor.id, call.time)
        let (requests, consents, told) = try await database.read { connection in
            (
                try store.requests(of: person, limit: Consents.shown, in: connection),
                try store.consents(of: person, limit: Consents.shown, in: connection), try bodiesTold(call, in: connection)
            )
        }
        let open = requests.filter { $0.isOpen(at: time) }
        let (given, past) = (consents.filter { $0.state(at: time) == "given" }, consents.filter { $0.state(at: time) != "given" })
        let reasons = Dictionary(requests.map { ($0.id, $0.reason) }) { first, _ in first }
        func row(_ consent: ConsentRecord) -> [String: Any] {
            let end = consent.grant.revokedAt ?? consent.grant.validUntil
            return [
                "href": call.page("\(Consents.path)/\(consent.grant.id)"), "body": bodyName(consent.grant.consumerID, call.language),
                "reason": reasons[consent.requestID] ?? "", "state": text("state.\(consent.state(at: time))", call),
                "until": Formats.date(IsraelTime.date(end), in: call.language),
            ]
        }
        var data: [String: Any] = [
            "open": open.map { request -> [String: Any] in
                [
                    "href": call.page("\(Consents.path)/requests/\(request.id)"), "body": bodyName(request.bodyID, call.language), "reason": request.reason,
                    "until": Formats.date(IsraelTime.date(request.openUntil), in: call.language),
                ]
            }, "hasOpen": !open.isEmpty, "given": given.map(row), "hasGiven": !given.isEmpty, "past": past.map(row), "hasPast": !past.isEmpty,
            "told": told.map { toldRow($0.reference, $0.what, call) }, "hasTold": !told.isEmpty,
        ]
        for done in ["declined", "revoked"] where call.query["done"] == done { data["done"] = text("done.\(done)", call) }
        return try site.page("consents/list", Site.Heading(text("title", call), back: call.page("/me")), data, for: call)
    }

    /// Bodies that hold a file on the person and are told what changes; by law, so there is nothing to agree to, and she sees it all the same.
    private func bodiesTold(_ call: Call, in connection: any Connection) throws -> [(reference: BodyReference, what: LocalizedText?)] {
        guard let number = try people.nationalNumber(of: call.actor.id, in: connection) else { return [] }
        let found = try references.references(to: number, on: IsraelTime.date(call.time), in: connection)
        guard !found.isEmpty else { return [] }
        let names: [String: LocalizedText] = try desk.operations(in: connection).reduce(into: [:]) { $0[$1.id] = $1.name }
        return found.map { ($0, names[$0.operation]) }
    }

    private func toldRow(_ reference: BodyReference, _ what: LocalizedText?, _ call: Call) -> [String: Any] {
        [
            "body": bodyName(reference.bodyID, call.language), "what": what?.text(in: call.language) ?? text("told.unknown", call),
            "since": Formats.date(IsraelTime.date(reference.since), in: call.language), "until": Formats.date(reference.until, in: call.language),
            "href": call.page("/data-transfers/\(PercentEncoding.encode(reference.agreementID))"),
        ]
    }

    private func requestPage(_ call: Call) async throws -> Reply {
        let id = try call.id("request")
        let found = try await database.read { connection -> (ConsentRequest, ConsentOffer?, ConsentRecord?)? in
            guard let request = try store.request(id, of: call.actor.id, in: connection) else { return nil }
            let offer = try desk.agreement(request.agreementID, in: connection).flatMap(ConsentOffer.init)
            return (request, offer, try store.consent(forRequest: id, in: connection))
        }
        guard let (request, offer, consent) = found else { throw Problem.notFound }
        if let consent { return .seeOther(call.page("\(Consents.path)/\(consent.grant.id)")) }
        guard request.isOpen(at: call.time) else { throw ConsentsError.over }
        guard let offer else { throw ConsentsError.agreementOver }
        var data = describe(offer, call)
        data.merge(
            [
                "base": call.page("\(Consents.path)/requests/\(id)"), "reason": request.reason, "version": "\(offer.version)",
                "validUntil": Formats.date(IsraelTime.date(offer.end(of: request.days, from: call.time)), in: call.language),
                "openUntil": Formats.date(IsraelTime.date(request.openUntil), in: call.language),
            ] as [String: Any]
        ) { $1 }
        return try site.page("consents/request", Site.Heading(text("request.title", call), back: call.page(Consents.path)), data, for: call)
    }

    /// What may be had by an agreement, in words.
    func describe(_ offer: ConsentOffer, _ call: Call) -> [String: Any] {
        // Several values of one kind are one line; each need is told once.
        var rows: [(label: String, needs: [String])] = []
        for field in offer.fields {
            let need = (try? LocalizedText(json: field.need))?.text(in: call.language) ?? ""
            if let index = rows.firstIndex(where: { $0.label == field.label }) {
                if !rows[index].needs.contains(need) { rows[index].needs.append(need) }
            } else {
                rows.append((field.label, [need]))
            }
        }
        let law = "audit.law.\(offer.law)"
        return [
            "consumer": bodyName(offer.consumerID, call.language), "provider": bodyName(offer.providerID, call.language),
            "fields": rows.map { ["name": fieldName($0.label, call), "need": $0.needs.joined(separator: " · ")] as [String: Any] },
            "retention": site.catalogue.text("consents.days", count: offer.retentionDays, in: call.language),
            "law": site.catalogue.has(law, in: call.language) ? site.text(law, call) : site.text("audit.law.other", call),
            "agreementHref": call.page("/data-transfers/\(PercentEncoding.encode(offer.agreementID))"),
        ]
    }

    func fieldName(_ label: String, _ call: Call) -> String {
        let key = "audit.field.\(label)"
        return site.catalogue.has(key, in: call.language) ? site.text(key, call) : site.text("audit.field.other", call)
    }

    private func giveOne(_ call: Call) async throws -> Reply {
        guard let version = try call.form()["version"].flatMap({ Int($0) }) else { throw Problem.unreadableRequest("version") }
        let id = try await give(try call.id("request"), version: version, language: call.language, by: call.actor)
        return .seeOther("\(call.page("\(Consents.path)/\(id)"))?done=given")
    }

    private func declineOne(_ call: Call) async throws -> Reply {
        try await decline(try call.id("request"), by: call.actor)
        return .seeOther("\(call.page(Consents.path))?done=declined")
    }

    private func revokeOne(_ call: Call) async throws -> Reply {
        try await revoke(try call.id("consent"), by: call.actor)
        return .seeOther("\(call.page(Consents.path))?done=revoked")
    }

    private func own(_ call: Call) async throws -> (ConsentRecord, ConsentRequest?) {
        let (id, person) = (try call.id("consent"), call.actor.id)
        let found = try await database.read { connection -> (ConsentRecord, ConsentRequest?)? in
            guard let consent = try store.consent(id, in: connection), consent.grant.subjectID == person else { return nil }
            return (consent, try store.request(consent.requestID, of: person, in: connection))
        }
        guard let found else { throw Problem.notFound }
        return found
    }

    /// The receipt in words, from the signed text and nothing else.
    private func showOne(_ call: Call) async throws -> Reply {
        let (consent, _) = try await own(call)
        let (grant, content, state) = (consent.grant, try seal.content(of: consent.receipt), consent.state(at: call.time))
        let purpose = content["purposes"]?.array?.first ?? .null
        let labels = (purpose["pii_information"]?.array ?? []).compactMap { $0["pii_type"]?.string }
        let parties = content["party_identification"]?.array ?? []
        func party(_ role: String) -> String {
            bodyName(parties.first { $0["party_role"]?.string == role }?["party_id"]?.string ?? "", call.language)
        }
        let days = Int(purpose["retention_period"]?.string?.dropFirst().dropLast() ?? "") ?? 0
        var data: [String: Any] = [
            "id": grant.id, "consumer": party("pii-controller"), "provider": party("pii-source"), "reason": purpose["purpose"]?.string ?? "",
            "fields": labels.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }.map { fieldName($0, call) },
            "givenAt": Formats.dateTime(grant.givenAt, in: call.language), "validUntil": Formats.date(IsraelTime.date(grant.validUntil), in: call.language),
            "retention": site.catalogue.text("consents.days", count: days, in: call.language), "state": text("state.\(state)", call),
            "isInForce": state == "given", "base": call.page("\(Consents.path)/\(grant.id)"), "receiptHref": "\(Consents.path)/\(grant.id)/receipt",
            "agreementHref": call.page("/data-transfers/\(PercentEncoding.encode(grant.agreementID))"),
        ]
        if let at = grant.revokedAt { data["revokedAt"] = Formats.dateTime(at, in: call.language) }
        if call.query["done"] == "given" { data["done"] = text("done.given", call) }
        return try site.page("consents/consent", Site.Heading(text("consent.title", call), back: call.page(Consents.path)), data, for: call)
    }

    private func receipt(_ call: Call) async throws -> Reply {
        let (consent, _) = try await own(call)
        return .json(.members(["receipt": .string(consent.receipt), "revocation": consent.revocationReceipt.map(JSON.string)]))
    }
}
