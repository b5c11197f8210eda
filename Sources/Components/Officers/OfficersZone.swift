import Contracts
import Database
import Language
import Values
import Web

/// Offices, and invitations to them, on the first page of the personal zone.
struct OfficersZone: ZoneSection {
    let officers: Officers

    var titleKey: String { "officers.own.title" }
    var emptyKey: String { "officers.own.empty" }
    var href: String { "/me/offices" }

    func items(for actor: Actor, language: Language, limit: Int, in connection: any Connection) throws -> [ZoneItem] {
        let held = try officers.offices.holdings(ofPerson: actor.id, from: IsraelTime.date(officers.clock.now()), in: connection)
        let offices = held.map { ZoneItem(title: officers.roleName($0.role, in: language), detail: officers.bodyName($0.bodyID, in: language), href: href) }
        return Array((try actions(for: actor, language: language, limit: limit, in: connection) + offices).prefix(limit))
    }

    func actions(for actor: Actor, language: Language, limit: Int, in connection: any Connection) throws -> [ZoneItem] {
        try officers.store.invitations(to: actor.id, at: officers.clock.now(), in: connection).prefix(limit).map { invitation in
            ZoneItem(
                title: officers.roleName(invitation.role, in: language), detail: officers.bodyName(invitation.bodyID, in: language), href: href,
                status: officers.site.catalogue.text("officers.own.invitations", in: language), needsAction: true)
        }
    }
}
