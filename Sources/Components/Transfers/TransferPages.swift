import Contracts
import Database
import HTTPTypes
import Language
import Values
import Web

/// The desk at which officers ask, judge and sign. All officers of a body see its requests; what one may do hangs on the role.
extension Transfers {
    static let path = "/desk/transfers"

    var deskRoutes: [Route] {
        let (path, officer) = (Transfers.path, Audience.officer(role: nil))
        let requester = Audience.officer(role: OfficerRole.dataRequester)
        return [
            .page(.get, path, for: officer, "transfers.list", "Requests for data of other bodies", showList),
            .page(.get, "\(path)/{request}", for: officer, "transfers.show", "One request for data") { try await requestPage(nil, $0) },
            .page(.post, "\(path)/{request}/hand-in", for: requester, "transfers.handIn", "Hand a request in", handInOne),
            .page(.post, "\(path)/{request}/withdraw", for: requester, "transfers.withdraw", "Withdraw a request", withdrawOne),
            .page(.post, "\(path)/{request}/opinion", for: officer, "transfers.judge", "Give an opinion on a request", judgeOne),
            .page(.post, "\(path)/{request}/comment", for: officer, "transfers.comment", "Comment on a request", commentOne),
            .page(.post, "\(path)/{request}/sign", for: .officer(role: OfficerRole.signatory), "transfers.sign", "Sign an agreement", signOne),
            .page(.get, "\(path)/agreements/{agreement}", for: officer, "transfers.showAgreement", "One agreement of my body") {
                try await agreementPage(nil, $0)
            },
            .page(.post, "\(path)/agreements/{agreement}/justify", for: requester, "transfers.justify", "Say that an agreement is still needed", justifyOne),
        ]
    }

    func text(_ key: String, _ call: Call, _ values: [String: String] = [:]) -> String { site.text("transfers.\(key)", call, values) }

    func bodyName(_ id: String, _ language: Language) -> String { bodies.body(id)?.name.text(in: language) ?? id }

    func lawName(_ reference: String, _ call: Call) -> String {
        let key = "audit.law.\(reference)"
        return site.catalogue.has(key, in: call.language) ? site.text(key, call) : reference
    }

    private func showList(_ call: Call) async throws -> Reply {
        let (actor, body, today) = (call.actor, call.actor.organisation ?? "", IsraelTime.date(call.time))
        let (requests, waiting, agreements, justified) = try await database.read { connection in
            let requests = try store.requests(with: body, limit: Transfers.requestsShown, in: connection)
            let waiting = try requests.filter { request in
                let (acts, signed) = (try store.acts(of: request.id, in: connection), try store.signatures(under: request.id, in: connection))
                return request.opinion(of: actor, acts) != nil || request.maySign(actor, signed: Set(signed.keys)) || request.mayEdit(actor)
            }
            return (requests, Set(waiting.map(\.id)), try desk.agreements(of: body, in: connection), try store.justifications(in: connection))
        }
        func row(_ request: TransferRequest) -> [String: Any] {
            [
                "href": call.page("\(Transfers.path)/\(request.id)"), "title": request.title, "state": text("state.\(request.state.rawValue)", call),
                "consumer": bodyName(request.consumerID, call.language),
                "provider": request.providerID.isEmpty ? "–" : bodyName(request.providerID, call.language),
                "changed": Formats.date(IsraelTime.date(request.changedAt), in: call.language),
            ]
        }
        let mine = requests.filter { waiting.contains($0.id) }.map(row)
        let others = requests.filter { !waiting.contains($0.id) }.map(row)
        let held = agreements.map { agreement -> [String: Any] in
            let due = Transfers.due(agreement, justifiedAt: justified[agreement.id], on: today)
            return [
                "href": call.page("\(Transfers.path)/agreements/\(agreement.id)"), "id": agreement.id, "status": text("status.\(agreement.status)", call),
                "other": bodyName(agreement.consumerID == body ? agreement.providerID : agreement.consumerID, call.language),
                "side": text(agreement.consumerID == body ? "side.consumer" : "side.provider", call), "isDue": !due.isEmpty,
            ]
        }
        var data: [String: Any] = [
            "body": bodyName(body, call.language), "mine": mine, "hasMine": !mine.isEmpty, "others": others, "hasOthers": !others.isEmpty,
            "agreements": held.prefix(100).map(\.self), "hasAgreements": !held.isEmpty, "count": held.count,
            "mayAsk": actor.roles.contains(OfficerRole.dataRequester), "isPrivacyOfficer": actor.roles.contains(OfficerRole.privacyOfficer),
        ]
        if requests.isEmpty { data["isEmpty"] = true }
        return try site.page("transfers/list", Site.Heading(text("title", call)), data, for: call)
    }

