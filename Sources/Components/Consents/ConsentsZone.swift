import Contracts
import Database
import Language
import Values
import Web

/// What a person agreed to, on the first page of the personal zone; what she is asked comes first.
struct ConsentsZone: ZoneSection {
    let consents: Consents

    var titleKey: String { "consents.title" }
    var emptyKey: String { "consents.zone.empty" }
    var href: String { Consents.path }

    func items(for actor: Actor, language: Language, limit: Int, in connection: any Connection) throws -> [ZoneItem] {
        let time = consents.clock.now()
        let given = try consents.store.consents(of: actor.id, limit: 100, in: connection).filter { $0.state(at: time) == "given" }
        let items = given.map { consent in
            ZoneItem(
                title: text("zone.given", language, ["body": consents.bodyName(consent.grant.consumerID, language)]),
                detail: text("until", language, ["date": Formats.date(IsraelTime.date(consent.grant.validUntil), in: language)]),
                href: "\(href)/\(consent.grant.id)")
        }
        return Array((try actions(for: actor, language: language, limit: limit, in: connection) + items).prefix(limit))
    }

    /// Requests that wait for an answer.
    func actions(for actor: Actor, language: Language, limit: Int, in connection: any Connection) throws -> [ZoneItem] {
        let time = consents.clock.now()
        return try consents.store.requests(of: actor.id, limit: 100, in: connection).filter { $0.isOpen(at: time) }.prefix(limit).map { request in
            ZoneItem(
                title: text("zone.asked", language, ["body": consents.bodyName(request.bodyID, language)]),
                detail: text("open-until", language, ["date": Formats.date(IsraelTime.date(request.openUntil), in: language)]),
                href: "\(href)/requests/\(request.id)", status: text("state.open", language), needsAction: true)
        }
    }

    private func text(_ key: String, _ language: Language, _ values: [String: String] = [:]) -> String {
        consents.site.catalogue.text("consents.\(key)", in: language, values)
    }
}
