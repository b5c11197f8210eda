import Catalogue
import Contracts
import Language
import Web

extension Portal {
    func showService(_ call: Call) throws -> Reply {
        let (shelf, wording) = (shelf, wording(call))
        guard let service = shelf.inventory.service(call.parameter("service")) else { throw Problem.notFound }
        let data = shelf.data("services/\(service.id)", call.language) { serviceData(service, shelf.inventory, wording) }
        let heading = Site.Heading(
            service.name.text(in: call.language), description: service.summary.text(in: call.language),
            breadcrumbs: wording.breadcrumbs([("/services", wording.text("services.title"))]))
        return try page("service", heading, data, call)
    }

    private func serviceData(_ service: PublicService, _ inventory: Inventory, _ wording: Wording) -> PageData {
        var data: PageData = wording.row("title", service.name).merging(wording.row("lead", service.summary)) { $1 }
        data["cost"] = wording.cost(service)
        data["time"] = wording.time(service)
        data["how"] = Set(service.channels.map(\.kind)).sorted { $0.rawValue < $1.rawValue }.map { wording.text("channel.\($0.rawValue)") }
            .joined(separator: wording.text("separator"))
        data["who"] = wording.lines(service.who)
        data["evidence"] = wording.lines(service.evidence)
        data["steps"] = wording.lines(service.steps)
        data["channels"] = service.channels.map { channel -> PageRow in
            wording.row("text", channel.text).merging(["kind": wording.text("channel.\(channel.kind.rawValue)")]) { $1 }
        }
        data["law"] = wording.lines(service.law)
        data["audience"] = service.beneficiaries.map { wording.text("for.\($0.rawValue)") }.joined(separator: wording.text("separator"))
        data["structured"] = StructuredData(portal: self, wording: wording).text(of: service)
        return data.merging(way(service, wording)) { $1 }.merging(surroundings(service, inventory, wording)) { $1 }
    }

    /// How to begin: here, at the body's own site, or by the ways the page tells of.
    private func way(_ service: PublicService, _ wording: Wording) -> PageData {
        if let form = service.formID { return ["start": "\(wording.prefix)/forms/\(form)"] }
        let isOnline = service.channels.contains { $0.kind == .online }
        let text = wording.text(isOnline ? "service.at-the-body" : "service.elsewhere", ["body": wording.bodyName(service.bodyIDs[0])])
        // Each municipality has a site of its own, which is on its page.
        if service.bodyIDs[0] == Portal.anyMunicipality {
            return ["elsewhere": text, "authorities": "\(wording.prefix)/bodies#kind-\(PublicBody.Kind.municipality.rawValue)"]
        }
        var data: PageData = ["elsewhere": text]
        data["link"] = service.link
        return data
    }

    /// Bodies, life events and needs it belongs to.
    private func surroundings(_ service: PublicService, _ inventory: Inventory, _ wording: Wording) -> PageData {
        var data: PageData = [:]
        let bodies = service.bodyIDs.compactMap { self.bodies.body($0) }.map { wording.link($0) }
        data["responsible"] = Array(bodies.prefix(1))
        if bodies.count > 1 { data["others"] = ["rows": Array(bodies.dropFirst())] }
        let events = service.lifeEventIDs.compactMap(inventory.lifeEvent).map { eventRow($0, inventory, wording) }
        if !events.isEmpty { data["events"] = ["rows": events] }
        let needs = service.needs.compactMap(inventory.needs.term).map { wording.link($0, "needs", count: inventory.count(term: $0.slug)) }
        let situations = service.situations.compactMap(inventory.situations.term).map {
            wording.link($0, "situations", count: inventory.count(term: $0.slug))
        }
        if !(needs + situations).isEmpty { data["terms"] = ["rows": needs + situations] }
        return data
    }
}