    // MARK: One request

    func requestPage(_ fault: String?, _ call: Call) async throws -> Reply {
        let (id, actor) = (try call.id("request"), call.actor)
        let found = try await database.read { connection -> (TransferRequest, [TransferAct], [String: String], [ExchangeOperation])? in
            guard let request = try store.request(id, with: actor.organisation ?? "", in: connection) else { return nil }
            return (
                request, try store.acts(of: id, in: connection), try store.signatures(under: id, in: connection), try desk.operations(in: connection)
            )
        }
        guard let (request, acts, signed, operations) = found else { throw Problem.notFound }
        let terms = request.terms
        var data = describe(terms, operations, call)
        data.merge(
            [
                "title": request.title, "state": text("state.\(request.state.rawValue)", call), "consumer": bodyName(request.consumerID, call.language),
                "provider": request.providerID.isEmpty ? "–" : bodyName(request.providerID, call.language), "agreementID": request.agreementID,
                "base": call.page("\(Transfers.path)/\(id)"), "acts": acts.reversed().map { self.row($0, call) },
                "stages": stages(request, acts, signed, call), "mayEdit": request.mayEdit(actor),
                "mayWithdraw": request.consumerID == actor.organisation && actor.roles.contains(OfficerRole.dataRequester) && !request.state.isOver,
                "maySign": request.maySign(actor, signed: Set(signed.keys)),
            ] as [String: Any]
        ) { $1 }
        if request.mayEdit(actor) {
            let faults = terms.faults(operations, on: IsraelTime.date(call.time))
            data["faults"] = faults.map { text("fault.\($0)", call) }
            data[faults.isEmpty ? "isComplete" : "isIncomplete"] = true
        }
        if let opinion = request.opinion(of: actor, acts) {
            data["opinion"] = text("opinion.\(opinion.rawValue)", call)
            data["mayRefuse"] = opinion == .committee
        }
        if let content = request.final { data["final"] = content.text }
        if request.state == .live { data["agreementHref"] = call.page("/data-transfers/\(request.agreementID)") }
        for done in ["handed-in", "judged", "commented", "signed", "live", "saved", "withdrawn"] where call.query["done"] == done {
            data["done"] = text("done.\(done)", call)
        }
        if let fault {
            data["noteError"] = fault
            data["errors"] = [["href": "#note", "text": fault]]
        }
        let heading = Site.Heading(request.title, back: call.page(Transfers.path), isError: fault != nil)
        return try site.page("transfers/request", heading, data, for: call, status: fault == nil ? 200 : 422)
    }

    /// The way it goes, with who has said what about this edition.
    private func stages(_ request: TransferRequest, _ acts: [TransferAct], _ signed: [String: String], _ call: Call) -> [[String: Any]] {
        func stage(_ name: String, _ body: String, isDone: Bool, isNow: Bool) -> [String: Any] {
            [
                "text": name, "body": body.isEmpty ? "–" : bodyName(body, call.language), "isDone": isDone, "isCurrent": !isDone && isNow,
                "isNext": !isDone && !isNow,
            ]
        }
        let opinions = Opinion.allCases.map { opinion in
            let isDone = acts.contains { $0.edition == request.edition && $0.what == "\(opinion.rawValue)-approve" }
            return stage(
                text("opinion.\(opinion.rawValue)", call), opinion.bodyID(of: request), isDone: isDone && request.edition > 0,
                isNow: request.state == opinion.state)
        }
        let signatures = [request.consumerID, request.providerID].map { body in
            stage(text("signature", call), body, isDone: signed[body] != nil, isNow: request.state == .signing)
        }
        return opinions + signatures + [stage(text("state.live", call), request.consumerID, isDone: request.state == .live, isNow: false)]
    }

