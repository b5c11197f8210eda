import Contracts
import Database
import HTTPTypes
import Language
import Values
import Web

/// The page where somebody says in what capacity she acts now.
extension Identity {
    var capacityRoutes: [Route] {
        let audience = Audience.signedIn(Assurance(credential: 2, proof: 0))
        return [
            .page(.get, "/capacity", for: audience, "identity.showCapacities", "In what capacity I act", showCapacities),
            .page(.post, "/capacity", for: audience, "identity.chooseCapacity", "Act in a capacity", chooseCapacity),
        ]
    }

    private func showCapacities(_ call: Call) async throws -> Reply {
        try await capacityPage(FilledForm(["next": LocalPath.read(call.query["next"])]), call)
    }

    private func capacityPage(_ form: FilledForm, _ call: Call) async throws -> Reply {
        let choices = try await capacities(of: call.actor)
        var rows = [row(.own, text("capacity.own", call), text("capacity.own-hint", call), call)]
        let offices = choices.offices.map { (office: $0, body: organisations.name(of: $0.bodyID, in: call.language)) }
        // Some hold many: they are found by name.
        for (office, body) in offices.sorted(by: { ($0.body, $0.office.role) < ($1.body, $1.office.role) }) {
            let role =
                site.catalogue.has("identity.role.\(office.role)", in: call.language) ? text("role.\(office.role)", call) : office.role
            rows.append(row(.office(organisation: office.bodyID, role: office.role), body, role, call))
        }
        for business in choices.businesses ?? [] {
            rows.append(row(.representative(of: business.number), business.name, text("capacity.business-hint", call), call))
        }
        for licence in choices.licences ?? [] {
            let hint = text("capacity.licence-hint", call, ["number": licence.number, "date": Formats.date(licence.until, in: call.language)])
            let capacity = Capacity.professional(profession: licence.profession, licence: licence.number)
            rows.append(row(capacity, site.professionName(licence.profession, in: call.language), hint, call))
        }
        for held in choices.mandates {
            let until = Formats.date(held.until, in: call.language)
            rows.append(row(.attorney(held.mandate), held.principalName, text("capacity.\(held.kind.rawValue)-hint", call, ["date": until]), call))
        }
        var form = form
        form["choices"] = rows
        form["businessesUnknown"] = choices.businesses == nil || choices.licences == nil
        return try page("capacity", "capacity.title", form, back: "/me", call)
    }

    private func row(_ capacity: Capacity, _ name: String, _ hint: String, _ call: Call) -> [String: Any] {
        let code = capacity.code
        let id = "capacity-" + code.map { $0 == ":" ? "-" : String($0) }.joined()
        return ["value": code, "id": id, "name": name, "hint": hint, "isChosen": capacity == call.actor.capacity]
    }

    private func chooseCapacity(_ call: Call) async throws -> Reply {
        guard let hash = Token.hash(of: call.cookies[Dispatcher.sessionCookie]) else { throw Problem.signInNeeded }
        let fields = try call.form()
        let next = LocalPath.read(fields["next"])
        guard let wanted = CapacityChoice.read(fields["capacity"] ?? "") else {
            var form = FilledForm(["next": next])
            form.fault("capacity", text("capacity.missing", call), id: "capacity-own")
            return try await capacityPage(form, call)
        }
        do {
            let token = try await act(wanted, actor: call.actor, tokenHash: hash)
            let home = if case .office(_, let role) = wanted { OfficerRole.home(of: role) } else { "/me" }
            return Reply.seeOther(call.page(next ?? home)).settingCookie(Dispatcher.sessionCookie, token)
        } catch let error as IdentityError {
            return try stopped(error, goOn: "/capacity", "try-again", call)
        }
    }
}
