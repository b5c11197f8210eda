import Catalogue
import Contracts
import Language
import Web

extension Portal {
    /// The body that stands for whichever municipality a person lives in.
    static let anyMunicipality = "municipality"

    func showBodies(_ call: Call) throws -> Reply {
        let (shelf, wording) = (shelf, wording(call))
        let data = shelf.data("bodies", call.language) {
            let groups = PublicBody.Kind.allCases.compactMap { kind -> PageData? in
                let members = bodies.bodies.filter { $0.kind == kind }
                guard !members.isEmpty else { return nil }
                // Municipalities all do the same, which the first of them tells.
                let rows = members.map { body -> PageRow in
                    var row = wording.link(body)
                    if kind == .municipality, body.id != Portal.anyMunicipality { row["about"] = nil }
                    return row
                }
                return ["id": kind.rawValue, "text": wording.text("bodies.kind.\(kind.rawValue)"), "rows": rows]
            }
            return ["groups": groups, "count": wording.text("body-count", count: bodyCount)]
        }
        let heading = Site.Heading(
            wording.text("bodies.title"), description: wording.text("bodies.lead"), breadcrumbs: wording.breadcrumbs())
        return try page("bodies", heading, data, call)
    }

    func showBody(_ call: Call) throws -> Reply {
        let (shelf, wording) = (shelf, wording(call))
        guard let body = bodies.body(call.parameter("body")) else { throw Problem.notFound }
        let data = shelf.data("bodies/\(body.id)", call.language) { bodyData(body, shelf.inventory, wording) }
        let heading = Site.Heading(
            body.name.text(in: call.language), description: body.about.text(in: call.language),
            breadcrumbs: wording.breadcrumbs([("/bodies", wording.text("bodies.title"))]))
        return try page("body", heading, data, call)
    }

    private func bodyData(_ body: PublicBody, _ inventory: Inventory, _ wording: Wording) -> PageData {
        var data: PageData = ["title": body.name.text(in: wording.language), "lead": body.about.text(in: wording.language)]
        if let phone = body.phone {
            data["phone"] = phone
            data["phoneHref"] = "tel:" + phone.filter { $0.isASCII && ($0.isNumber || $0 == "+" || $0 == "*") }
        }
        if let site = body.site { data["site"] = site }
        if let parent = body.parentID.flatMap(bodies.body) { data["parent"] = wording.link(parent) }
        let children = bodies.bodies.filter { $0.parentID == body.id }.map(wording.link)
        if !children.isEmpty { data["children"] = ["rows": children] }
        // What any municipality gives, this one gives.
        let isMunicipality = body.kind == .municipality && body.id != Portal.anyMunicipality
        let services = inventory.services(body: body.id) + (isMunicipality ? inventory.services(body: Portal.anyMunicipality) : [])
        let ids: Set<String> = isMunicipality ? [body.id, Portal.anyMunicipality] : [body.id]
        let own = services.filter { ids.contains($0.bodyIDs[0]) }.map(wording.listed)
        let shared = services.filter { !ids.contains($0.bodyIDs[0]) }.map(wording.listed)
        if !own.isEmpty { data["own"] = ["services": own] }
        if !shared.isEmpty { data["shared"] = ["services": shared] }
        if services.isEmpty { data["empty"] = wording.text("body.none", ["body": body.name.text(in: wording.language)]) }
        return data
    }
}
