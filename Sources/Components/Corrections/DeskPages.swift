import Contracts
import Database
import HTTPTypes
import Language
import Values
import Web

/// Where officers of the owner answer, and officers of bodies that had the value see that it was wrong.
extension Corrections {
    static let deskPath = "/desk/corrections"
    private static let shown = 100

    var deskRoutes: [Route] {
        let (path, officer) = (Corrections.deskPath, Audience.officer(role: OfficerRole.caseOfficer))
        return [
            .page(.get, path, for: officer, "corrections.desk", "What people say is wrong in my body's registers", showDesk),
            .page(.get, "\(path)/{claim}", for: officer, "corrections.showClaim", "One claim to answer") { try await answerPage("", nil, $0) },
            .page(.post, "\(path)/{claim}/answer", for: officer, "corrections.answer", "Answer a claim", answerOne),
            .page(.post, "\(path)/{claim}/acknowledge", for: officer, "corrections.acknowledge", "Acknowledge that a value was wrong", acknowledgeOne),
        ]
    }

    private func showDesk(_ call: Call) async throws -> Reply {
        let (body, operations) = (call.actor.organisation ?? "", try await operations())
        let (open, over, notices) = try await database.read { connection in
            (
                try store.claims(at: body, isOpen: true, limit: Corrections.shown, in: connection),
                try store.claims(at: body, isOpen: false, limit: 20, in: connection), try store.notices(to: body, limit: Corrections.shown, in: connection)
            )
        }
        var data: [String: Any] = [
            "body": bodyName(body, call.language), "open": open.map { row($0, operations, call, at: Corrections.deskPath) }, "hasOpen": !open.isEmpty,
            "over": over.map { row($0, operations, call, at: Corrections.deskPath) }, "hasOver": !over.isEmpty, "hasNotices": !notices.isEmpty,
            "notices": notices.map { notice, claim -> [String: Any] in
                var line = row(claim, operations, call, at: Corrections.deskPath)
                line["received"] = Formats.dateTime(notice.receivedAt, in: call.language)
                line["agreement"] = notice.agreementID ?? "–"
                line["fields"] = claim.labels.map { fieldName($0, call.language) }.joined(separator: ", ")
                line["name"] = claim.personName
                line["isNew"] = notice.acknowledgedAt == nil
                line["action"] = call.page("\(Corrections.deskPath)/\(claim.id)/acknowledge")
                return line
            },
        ]
        if call.query["done"] != nil { data["done"] = text(call.query["done"] == "acknowledged" ? "done.acknowledged" : "done.answered", call) }
        // Whose names are on the page is written down for each of them.
        if !notices.isEmpty {
            try await database.write { connection in
                for (_, claim) in notices { try record("notice", claim, by: call.actor, at: call.time, in: connection) }
            }
        }
        return try site.page("corrections/desk", Site.Heading(text("desk.title", call)), data, for: call)
    }

    private func answerPage(_ typed: String, _ fault: String?, _ call: Call) async throws -> Reply {
        let (id, officer) = (try call.id("claim"), call.actor)
        let found = try await database.write { connection -> Claim? in
            guard let claim = try store.claim(id, at: officer.organisation ?? "", in: connection) else { return nil }
            try record("view", claim, by: officer, at: call.time, in: connection)
            return claim
        }
        guard let claim = found else { throw Problem.notFound }
        var data = row(claim, try await operations(), call, at: Corrections.deskPath)
        data.merge(describe(claim, call)) { $1 }
        (data["name"], data["typed"], data["base"]) = (claim.personName, typed, call.page("\(Corrections.deskPath)/\(id)"))
        if let fault {
            data["noteError"] = fault
            data["errors"] = [["href": "#answer", "text": fault]]
        }
        let heading = Site.Heading(text("answer.title", call), back: call.page(Corrections.deskPath), isError: fault != nil)
        return try site.page("corrections/answer", heading, data, for: call, status: fault == nil ? 200 : 422)
    }

    private func answerOne(_ call: Call) async throws -> Reply {
        let fields = try call.form()
        let answer = String((fields.trimmed("answer") ?? "").prefix(2_000))
        let verdict = fields["verdict"] ?? ""
        guard answer.count >= 5, ["accept", "refuse"].contains(verdict) else { return try await answerPage(answer, text("answer.missing", call), call) }
        try await decide(try call.id("claim"), isAccepted: verdict == "accept", answer: answer, by: call.actor)
        return .seeOther("\(call.page(Corrections.deskPath))?done=answered")
    }

    private func acknowledgeOne(_ call: Call) async throws -> Reply {
        try await acknowledge(try call.id("claim"), by: call.actor)
        return .seeOther("\(call.page(Corrections.deskPath))?done=acknowledged")
    }
}
