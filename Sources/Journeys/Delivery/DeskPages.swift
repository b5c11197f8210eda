import Contracts
import Database
import HTTPTypes
import Language
import Values
import Web

/// The officers' desk. Every query is scoped by the body the officer acts for, so there is no other check to forget.
extension Delivery {
    var deskRoutes: [Route] {
        let officer: Audience = .officer(role: OfficerRole.caseOfficer)
        let verbs: [Route] = [
            desk(verb: "take", "Take a case") { item, _, actor, connection in try take(item, by: actor, in: connection) },
            desk(verb: "ask", "Ask the person for completion") { item, form, actor, connection in
                try ask(item, form["question"] ?? "", by: actor, in: connection)
            },
            desk(verb: "note", "Write a note") { item, form, actor, connection in try note(item, form["note"] ?? "", by: actor, in: connection) },
            desk(verb: "approve", "Approve") { item, form, actor, connection in
                try decide(item, .approved, reason: form["reason"] ?? "", by: actor, in: connection)
            },
            desk(verb: "refuse", "Refuse, with a reason") { item, form, actor, connection in
                try decide(item, .refused, reason: form["reason"] ?? "", by: actor, in: connection)
            },
        ]
        return [
            .page(.get, "/desk", for: officer, "delivery.desk", "The inbox of the officer's body", showDesk),
            .page(.get, "/desk/cases/{case}", for: officer, "delivery.deskCase", "A case on the desk", showDeskCase),
            .page(.get, "/desk/cases/{case}/files/{file}", for: officer, "delivery.deskFile", "A file of a case", deskFile)
                .giving("application/pdf", "image/jpeg", "image/png"),
            .page(.get, "/desk/cases/{case}/papers/{paper}", for: officer, "delivery.deskPaper", "A paper of a case", deskPaper)
                .giving("application/pdf"),
        ] + verbs
    }

    typealias DeskVerb = @Sendable (Case, Fields, Actor, any Connection) throws -> Void

    private func desk(verb: String, _ summary: String, _ work: @escaping DeskVerb) -> Route {
        .page(
            .post, "/desk/cases/{case}/\(verb)", for: .officer(role: OfficerRole.caseOfficer), "delivery.\(verb)", summary
        ) { call in
            let (id, form) = (try call.id("case"), try call.form())
            do {
                try await database.write { connection in
                    guard let item = try store.onDesk(id, of: call.actor.organisation ?? "", in: connection) else { throw Problem.notFound }
                    try work(item, form, call.actor, connection)
                }
            } catch let error as DeliveryError where error.problem.status != 503 {
                let problem = error.problem
                let reason = site.text("\(problem.textKey).detail", call, problem.arguments)
                let field = problem.faults.first?.pointer.dropFirst().description ?? "actions"
                return try await deskCasePage(call, id, fault: DeliveryFault(text: reason, href: "#\(verb)-\(field)"), verb: verb, typed: form)
            }
            return .seeOther(call.page("/desk/cases/\(id)?done=\(verb)"))
        }
    }

    private static let pageSize = 30

    private func showDesk(_ call: Call) async throws -> Reply {
        let body = call.actor.organisation ?? ""
        if let wanted = call.query.trimmed("number") { return try await jump(to: wanted, body: body, call) }
        let state = call.query["state"].flatMap(Case.State.init) ?? .open
        let after: (CalendarDate, String)? = call.query["after"].flatMap { text in
            let parts = text.split(separator: "_").map(String.init)
            guard parts.count == 2, let date = CalendarDate(parts[0]), UUIDv7.isWellFormed(parts[1]) else { return nil }
            return (date, parts[1])
        }
        let (items, counts) = try await database.read { connection in
            (
                try store.desk(of: body, state: state, after: after, limit: Delivery.pageSize + 1, in: connection),
                try store.counts(of: body, in: connection)
            )
        }
        let view = CaseView(delivery: self, language: call.language)
        let today = IsraelTime.date(call.time)
        var data: [String: Any] = [
            "body": view.bodyName(body), "isEmpty": items.isEmpty,
            "tabs": Case.State.allCases.map { tab -> [String: Any] in
                [
                    "href": "\(call.page("/desk"))?state=\(tab.rawValue)", "text": site.text("delivery.desk.\(tab.rawValue)", call),
                    "count": "\(counts[tab] ?? 0)", "current": tab == state,
                ]
            },
            "cases": items.prefix(Delivery.pageSize).map { item -> [String: Any] in
                [
                    "href": call.page("/desk/cases/\(item.id)"), "number": item.number, "service": view.serviceName(item), "state": view.state(item),
                    "stateClass": view.stateClass(item), "promised": Formats.date(item.promisedOn, in: call.language),
                    "late": item.state != .closed && item.promisedOn < today,
                    "mine": item.assignedTo == call.actor.id, "leg": item.isLeg,
                ]
            },
        ]
        if items.count > Delivery.pageSize {
            let last = items[Delivery.pageSize - 1]
            data["next"] = "\(call.page("/desk"))?state=\(state.rawValue)&after=\(last.promisedOn)_\(last.id)"
        }
        if call.query["missing"] != nil { data["missing"] = true }
        return try site.page("delivery/desk", Site.Heading(site.text("delivery.desk.title", call)), data, for: call)
    }

