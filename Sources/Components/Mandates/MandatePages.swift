import Contracts
import Database
import HTTPTypes
import Language
import Values
public import Web

/// Where a person sees who acts for her and for whom she acts. It is about her account itself, whatever capacity she has chosen.
extension MandateHolding {
    static let path = "/me/mandates"
    /// How long a mandate can be given for, as its form offers it.
    static let durations: [(name: String, days: Int)] = [("month", 30), ("year", 365), ("five-years", 1_826)]

    public var routes: [Route] {
        let audience = Audience.signedIn(.substantial)
        let base = MandateHolding.path
        return [
            .page(.get, base, for: audience, "mandates.list", "Who acts for me, and for whom I act", showList),
            .page(.get, "\(base)/new", for: audience, "mandates.showOffer", "Let somebody act for me") { try await offerPage([:], [], $0) },
            .page(.post, "\(base)/new", for: audience, "mandates.offer", "Offer a mandate", offer),
            .page(.post, "\(base)/children", for: audience, "mandates.children", "Ask the population register for my children", rate: .guarded, findChildren),
            .page(.post, "\(base)/{mandate}/accept", for: audience, "mandates.accept", "Accept a mandate") { try await answerOne($0, isAccepted: true) },
            .page(.post, "\(base)/{mandate}/decline", for: audience, "mandates.decline", "Decline a mandate") { try await answerOne($0, isAccepted: false) },
            .page(.post, "\(base)/{mandate}/end", for: audience, "mandates.end", "End a mandate, or take an offer back", endOne),
        ]
    }

    private func showList(_ call: Call) async throws -> Reply {
        let (actor, time) = (call.actor, call.time)
        let (own, offers, held) = try await database.read { connection in
            (
                try store.records(of: actor.id, in: connection),
                try store.records(heldBy: actor.id, .offered, in: connection).filter { $0.openUntil > time },
                try store.records(heldBy: actor.id, .live, in: connection)
            )
        }
        let today = IsraelTime.date(time)
        func isOpen(_ record: MandateRecord) -> Bool {
            (record.state == .live && record.terms.until >= today) || (record.state == .offered && record.openUntil > time)
        }
        let (given, past) = (own.filter(isOpen), own.filter { !isOpen($0) }.prefix(20))
        let live = held.filter(isOpen)
        var data: [String: Any] = [
            "given": given.map { row($0, call) }, "hasGiven": !given.isEmpty, "offers": offers.map { row($0, call) }, "hasOffers": !offers.isEmpty,
            "held": live.map { row($0, call) }, "hasHeld": !live.isEmpty, "past": past.map { row($0, call) }, "hasPast": !past.isEmpty,
            "base": call.page(MandateHolding.path),
        ]
        for done in ["offered", "accepted", "declined", "ended", "children", "no-children"] where call.query["done"] == done {
            data["done"] = text("done.\(done)", call)
        }
        return try site.page("mandates/list", Site.Heading(text("title", call), back: call.page("/me")), data, for: call)
    }

    private func row(_ record: MandateRecord, _ call: Call) -> [String: Any] {
        let isGiver = record.principalID == call.actor.id
        // Whether the number belongs to anybody is not told before it was accepted.
        let offered = text("offered-person", call, ["end": record.numberEnd ?? ""])
        let name = isGiver ? record.attorneyName ?? offered : record.principalName
        return [
            "name": name, "kind": text("kind.\(record.kind.rawValue)", call), "state": text("state.\(record.state.rawValue)", call),
            "isOffered": record.state == .offered, "scope": scope(record.terms, call), "power": text(record.terms.mayAct ? "power.act" : "power.follow", call),
            "until": text("until", call, ["date": Formats.date(record.terms.until, in: call.language)]),
            "openUntil": text("open-until", call, ["date": Formats.date(IsraelTime.date(record.openUntil), in: call.language)]),
            "base": call.page("\(MandateHolding.path)/\(record.id)"), "chooseHref": "\(call.page("/capacity"))",
        ]
    }

