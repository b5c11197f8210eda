import Contracts
import Database
import HTTPTypes
import Language
import Values
import Web

/// How one's identity was proved, and the desk at which it is proved face to face.
extension Identity {
    var visitRoutes: [Route] {
        let (person, officer) = (Audience.signedIn(Assurance(credential: 2, proof: 0)), Audience.officer(role: OfficerRole.identityOfficer))
        return [
            .page(.get, "/me/identity", for: person, "identity.showProofs", "How my identity was proved", showProofs),
            .page(.post, "/me/identity/visit", for: person, "identity.beginVisit", "A code for an office", rate: .guarded, showVisit),
            .page(.get, "/desk/identities", for: officer, "identity.showVisitDesk", "Prove an identity face to face", showVisitDesk),
            .page(.post, "/desk/identities", for: officer, "identity.findVisitor", "Whose code it is", rate: .guarded, findVisitor),
            .page(.post, "/desk/identities/confirm", for: officer, "identity.confirmVisitor", "The person is who she says", rate: .guarded, confirmVisitor),
        ]
    }

    private func showProofs(_ call: Call) async throws -> Reply { try await proofPage(nil, call) }

    private func showVisit(_ call: Call) async throws -> Reply { try await proofPage(try await beginVisit(call.actor), call) }

    private func proofPage(_ visit: (code: String, until: Instant)?, _ call: Call) async throws -> Reply {
        let (store, subject) = (store, call.actor.id)
        let (ledger, number) = try await database.read { (try store.ledger(of: subject, in: $0), try store.nationalNumber(of: subject, in: $0)) }
        let level = ledger.proofLevel()
        let rows = ledger.rows.filter { $0.result == .match && $0.method != .lookup }.reversed().map { row -> [String: Any] in
            var key = "proof.register"
            if row.method == .inPerson { key = "proof.in-person" }
            if row.method == .smartCard { key = "proof.smart-card" }
            var shown: [String: Any] = [
                "what": text(
                    key, call,
                    ["body": organisations.name(of: row.ownerID, in: call.language)]),
                "at": Formats.dateTime(row.at, in: call.language, style: .short),
            ]
            if row.method == .inPerson { shown["paper"] = text("paper.\(row.source)", call) }
            return shown
        }
        var data: [String: Any] = [
            "level": text("proof.level.\(level)", call), "rows": rows, "hasRows": !rows.isEmpty, "mayRaise": level < 3,
        ]
        if number == nil { data["hasNoNumber"] = true }
        if call.query["number"] != nil { data["isNumberAdded"] = true }
        if cards != nil, level < 3 { data["mayUseCard"] = true }
        if let outcome = call.query["card"].flatMap(CardOutcome.init) {
            data["cardResult"] = text("card.result.\(outcome.rawValue)", call)
            data[outcome == .done ? "isCardRead" : "isCardRefused"] = true
        }
        if let visit {
            let half = visit.code.index(visit.code.startIndex, offsetBy: Visit.length / 2)
            data["code"] = "\(visit.code[..<half])-\(visit.code[half...])"
            data["until"] = text("visit.until", call, ["time": Formats.dateTime(visit.until, in: call.language, style: .short)])
        }
        return try site.page("identity/proofs", Site.Heading(text("proof.title", call), back: call.page("/me")), data, for: call)
    }

    private func showVisitDesk(_ call: Call) async throws -> Reply {
        var form = FilledForm()
        if call.query["done"] != nil { form["done"] = true }
        return try page("visit-desk", "visit.desk", form, call)
    }

    private func findVisitor(_ call: Call) async throws -> Reply { try await compare(call, fault: nil) }

    /// The person before the officer, to be compared with her paper.
    private func compare(_ call: Call, fault: String?) async throws -> Reply {
        let typed = try call.form().trimmed("code") ?? ""
        guard let code = Visit.read(typed), let visitor = try await visitor(code, seenBy: call.actor) else {
            var form = FilledForm(["code": String(typed.prefix(20))])
            form.fault("code", text(typed.isEmpty ? "visit.code-missing" : "visit.code-wrong", call))
            return try page("visit-desk", "visit.desk", form, call)
        }
        var form = FilledForm([
            "code": code, "name": visitor.person.fullName, "number": visitor.number,
            "birth": Formats.date(visitor.person.birthDate, in: call.language),
        ])
        form["papers"] = ShownPaper.allCases.map { ["value": $0.rawValue, "name": text("paper.\($0.rawValue)", call)] }
        if let fault { form.fault("paper", fault, id: "paper-\(ShownPaper.allCases[0].rawValue)") }
        return try page("visit-compare", "visit.compare", form, back: "/desk/identities", call)
    }

    private func confirmVisitor(_ call: Call) async throws -> Reply {
        let fields = try call.form()
        guard let paper = fields["paper"].flatMap(ShownPaper.init), fields["compared"] == "yes" else {
            return try await compare(call, fault: text("visit.paper-missing", call))
        }
        guard let code = fields["code"].flatMap(Visit.read), let visitor = try await visitor(code, seenBy: call.actor),
            try await prove(visitor, by: paper, officer: call.actor)
        else { return try await compare(call, fault: nil) }
        return .seeOther("\(call.page("/desk/identities"))?done=1")
    }
}
