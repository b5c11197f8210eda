import Contracts
import Database
import Language
import Values
import Web

/// Sessions on the first page of the personal zone.
struct IdentityZone: ZoneSection {
    let identity: Identity

    var titleKey: String { "identity.zone.title" }
    var emptyKey: String { "identity.zone.empty" }
    var href: String { "/me/sessions" }

    func items(for actor: Actor, language: Language, limit: Int, in connection: any Connection) throws -> [ZoneItem] {
        let catalogue = identity.site.catalogue
        let words = DeviceWords(catalogue: catalogue, language: language)
        return try identity.store.sessions(of: actor.id, liveAt: identity.clock.now(), limit: limit, in: connection).map { session in
            let isThis = session.id == actor.sessionID
            return ZoneItem(
                title: words.name(session.detail.device), detail: Formats.dateTime(session.lastSeenAt, in: language), href: href,
                status: isThis ? catalogue.text("identity.sessions.this", in: language) : nil)
        }
    }
}

/// A device as its owner would call it.
struct DeviceWords {
    let catalogue: StringCatalogue
    let language: Language

    func name(_ device: Device) -> String {
        switch (device.browser.isEmpty, device.system.isEmpty) {
        case (false, false): catalogue.text("identity.device.named", in: language, ["browser": device.browser, "system": device.system])
        case (false, true): device.browser
        case (true, false): device.system
        case (true, true): catalogue.text("identity.device.unknown", in: language)
        }
    }
}
