import Contracts
import Database
import HTTPTypes
import Language
import Trust
import Values
import Web

/// Where officers of a body ask for consents and ask registers by them.
extension Consents {
    static let deskPath = "/desk/consents"
    private static let requestsShown = 100

    var deskRoutes: [Route] {
        let (path, officer) = (Consents.deskPath, Audience.officer(role: OfficerRole.caseOfficer))
        return [
            .page(.get, path, for: officer, "consents.desk", "Consents that my body asked for", showDesk),
            .page(.get, "\(path)/new", for: officer, "consents.showAsk", "Ask a person for her consent") { try await askPage([:], [], $0) },
            .page(.post, "\(path)/new", for: officer, "consents.ask", "Ask a person for her consent", rate: .guarded, askOne),
            .page(.get, "\(path)/{request}", for: officer, "consents.showAsked", "One request for consent") { try await askedPage(nil, $0) },
            .page(.post, "\(path)/{request}/withdraw", for: officer, "consents.withdraw", "Take a request for consent back", withdrawOne),
            .page(.post, "\(path)/{request}/look", for: officer, "consents.look", "Ask the register by a consent", rate: .guarded, lookOne),
        ]
    }

    private func showDesk(_ call: Call) async throws -> Reply {
        let (body, time) = (call.actor.organisation ?? "", call.time)
        let (requests, states, offers) = try await database.read { connection in
            let requests = try store.requests(ofBody: body, limit: Consents.requestsShown, in: connection)
            let states = try requests.map { try state(of: $0, at: time, in: connection) }
            return (requests, states, try self.offers(of: body, in: connection))
        }
        let rows = zip(requests, states).map { request, state -> [String: Any] in
            [
                "href": call.page("\(Consents.deskPath)/\(request.id)"), "reason": request.reason, "state": text("state.\(state)", call),
                "isGiven": state == "given", "asked": Formats.date(IsraelTime.date(request.askedAt), in: call.language),
            ]
        }
        let data: [String: Any] = [
            "body": bodyName(body, call.language), "requests": rows, "hasRequests": !rows.isEmpty, "mayAsk": !offers.isEmpty,
            "newHref": call.page("\(Consents.deskPath)/new"), "transfersHref": call.page("/desk/transfers"),
        ]
        return try site.page("consents/desk", Site.Heading(text("desk.title", call)), data, for: call)
    }

    /// What has become of it: of the consent when there is one.
    private func state(of request: ConsentRequest, at time: Instant, in connection: any Connection) throws -> String {
        if request.state == .given { return try store.consent(forRequest: request.id, in: connection)?.state(at: time) ?? "given" }
        return request.state == .open && !request.isOpen(at: time) ? "lapsed" : request.state.rawValue
    }

    // MARK: Asking

