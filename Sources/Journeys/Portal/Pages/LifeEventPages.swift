import Catalogue
import Language
import Web

extension Portal {
    func showLifeEvents(_ call: Call) throws -> Reply {
        let (shelf, wording) = (shelf, wording(call))
        let data = shelf.data("life-events", call.language) {
            ["events": shelf.inventory.lifeEvents.map { eventRow($0, shelf.inventory, wording) }]
        }
        let heading = Site.Heading(
            wording.text("events.title"), description: wording.text("events.lead"), breadcrumbs: wording.breadcrumbs())
        return try page("life-events", heading, data, call)
    }

    func showLifeEvent(_ call: Call) throws -> Reply {
        let (shelf, wording) = (shelf, wording(call))
        guard let event = shelf.inventory.lifeEvent(call.parameter("event")) else { throw Problem.notFound }
        let data = shelf.data("life-events/\(event.id)", call.language) {
            let (steps, others) = shelf.inventory.services(of: event)
            var data: PageData = wording.row("title", event.name).merging(wording.row("lead", event.summary)) { $1 }
            if !steps.isEmpty { data["steps"] = ["rows": steps.map { step($0, wording) }] }
            if !others.isEmpty { data["others"] = ["services": others.map(wording.listed)] }
            if steps.isEmpty, others.isEmpty { data["empty"] = wording.text("empty") }
            return data
        }
        let heading = Site.Heading(
            event.name.text(in: call.language), description: event.summary.text(in: call.language),
            breadcrumbs: wording.breadcrumbs([("/life-events", wording.text("events.title"))]))
        return try page("life-event", heading, data, call)
    }

    /// One step: the service, and everybody who takes part in it.
    private func step(_ service: PublicService, _ wording: Wording) -> PageRow {
        var row = wording.listed(service)
        row["body"] = service.bodyIDs.map(wording.bodyName).joined(separator: wording.text("separator"))
        return row
    }
}