    private func jump(to typed: String, body: String, _ call: Call) async throws -> Reply {
        guard let number = CaseNumber.parse(typed) else { return .seeOther("\(call.page("/desk"))?missing=1") }
        let found = try await database.read { try store.byNumber(number, bodyID: body, in: $0) }
        return .seeOther(found.map { call.page("/desk/cases/\($0.id)") } ?? "\(call.page("/desk"))?missing=1")
    }

    private func showDeskCase(_ call: Call) async throws -> Reply {
        try await deskCasePage(call, try call.id("case"), fault: nil, verb: "", typed: Fields())
    }

    /// Opening the page is a look at the person's data: it is recorded before it is shown.
    private func deskCasePage(_ call: Call, _ id: String, fault: DeliveryFault?, verb: String, typed: Fields) async throws -> Reply {
        let facts = try await database.write { connection -> CaseFacts in
            guard let item = try store.seen(id, by: call.actor.organisation ?? "", in: connection) else { throw Problem.notFound }
            try record("case.view", .read, item, by: call.actor, fields: ["name", "answers", "attachments"], in: connection)
            return try CaseFacts(item, delivery: self, language: call.language, in: connection)
        }
        let card = try await database.read { try near.people.card(of: facts.item.applicantID, in: $0) }
        let (item, view, type) = (facts.item, CaseView(delivery: self, language: call.language), try types.type(of: facts.item))
        let base = call.page("/desk/cases/\(item.id)")
        let mayDecide = item.state == .open && (item.isLeg || (item.stage != type.legs?.stage && item.stage != "payment"))
        var data: [String: Any] = [
            "service": view.serviceName(item), "number": item.number, "state": view.state(item), "stateClass": view.stateClass(item), "base": base,
            "applicant": card?.fullName ?? "", "promised": Formats.date(item.promisedOn, in: call.language),
            "opened": Formats.dateTime(item.openedAt, in: call.language), "stages": view.stages(item, legs: facts.legs, type: type),
            "answers": view.answers(facts.sections, fileBase: "\(base)/files"), "files": view.files(facts.files, base: "\(base)/files"),
            "hasFiles": !facts.files.isEmpty, "papers": view.papers(facts.documents, base: "\(base)/papers"), "hasPapers": !facts.documents.isEmpty,
            "history": view.history(facts.history, type: type, forOfficer: true), "completions": view.completions(facts.completions),
            "hasCompletions": !facts.completions.isEmpty, "mayTake": item.state != .closed && item.assignedTo != call.actor.id,
            "mayAsk": item.state == .open && !item.isLeg && mayDecide, "mayDecide": mayDecide, "isMine": item.assignedTo == call.actor.id,
            "legs": facts.legs.map { ["body": view.bodyName($0.bodyID), "state": view.legState($0), "number": $0.number] },
            "hasLegs": !facts.legs.isEmpty,
        ]
        if let fault {
            data["errors"] = [["href": fault.href, "text": fault.text]]
            data["\(verb)Fault"] = fault.text
            for (name, value) in typed.pairs where name != "_csrf" { data["\(verb)Typed"] = value; _ = name }
        }
        if let done = call.query["done"], ["take", "ask", "note", "approve", "refuse"].contains(done) {
            data["done"] = site.text("delivery.done.\(done)", call)
        }
        return try site.page(
            "delivery/desk-case", Site.Heading("\(view.serviceName(item)) \(item.number)", back: call.page("/desk"), isError: fault != nil), data,
            for: call, status: fault == nil ? 200 : 422)
    }

    private func deskFile(_ call: Call) async throws -> Reply {
        let (id, file) = (try call.id("case"), try call.id("file"))
        let found = try await database.write { connection -> (Attachment, [UInt8])? in
            guard let item = try store.seen(id, by: call.actor.organisation ?? "", in: connection) else { return nil }
            try record("attachment.view", .read, item, by: call.actor, fields: ["attachments"], in: connection)
            return try near.attachments.content(of: file, holderID: item.parentID ?? item.id, in: connection)
                ?? near.attachments.content(of: file, holderID: item.submissionID, in: connection)
        }
        guard let (attachment, bytes) = found else { throw Problem.notFound }
        return .file(bytes, type: attachment.type, name: attachment.name)
    }

    private func deskPaper(_ call: Call) async throws -> Reply {
        let (id, paper) = (try call.id("case"), try call.id("paper"))
        let found = try await database.write { connection -> (String, [UInt8])? in
            guard let item = try store.seen(id, by: call.actor.organisation ?? "", in: connection) else { return nil }
            try record("document.view", .read, item, by: call.actor, fields: ["decision"], in: connection)
            return try near.documents.content(of: paper, caseID: item.parentID ?? item.id, in: connection).map { (item.number, $0) }
        }
        guard let (number, bytes) = found else { throw Problem.notFound }
        return .file(bytes, type: "application/pdf", name: "\(number).pdf")
    }
}
