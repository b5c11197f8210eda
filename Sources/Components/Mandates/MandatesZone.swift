import Contracts
import Database
import Language
import Values
import Web

/// Who acts for me and for whom I act, on the first page of the personal zone.
struct MandatesZone: ZoneSection {
    let holding: MandateHolding

    var titleKey: String { "mandates.title" }
    var emptyKey: String { "mandates.zone.empty" }
    var href: String { MandateHolding.path }

    func items(for actor: Actor, language: Language, limit: Int, in connection: any Connection) throws -> [ZoneItem] {
        let today = IsraelTime.date(holding.clock.now())
        let given = try holding.store.records(of: actor.id, in: connection).filter { $0.state == .live && $0.terms.until >= today }
        let held = try holding.store.held(by: actor.id, on: today, in: connection)
        func until(_ date: CalendarDate) -> String {
            holding.site.catalogue.text("mandates.until", in: language, ["date": Formats.date(date, in: language)])
        }
        func text(_ key: String, _ name: String) -> String { holding.site.catalogue.text("mandates.zone.\(key)", in: language, ["name": name]) }
        let own = given.map { ZoneItem(title: text("given", $0.attorneyName ?? ""), detail: until($0.terms.until), href: href) }
        let others = held.map { ZoneItem(title: text("held", $0.principalName), detail: until($0.until), href: href) }
        return Array((try actions(for: actor, language: language, limit: limit, in: connection) + own + others).prefix(limit))
    }

    /// Offers that wait for an answer.
    func actions(for actor: Actor, language: Language, limit: Int, in connection: any Connection) throws -> [ZoneItem] {
        let (catalogue, time) = (holding.site.catalogue, holding.clock.now())
        return try holding.store.records(heldBy: actor.id, .offered, in: connection).filter { $0.openUntil > time }.prefix(limit).map { offer in
            ZoneItem(
                title: catalogue.text("mandates.zone.offer", in: language, ["name": offer.principalName]),
                detail: catalogue.text("mandates.open-until", in: language, ["date": Formats.date(IsraelTime.date(offer.openUntil), in: language)]),
                href: href, status: catalogue.text("mandates.state.offered", in: language), needsAction: true)
        }
    }
}