    private func row(_ act: TransferAct, _ call: Call) -> [String: Any] {
        var row: [String: Any] = [
            "what": text("act.\(act.what)", call), "who": act.officerName, "body": bodyName(act.bodyID, call.language),
            "when": Formats.dateTime(act.at, in: call.language),
        ]
        if !act.note.isEmpty { row["note"] = act.note }
        return row
    }

    /// What is asked for, in words.
    func describe(_ terms: TransferTerms, _ operations: [ExchangeOperation], _ call: Call) -> [String: Any] {
        let offered = operations.filter { terms.operations.contains($0.id) }
        let known = Dictionary(offered.flatMap(\.fields).map { ($0.pointer, $0) }) { first, _ in first }
        return [
            "reason": terms.reason, "purpose": terms.purpose, "law": terms.law.isEmpty ? "–" : lawName(terms.law, call), "population": terms.population,
            "operations": offered.map { ["id": $0.id, "name": $0.name.text(in: call.language)] as [String: Any] },
            "bases": terms.bases.map { text("basis.\($0)", call) }.joined(separator: ", "),
            "actors": terms.actors.map { text("actor.\($0)", call) }.joined(separator: ", "), "rate": "\(terms.ratePerMinute)",
            "retention": site.catalogue.text("transfers.days", count: terms.retentionDays, in: call.language), "visibility": visibility(terms, call),
            "years": site.catalogue.text("transfers.years", count: terms.years, in: call.language), "hasFields": !terms.fields.isEmpty,
            "fields": terms.fields.map { field -> [String: Any] in
                let fieldClass = known[field.pointer]?.fieldClass
                return [
                    "pointer": field.pointer, "need": field.need.isEmpty ? "–" : field.need,
                    "class": fieldClass.map { text("class.\($0.rawValue)", call) } ?? text("class.none", call), "isSensitive": fieldClass == .sensitive,
                    "law": lawName(field.law.isEmpty ? terms.law : field.law, call),
                ]
            },
        ]
    }

    /// When people see the looks, in words.
    func visibility(_ terms: TransferTerms, _ call: Call) -> String {
        switch terms.visibility {
        case "delayed": text("visibility.after", call, ["days": site.catalogue.text("transfers.days", count: terms.visibilityDays, in: call.language)])
        case "hidden":
            text(
                "visibility.hidden-until", call,
                [
                    "date": CalendarDate(terms.visibilityUntil).map { Formats.date($0, in: call.language) } ?? "–",
                    "law": terms.visibilityLaw.isEmpty ? "–" : lawName(terms.visibilityLaw, call),
                ])
        default: text("visibility.\(terms.visibility)", call)
        }
    }

    private func handInOne(_ call: Call) async throws -> Reply {
        try await handIn(try call.id("request"), by: call.actor)
        return try done("handed-in", call)
    }

    private func withdrawOne(_ call: Call) async throws -> Reply {
        try await withdraw(try call.id("request"), by: call.actor)
        return try done("withdrawn", call)
    }

    private func judgeOne(_ call: Call) async throws -> Reply {
        let (id, fields) = (try call.id("request"), try call.form())
        guard let verdict = Verdict(rawValue: fields["verdict"] ?? "") else { return try await requestPage(text("verdict-missing", call), call) }
        do { try await judge(id, verdict, note: Transfers.note(fields), by: call.actor) } catch TransfersError.noteMissing {
            return try await requestPage(text("problem.note-missing.detail", call), call)
        }
        return try done("judged", call)
    }

