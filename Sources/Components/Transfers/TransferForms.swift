import Contracts
import Database
import HTTPTypes
import Language
import Values
import Web

/// The pages on which a request is written: what and why, then field by field.
extension Transfers {
    var formRoutes: [Route] {
        let (path, requester) = (Transfers.path, Audience.officer(role: OfficerRole.dataRequester))
        return [
            .page(.get, "\(path)/new", for: requester, "transfers.showNew", "Ask for data of another body") { try await newPage([:], nil, $0) },
            .page(.post, "\(path)/new", for: requester, "transfers.create", "Begin a request", createOne),
            .page(.get, "\(path)/{request}/edit", for: requester, "transfers.showEdit", "What is asked for, and why") { try await editPage($0) },
            .page(.post, "\(path)/{request}/edit", for: requester, "transfers.edit", "Keep what is asked for", editOne),
            .page(.get, "\(path)/{request}/fields", for: requester, "transfers.showFields", "Which fields, each with its need") { try await fieldsPage($0) },
            .page(.post, "\(path)/{request}/fields", for: requester, "transfers.editFields", "Keep the fields", bodyLimit: 256 * 1024, editFields),
        ]
    }

    private func newPage(_ typed: [String: Any], _ fault: String?, _ call: Call) async throws -> Reply {
        var data = typed
        let body = call.actor.organisation ?? ""
        let (from, agreements) = (call.query["from"] ?? "", try await database.read { try desk.agreements(of: nil, in: $0) })
        if agreements.contains(where: { $0.id == from }) {
            data["from"] = from
            data["isRenewal"] = call.query["renew"] != nil && agreements.contains { $0.id == from && $0.consumerID == body }
        } else {
            // Of agreements that stand for many municipalities one is a model for all.
            var seen: Set<String> = []
            data["models"] = agreements.filter { $0.providerID != body && seen.insert(String($0.id.prefix { $0 != "." })).inserted }.map {
                ["id": $0.id, "name": "\(String($0.id.prefix { $0 != "." })) · \(bodyName($0.providerID, call.language))"] as [String: Any]
            }
        }
        if let fault {
            data["titleError"] = fault
            data["errors"] = [["href": "#title", "text": fault]]
        }
        let heading = Site.Heading(text("new.title", call), back: call.page(Transfers.path), isError: fault != nil)
        return try site.page("transfers/new", heading, data, for: call, status: fault == nil ? 200 : 422)
    }

    private func createOne(_ call: Call) async throws -> Reply {
        let fields = try call.form()
        let title = fields.trimmed("title") ?? ""
        guard (3...200).contains(title.count) else { return try await newPage(["title": String(title.prefix(200))], text("new.title-missing", call), call) }
        let from = fields.trimmed("from").flatMap { $0.isEmpty ? nil : $0 }
        let id = try await create(title: title, from: from, isRenewal: fields["renew"] == "1", by: call.actor)
        return .seeOther(call.page("\(Transfers.path)/\(id)/edit"))
    }

    private func draft(_ call: Call) async throws -> (TransferRequest, [ExchangeOperation]) {
        let (id, body) = (try call.id("request"), call.actor.organisation ?? "")
        let found = try await database.read { connection in
            (try store.request(id, with: body, in: connection), try desk.operations(in: connection))
        }
        guard let request = found.0 else { throw Problem.notFound }
        guard request.mayEdit(call.actor) else { throw Problem.notAllowed }
        return (request, found.1.filter { $0.ownerID != body })
    }

    private func editPage(_ call: Call) async throws -> Reply {
        let (request, operations) = try await draft(call)
        let terms = request.terms
        func choices(_ all: [String], _ chosen: [String], _ prefix: String) -> [[String: Any]] {
            all.map { ["value": $0, "name": text("\(prefix).\($0)", call), "isChosen": chosen.contains($0)] }
        }
        let owners = Dictionary(grouping: operations, by: \.ownerID).sorted { bodyName($0.key, call.language) < bodyName($1.key, call.language) }
        let data: [String: Any] = [
            "title": request.title, "base": call.page("\(Transfers.path)/\(request.id)"), "reason": terms.reason, "purpose": terms.purpose,
            "population": terms.population, "rate": "\(terms.ratePerMinute)", "retention": "\(terms.retentionDays)", "years": "\(terms.years)",
            "laws": laws.map { ["value": $0, "name": lawName($0, call), "isChosen": $0 == terms.law] as [String: Any] },
            "visibilities": choices(TransferTerms.allVisibilities, [terms.visibility], "visibility"),
            "visibilityDays": terms.visibilityDays == 0 ? "" : "\(terms.visibilityDays)", "visibilityUntil": terms.visibilityUntil,
            "visibilityLaws": laws.map { ["value": $0, "name": lawName($0, call), "isChosen": $0 == terms.visibilityLaw] as [String: Any] },
            "bases": choices(TransferTerms.allBases, terms.bases, "basis"), "actors": choices(TransferTerms.allActors, terms.actors, "actor"),
            "owners": owners.map { owner, offered -> [String: Any] in
                [
                    "name": bodyName(owner, call.language),
                    "operations": offered.map {
                        ["id": $0.id, "name": $0.name.text(in: call.language), "isChosen": terms.operations.contains($0.id)] as [String: Any]
                    },
                ]
            },
        ]
        return try site.page("transfers/edit", Site.Heading(text("edit.title", call), back: call.page("\(Transfers.path)/\(request.id)")), data, for: call)
    }