    private func askPage(_ typed: [String: Any], _ errors: [[String: String]], _ call: Call) async throws -> Reply {
        let offers = try await database.read { try self.offers(of: call.actor.organisation ?? "", in: $0) }
        var data = typed
        data["offers"] = offers.flatMap { offer in
            offer.purposes.map { purpose -> [String: Any] in
                let names = offer.fields.map(\.label).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }.map { fieldName($0, call) }
                let value = "\(offer.agreementID) \(purpose)"
                return [
                    "value": value, "id": PercentEncoding.encode(value).replacing("%", with: "_"), "isChosen": value == typed["offer"] as? String,
                    "name": bodyName(offer.providerID, call.language), "hint": names.joined(separator: " · "),
                ]
            }
        }
        data["hasOffers"] = !offers.isEmpty
        data["days"] = ConsentRequest.durations.map { days -> [String: Any] in
            ["value": "\(days)", "name": site.catalogue.text("consents.days", count: days, in: call.language), "isChosen": "\(days)" == typed["day"] as? String]
        }
        data["transfersHref"] = call.page("/desk/transfers")
        if !errors.isEmpty { data["errors"] = errors }
        let heading = Site.Heading(text("ask.title", call), back: call.page(Consents.deskPath), isError: !errors.isEmpty)
        return try site.page("consents/ask", heading, data, for: call, status: errors.isEmpty ? 200 : 422)
    }

    private func askOne(_ call: Call) async throws -> Reply {
        let fields = try call.form()
        let (number, reason, chosen, day) = (fields.trimmed("number") ?? "", fields.trimmed("reason") ?? "", fields["offer"] ?? "", fields["day"] ?? "")
        var typed: [String: Any] = ["number": String(number.prefix(20)), "reason": String(reason.prefix(1_000)), "offer": chosen, "day": day]
        var errors: [[String: String]] = []
        func fault(_ field: String, _ key: String, anchor: String? = nil) {
            typed["\(field)Error"] = text(key, call)
            errors.append(["href": "#\(anchor ?? field)", "text": text(key, call)])
        }
        let parts = chosen.split(separator: " ").map(String.init)
        if parts.count != 2 { fault("offer", "ask.offer-missing", anchor: "offers") }
        let digits = NationalNumber(number)?.digits
        if digits == nil { fault("number", "ask.number-wrong") }
        if !ConsentRequest.reasonLengths.contains(reason.count) { fault("reason", "ask.reason-wrong") }
        let days = Int(day).flatMap { ConsentRequest.durations.contains($0) ? $0 : nil }
        if days == nil { fault("day", "ask.days-missing", anchor: "day-\(ConsentRequest.durations[0])") }
        guard let digits, let days, errors.isEmpty else { return try await askPage(typed, errors, call) }
        do {
            let id = try await ask(digits, agreementID: parts[0], purpose: parts[1], days: days, reason: reason, by: call.actor)
            return .seeOther("\(call.page("\(Consents.deskPath)/\(id)"))?done=asked")
        } catch ConsentsError.unknownPerson {
            fault("number", "problem.unknown-person.detail")
            return try await askPage(typed, errors, call)
        }
    }

    // MARK: One request

    /// - Parameter answer: what the register said, once it was asked.
    private func askedPage(_ answer: [String: Any]?, _ call: Call) async throws -> Reply {
        let (id, officer, time) = (try call.id("request"), call.actor, call.time)
        let found = try await database.write { connection -> (ConsentRequest, String, ConsentOffer?, [ExchangeOperation])? in
            guard let request = try store.request(id, ofBody: officer.organisation ?? "", in: connection) else { return nil }
            let offer = try desk.agreement(request.agreementID, in: connection).flatMap(ConsentOffer.init)
            try record("view", request.subjectID, ["name"], .request(id), by: officer, at: time, in: connection)
            return (request, try state(of: request, at: time, in: connection), offer, try desk.operations(in: connection))
        }
        guard let (request, state, offer, operations) = found else { throw Problem.notFound }
        var data = offer.map { describe($0, call) } ?? [:]
        data.merge(
            [
                "name": request.personName, "reason": request.reason, "state": text("state.\(state)", call), "isGiven": state == "given",
                "isOpen": state == "open", "base": call.page("\(Consents.deskPath)/\(id)"), "hasOffer": offer != nil,
                "asked": Formats.dateTime(request.askedAt, in: call.language),
                "openUntil": Formats.date(IsraelTime.date(request.openUntil), in: call.language),
                "operations": (offer?.operations ?? []).map { id -> [String: Any] in
                    ["id": id, "name": operations.first { $0.id == id }?.name.text(in: call.language) ?? id]
                },
            ] as [String: Any]
        ) { $1 }
        for done in ["asked", "withdrawn"] where call.query["done"] == done { data["done"] = text("done.\(done)", call) }
        if let answer { data.merge(answer) { $1 } }
        return try site.page("consents/asked", Site.Heading(text("asked.title", call), back: call.page(Consents.deskPath)), data, for: call)
    }

    private func withdrawOne(_ call: Call) async throws -> Reply {
        let id = try call.id("request")
        try await withdraw(id, by: call.actor)
        return .seeOther("\(call.page("\(Consents.deskPath)/\(id)"))?done=withdrawn")
    }

    /// The answer is on the page that the question leads to, and kept nowhere.
    private func lookOne(_ call: Call) async throws -> Reply {
        let (id, operation, body) = (try call.id("request"), try call.form()["operation"] ?? "", call.actor.organisation ?? "")
        let found = try await database.read { connection -> (ConsentRequest, ConsentOffer?)? in
            guard let request = try store.request(id, ofBody: body, in: connection) else { return nil }
            return (request, try desk.agreement(request.agreementID, in: connection).flatMap(ConsentOffer.init))
        }
        guard let (request, offer) = found else { throw Problem.notFound }
        switch try await look(request, operation, by: call.actor) {
        case .success(.none): return try await askedPage(["fault": text("look.unknown", call)], call)
        case .success(.some(let value)): return try await askedPage(["answer": rows(of: value, offer, call), "hasAnswer": true], call)
        case .failure(.notCovered): return try await askedPage(["fault": text("look.not-covered", call)], call)
        case .failure(.unavailable), .failure(.untrusted): return try await askedPage(["fault": text("look.unavailable", call)], call)
        }
    }

    private func rows(of value: JSON, _ offer: ConsentOffer?, _ call: Call) -> [[String: Any]] {
        (offer?.fields ?? []).compactMap { field in
            guard let pointer = JSONPointer(field.pointer) else { return nil }
            let found = Consents.values(in: value, pointer.tokens[...]).map { shown($0, call) }
            guard !found.isEmpty else { return nil }
            return ["name": fieldName(field.label, call), "value": found.joined(separator: ", ")]
        }
    }

    /// Everything at a place; `*` is every item of a list.
    static func values(in value: JSON, _ tokens: ArraySlice<String>) -> [JSON] {
        guard let token = tokens.first else { return value == .null ? [] : value.array ?? [value] }
        if token == "*", let items = value.array { return items.flatMap { values(in: $0, tokens.dropFirst()) } }
        return value[token].map { values(in: $0, tokens.dropFirst()) } ?? []
    }

    private func shown(_ value: JSON, _ call: Call) -> String {
        if let flag = value.bool { return site.text(flag ? "web.yes" : "web.no", call) }
        guard let text = value.string else { return value.text }
        return CalendarDate(text).map { Formats.date($0, in: call.language) } ?? text
    }
}