    private func commentOne(_ call: Call) async throws -> Reply {
        do { try await comment(try call.id("request"), Transfers.note(try call.form()), by: call.actor) } catch TransfersError.noteMissing {
            return try await requestPage(text("problem.note-missing.detail", call), call)
        }
        return try done("commented", call)
    }

    private func signOne(_ call: Call) async throws -> Reply {
        try done(try await sign(try call.id("request"), by: call.actor) ? "live" : "signed", call)
    }

    func done(_ what: String, _ call: Call) throws -> Reply { .seeOther("\(call.page("\(Transfers.path)/\(try call.id("request"))"))?done=\(what)") }

    static func note(_ fields: Fields) -> String { String((fields.trimmed("note") ?? "").prefix(4_000)) }

    // MARK: One agreement

    func agreementPage(_ fault: String?, _ call: Call) async throws -> Reply {
        let (id, body) = (call.parameter("agreement"), call.actor.organisation ?? "")
        let (from, before) = (call.time.adding(days: -Transfers.daysWatched), call.time)
        let found = try await database.read { connection -> (AgreementState, Instant?, [AgreementUse])? in
            guard let agreement = try desk.agreement(id, in: connection), [agreement.consumerID, agreement.providerID].contains(body) else { return nil }
            let use = try monitor.use(of: id, from: from, before: before, in: connection)
            return (agreement, try store.justifications(in: connection)[id], use)
        }
        guard let (agreement, justifiedAt, use) = found else { throw Problem.notFound }
        let due = Transfers.due(agreement, justifiedAt: justifiedAt, on: IsraelTime.date(call.time))
        let isRequester = agreement.consumerID == body && call.actor.roles.contains(OfficerRole.dataRequester)
        var data: [String: Any] = describe(agreement, call)
        data["base"] = call.page("\(Transfers.path)/agreements/\(id)")
        data["lastUsed"] = agreement.lastUsedAt.map { Formats.dateTime($0, in: call.language) } ?? text("never-used", call)
        data["due"] = due.map { text("due.\($0)", call) }
        data["isRequester"] = isRequester
        data["isDue"] = !due.isEmpty
        data["renewHref"] = call.page("\(Transfers.path)/new") + "?from=\(PercentEncoding.encode(id))&renew=1"
        if let justifiedAt { data["justified"] = Formats.date(IsraelTime.date(justifiedAt), in: call.language) }
        (data["use"], data["isUsed"]) = (use.map { row($0, call) }, !use.isEmpty)
        if call.query["done"] != nil { data["done"] = text("done.justified", call) }
        if let fault {
            data["noteError"] = fault
            data["errors"] = [["href": "#note", "text": fault]]
        }
        return try site.page(
            "transfers/own-agreement", Site.Heading(id, back: call.page(Transfers.path), isError: fault != nil), data, for: call,
            status: fault == nil ? 200 : 422)
    }

    /// How many days back a body sees what went through.
    private static let daysWatched: Int64 = 14

    private func row(_ use: AgreementUse, _ call: Call) -> [String: Any] {
        func number(_ value: Int) -> String { Formats.number(Int64(value), in: call.language) }
        return [
            "day": Formats.date(use.day, in: call.language), "answered": number(use.answered), "refused": number(use.refused), "failed": number(use.failed),
            "dropped": number(use.dropped),
            "took": use.microseconds.map { Formats.number(Double($0) / 1_000, decimals: 1, in: call.language) } ?? "–",
        ]
    }

    private func justifyOne(_ call: Call) async throws -> Reply {
        let id = call.parameter("agreement")
        do { try await justify(id, note: Transfers.note(try call.form()), by: call.actor) } catch TransfersError.noteMissing {
            return try await agreementPage(text("justify-missing", call), call)
        }
        return .seeOther("\(call.page("\(Transfers.path)/agreements/\(id)"))?done=1")
    }
}
