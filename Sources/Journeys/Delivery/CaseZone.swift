import Contracts
import Database
import Language
import Values
import Web

/// Requests, on the first page of the personal zone.
struct CaseZone: ZoneSection {
    let delivery: Delivery
    let titleKey = "delivery.zone.title"
    let emptyKey = "delivery.zone.empty"
    let href = "/me/cases"
    let isOpenToMandates = true

    func items(for actor: Actor, language: Language, limit: Int, in connection: any Connection) throws -> [ZoneItem] {
        let waiting = try delivery.store.withWaitingLegs(of: actor.subjectID, in: connection)
        return try delivery.store.own(of: actor, before: nil, limit: limit, in: connection).map { item in
            self.item(item, isAsked: waiting.contains(item.id), href: "/me/cases/\(item.id)", language)
        }
    }

    /// All that waits for her, not only what is among the newest. A fee leads straight to its payment.
    func actions(for actor: Actor, language: Language, limit: Int, in connection: any Connection) throws -> [ZoneItem] {
        try delivery.store.waiting(of: actor, limit: limit, in: connection).map { item in
            let isFee = try delivery.types.type(of: item).waitsForFee(item) && delivery.isPayer(actor, of: item, in: connection)
            let payment = isFee ? try delivery.near.cashier.statuses(reference: item.id, in: connection).last : nil
            return self.item(item, isAsked: true, href: payment.map { "/pay/\($0.id)" } ?? "/me/cases/\(item.id)", language)
        }
    }

    private func item(_ item: Case, isAsked: Bool, href: String, _ language: Language) -> ZoneItem {
        let view = CaseView(delivery: delivery, language: language)
        return ZoneItem(
            title: view.serviceName(item), detail: "\(view.bodyName(item.bodyID)) · \(item.number)", href: href,
            status: view.state(item, isAsked: isAsked), needsAction: item.state != .closed && (item.state == .waiting || isAsked))
    }
}