    private func editOne(_ call: Call) async throws -> Reply {
        let (id, fields) = (try call.id("request"), try call.form())
        func limited(_ name: String, _ limit: Int) -> String { String((fields.trimmed(name) ?? "").prefix(limit)) }
        func number(_ name: String) -> Int { Int(fields.trimmed(name) ?? "") ?? 0 }
        let (title, reason, purpose) = (limited("title", 200), limited("reason", 4_000), limited("purpose", 60).lowercased())
        let (law, population) = (laws.contains(fields["law"] ?? "") ? fields["law"] ?? "" : "", limited("population", 500))
        let (bases, actors) = (fields.all("bases").filter(TransferTerms.allBases.contains), fields.all("actors").filter(TransferTerms.allActors.contains))
        let (rate, retention, years) = (number("rate"), number("retention"), number("years"))
        let operations = Set(fields.all("operations")).sorted()
        let visibility = TransferTerms.allVisibilities.contains(fields["visibility"] ?? "") ? fields["visibility"] ?? "" : "now"
        let (days, until) = (number("visibilityDays"), limited("visibilityUntil", 10))
        let visibilityLaw = laws.contains(fields["visibilityLaw"] ?? "") ? fields["visibilityLaw"] ?? "" : ""
        try await edit(id, by: call.actor) { request in
            if !title.isEmpty { request.title = title }
            var terms = request.terms
            // What belongs to an operation that is asked for no more goes with it.
            if terms.operations != operations { terms.operations = operations }
            (terms.reason, terms.purpose, terms.law, terms.population) = (reason, purpose, law, population)
            (terms.bases, terms.actors, terms.ratePerMinute, terms.retentionDays, terms.years) = (bases, actors, rate, retention, years)
            (terms.visibility, terms.visibilityDays) = (visibility, visibility == "delayed" ? days : 0)
            (terms.visibilityLaw, terms.visibilityUntil) = visibility == "hidden" ? (visibilityLaw, until) : ("", "")
            request.terms = terms
        }
        return .seeOther(call.page("\(Transfers.path)/\(id)/fields"))
    }

    private func fieldsPage(_ call: Call) async throws -> Reply {
        let (request, operations) = try await draft(call)
        let offered = operations.filter { request.terms.operations.contains($0.id) }
        let chosen = Dictionary(request.terms.fields.map { ($0.pointer, $0) }) { first, _ in first }
        var seen: Set<String> = []
        let rows = offered.flatMap(\.fields).filter { seen.insert($0.pointer).inserted }.enumerated().map { index, field -> [String: Any] in
            [
                "index": "\(index)", "pointer": field.pointer, "type": text("type.\(field.type)", call),
                // It is the register's own, in the language of its programmers.
                "description": call.language == .en ? field.description : "",
                "class": field.fieldClass.map { text("class.\($0.rawValue)", call) } ?? text("class.none", call),
                "isUnclassified": field.fieldClass == nil, "isSensitive": field.fieldClass == .sensitive, "isChosen": chosen[field.pointer] != nil,
                "need": chosen[field.pointer]?.need ?? "",
                "laws": laws.map {
                    ["value": $0, "name": lawName($0, call), "isChosen": $0 == chosen[field.pointer]?.law] as [String: Any]
                },
            ]
        }
        let data: [String: Any] = [
            "title": request.title, "base": call.page("\(Transfers.path)/\(request.id)"), "rows": rows, "hasRows": !rows.isEmpty,
        ]
        let heading = Site.Heading(text("fields.title", call), back: call.page("\(Transfers.path)/\(request.id)/edit"))
        return try site.page("transfers/fields", heading, data, for: call)
    }

    private func editFields(_ call: Call) async throws -> Reply {
        let (id, fields) = (try call.id("request"), try call.form())
        let chosen = fields.all("fields").prefix(500).compactMap { index -> TransferTerms.Field? in
            guard Int(index) != nil, let pointer = fields["pointer-\(index)"], JSONPointer(pointer) != nil else { return nil }
            let law = fields["law-\(index)"] ?? ""
            return TransferTerms.Field(
                pointer: String(pointer.prefix(200)), need: String((fields.trimmed("need-\(index)") ?? "").prefix(500)), law: laws.contains(law) ? law : "")
        }
        try await edit(id, by: call.actor) { $0.terms.fields = chosen }
        return try done("saved", call)
    }
}
