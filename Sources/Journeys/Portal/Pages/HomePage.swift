import Catalogue
import Contracts
import Language
import Web

extension Portal {
    private static let popularMax = 5
    private static let mostUsedMax = 9

    func showHome(_ call: Call) throws -> Reply {
        let (shelf, wording) = (shelf, wording(call))
        let data = shelf.data("home", call.language) {
            let inventory = shelf.inventory
            let used = inventory.mostUsed
            return [
                "popular": used.prefix(Portal.popularMax).map(wording.link),
                "services": used.prefix(Portal.mostUsedMax).map(wording.listed),
                "events": inventory.lifeEvents.map { eventRow($0, inventory, wording) },
                "counts": wording.text(
                    "home.counts",
                    [
                        "services": wording.text("service-count", count: inventory.services.count),
                        "bodies": wording.text("body-count", count: bodyCount),
                    ]),
            ]
        }
        var heading = Site.Heading(wording.text("home.title"), description: wording.text("home.description"))
        (heading.isFullWidth, heading.hidesSearch) = (true, true)
        return try page("home", heading, data, call)
    }

    /// Without the one that only stands for any municipality.
    var bodyCount: Int { bodies.bodies.count { $0.id != Portal.anyMunicipality } }

    func eventRow(_ event: LifeEvent, _ inventory: Inventory, _ wording: Wording) -> PageRow {
        var row = wording.row("text", event.name).merging(wording.row("summary", event.summary)) { $1 }
        row["href"] = "\(wording.prefix)/life-events/\(event.id)"
        row["count"] = wording.text("service-count", count: inventory.count(lifeEvent: event))
        return row
    }

    /// A page that is text only: the template of that name in `web`.
    func showText(_ name: String, _ call: Call) throws -> Reply {
        func web(_ key: String) -> String { site.text("web.\(name).\(key)", call) }
        var data: PageData = [:]
        data["accessibilityCoordinator"] = settings.accessibilityCoordinator
        data["accessibilityEmail"] = settings.accessibilityEmail
        data["accessibilityPhone"] = settings.accessibilityPhone
        let heading = Site.Heading(web("title"), description: web("lead"), breadcrumbs: wording(call).breadcrumbs())
        return try site.page("web/\(name)", heading, data, for: call)
    }
}
