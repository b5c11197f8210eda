public import Contracts
public import Database
import HTTPTypes
import Values
public import Web

/// The person's own place: everything the modules have of hers, on one page, with what she must do now first.
public struct PersonalZone: Sendable {
    let database: any Database
    let site: Site
    let sections: [any ZoneSection]
    let audit: any AuditLog

    /// - Parameter sections: one per module, in the order they are shown.
    public init(database: any Database, site: Site, sections: [any ZoneSection], audit: any AuditLog) {
        (self.database, self.site, self.sections, self.audit) = (database, site, sections, audit)
    }

    public var routes: [Route] {
        [.page(.get, "/me", for: .applicant(.substantial), "personalZone.home", "The personal zone", showHome)]
    }

    private static let itemsShown = 4
    /// Of each section; whoever has more to do finds the rest in the section's own list.
    private static let actionsShown = 20

    private func showHome(_ call: Call) async throws -> Reply {
        let (actor, language) = (call.actor, call.language)
        let sections = sections.filter { actor.mandate == nil || $0.isOpenToMandates }
        let (listed, actions) = try await database.read { connection in
            (
                try sections.map { try $0.items(for: actor, language: language, limit: PersonalZone.itemsShown, in: connection) },
                try sections.flatMap { try $0.actions(for: actor, language: language, limit: PersonalZone.actionsShown, in: connection) }
            )
        }
        if let mandate = actor.mandate {
            let (audit, time) = (audit, call.time)
            try await database.write { connection in
                try audit.record(
                    AuditEntry(
                        subjectID: mandate.principalID, actor: actor, action: .read, what: "case.list", basis: .request(mandate.id), fields: ["cases"],
                        at: time),
                    in: connection)
            }
        }
        let todo = PersonalZone.once(actions).map { row($0, call) }
        let shown: [[String: Any]] = zip(sections, listed).map { section, items in
            var data: [String: Any] = [
                "title": site.text(section.titleKey, call), "href": call.page(section.href), "items": items.map { row($0, call) },
                "id": String(section.titleKey.prefix { $0 != "." }),
            ]
            if items.isEmpty { data["empty"] = site.text(section.emptyKey, call) }
            return data
        }
        var data: [String: Any] = ["name": actor.name, "sections": shown]
        if !todo.isEmpty { data["hasTodo"] = true; data["todo"] = todo }
        return try site.page("personalZone/home", Site.Heading(site.text("personalZone.title", call)), data, for: call)
    }

    /// Two sections may ask for the same, such as a case and the payment it waits for: the first of them says it.
    static func once(_ actions: [ZoneItem]) -> [ZoneItem] {
        var seen: Set<String> = []
        return actions.filter { seen.insert($0.href).inserted }
    }

    private func row(_ item: ZoneItem, _ call: Call) -> [String: Any] {
        var row: [String: Any] = ["title": item.title, "detail": item.detail, "href": call.page(item.href)]
        if let status = item.status { row["status"] = status; row["statusClass"] = item.needsAction ? "z-tag-warning" : "z-tag-info" }
        return row
    }
}