    private func scope(_ terms: MandateTerms, _ call: Call) -> String {
        guard let chosen = terms.services else { return text("scope.all", call) }
        return chosen.compactMap { services.service($0)?.name.text(in: call.language) }.sorted().joined(separator: " · ")
    }

    // MARK: Offering

    private func offerPage(_ typed: [String: Any], _ errors: [[String: String]], _ call: Call) async throws -> Reply {
        let chosen = typed["services"] as? Set<String> ?? []
        var data = typed
        data["services"] = personalServices.compactMap { services.service($0) }.map { service -> [String: Any] in
            ["value": service.id, "name": service.name.text(in: call.language), "isChosen": chosen.contains(service.id)]
        }
        for (field, values) in [("scope", ["all", "some"]), ("power", ["act", "follow"]), ("duration", MandateHolding.durations.map(\.name))] {
            data["\(field)s"] = values.map { value -> [String: Any] in
                var row: [String: Any] = ["value": value, "name": text("\(field).\(value)", call), "isChosen": value == typed[field] as? String]
                if field == "power" { row["hint"] = text("power.\(value)-hint", call) }
                return row
            }
        }
        if !errors.isEmpty { data["errors"] = errors }
        return try site.page(
            "mandates/offer", Site.Heading(text("offer.title", call), back: call.page(MandateHolding.path), isError: !errors.isEmpty), data, for: call,
            status: errors.isEmpty ? 200 : 422)
    }

    private func offer(_ call: Call) async throws -> Reply {
        let fields = try call.form()
        let number = fields.trimmed("number") ?? ""
        let chosen = Set(fields.all("services")).intersection(personalServices)
        var typed: [String: Any] = ["number": String(number.prefix(20)), "services": chosen]
        var errors: [[String: String]] = []
        func fault(_ field: String, _ key: String, id: String? = nil) {
            typed["\(field)Error"] = text(key, call)
            errors.append(["href": "#\(id ?? field)", "text": text(key, call)])
        }
        for field in ["scope", "power", "duration"] { typed[field] = fields[field] ?? "" }
        let digits = NationalNumber(number)?.digits
        if digits == nil { fault("number", "offer.number-wrong") }
        let power = fields["power"] ?? ""
        if power != "act", power != "follow" { fault("power", "offer.power-missing", id: "power-act") }
        let (isAll, isSome) = (fields["scope"] == "all", fields["scope"] == "some")
        if !isAll, !isSome { fault("scope", "offer.scope-missing", id: "scope-all") }
        if isSome, chosen.isEmpty { fault("services", "offer.services-missing", id: "service-\(personalServices.first ?? "")") }
        let duration = MandateHolding.durations.first { $0.name == fields["duration"] }
        if duration == nil { fault("duration", "offer.duration-missing", id: "duration-month") }
        guard let digits, let duration, errors.isEmpty else { return try await offerPage(typed, errors, call) }
        let terms = MandateTerms(
            services: isAll ? nil : chosen, mayAct: power == "act", until: IsraelTime.date(call.time).adding(days: duration.days))
        do {
            try await offer(to: digits, terms, by: call.actor)
        } catch MandatesError.yourself {
            fault("number", "problem.yourself.detail")
            return try await offerPage(typed, errors, call)
        }
        return done("offered", call)
    }

    private func answerOne(_ call: Call, isAccepted: Bool) async throws -> Reply {
        try await answer(try call.id("mandate"), isAccepted: isAccepted, by: call.actor)
        return done(isAccepted ? "accepted" : "declined", call)
    }

    private func endOne(_ call: Call) async throws -> Reply {
        try await end(try call.id("mandate"), by: call.actor)
        return done("ended", call)
    }

    private func findChildren(_ call: Call) async throws -> Reply {
        done(try await findChildren(of: call.actor) ? "children" : "no-children", call)
    }

    private func done(_ what: String, _ call: Call) -> Reply { .seeOther("\(call.page(MandateHolding.path))?done=\(what)") }

    private func text(_ key: String, _ call: Call, _ values: [String: String] = [:]) -> String { site.text("mandates.\(key)", call, values) }
}
