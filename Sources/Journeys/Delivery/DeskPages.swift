import Contracts
import Database
import HTTPTypes
import Language
import Values
import Web

/// The officers' desk: its lists. Every query is scoped by the body the officer acts for, so there is no other check to forget.
extension Delivery {
    static let officer: Audience = .officer(role: OfficerRole.caseOfficer)

    var deskRoutes: [Route] {
        [
            .page(.get, "/desk", for: .officer(role: nil), "delivery.desk", "The inbox of the officer's body, or where another role works", showDesk),
            .page(.get, "/desk/cases/{case}", for: Delivery.officer, "delivery.deskCase", "A case on the desk", showDeskCase),
            .page(.get, "/desk/cases/{case}/files/{file}", for: Delivery.officer, "delivery.deskFile", "A file of a case", deskFile)
                .giving("application/pdf", "image/jpeg", "image/png"),
            .page(.get, "/desk/cases/{case}/papers/{paper}", for: Delivery.officer, "delivery.deskPaper", "A paper of a case", deskPaper)
                .giving("application/pdf"),
        ] + deskVerbs
    }

    /// Counting ends here: a longer list is said to be longer.
    private static let countLimit = 999

    private func showDesk(_ call: Call) async throws -> Reply {
        // Cases are for case officers alone; the others are shown to their own desk.
        if let role = call.actor.roles.first, role != OfficerRole.caseOfficer { return .seeOther(call.page(OfficerRole.home(of: role))) }
        let body = call.actor.organisation ?? ""
        if let wanted = call.query.trimmed("number") { return try await jump(to: wanted, body: body, call) }
        let state = call.query["state"].flatMap(Case.State.init) ?? .open
        let after = DeskPlace(call.query["after"])
        let (items, counts) = try await database.read { connection in
            (
                try deskPage(of: body, state, after: after, in: connection),
                try Case.State.allCases.map { try store.count(of: body, $0, limit: Delivery.countLimit + 1, in: connection) }
            )
        }
        let view = CaseView(delivery: self, language: call.language)
        let shown = items.prefix(Delivery.pageSize)
        var data: [String: Any] = ["body": view.bodyName(body), "isEmpty": items.isEmpty, "cases": shown.map { row($0, view, call) }]
        data["tabs"] = zip(Case.State.allCases, counts).map { tab, count -> [String: Any] in
            [
                "href": "\(call.page("/desk"))?state=\(tab.rawValue)", "text": site.text("delivery.desk.\(tab.rawValue)", call),
                "count": count > Delivery.countLimit ? "\(Delivery.countLimit)+" : "\(count)", "current": tab == state,
            ]
        }
        if items.count > shown.count, let last = shown.last {
            data["next"] = "\(call.page("/desk"))?state=\(state.rawValue)&after=\(DeskPlace(of: last, state).text)"
        }
        if call.query["missing"] != nil { data["missing"] = true }
        return try site.page("delivery/desk", Site.Heading(site.text("delivery.desk.title", call)), data, for: call)
    }

    private func deskPage(of body: String, _ state: Case.State, after: DeskPlace?, in connection: any Connection) throws -> [Case] {
        guard state == .closed else {
            return try store.desk(of: body, state: state, after: after?.due, limit: Delivery.pageSize + 1, in: connection)
        }
        return try store.closed(by: body, before: after?.closed, limit: Delivery.pageSize + 1, in: connection)
    }

    private func row(_ item: Case, _ view: CaseView, _ call: Call) -> [String: Any] {
        [
            "href": call.page("/desk/cases/\(item.id)"), "number": item.number, "service": view.serviceName(item), "state": view.state(item),
            "stateClass": view.stateClass(item), "promised": Formats.date(item.promisedOn, in: call.language),
            "late": item.isLate(on: IsraelTime.date(call.time)), "mine": item.assignedTo == call.actor.id, "leg": item.isLeg,
            "own": item.isOwn(of: call.actor),
        ]
    }

    private func jump(to typed: String, body: String, _ call: Call) async throws -> Reply {
        guard let number = CaseNumber.parse(typed) else { return .seeOther("\(call.page("/desk"))?missing=1") }
        let found = try await database.read { try store.byNumber(number, bodyID: body, in: $0) }
        return .seeOther(found.map { call.page("/desk/cases/\($0.id)") } ?? "\(call.page("/desk"))?missing=1")
    }
}

/// Where a page of a desk's list ended, as its address says it: the promised day, or the moment of closing, and the case.
struct DeskPlace: Sendable {
    let key: String
    let id: String

    init?(_ text: String?) {
        let parts = (text ?? "").split(separator: "_").map(String.init)
        guard parts.count == 2, UUIDv7.isWellFormed(parts[1]) else { return nil }
        (key, id) = (parts[0], parts[1].lowercased())
    }

    init(of item: Case, _ state: Case.State) {
        key = state == .closed ? "\(item.closedAt?.microseconds ?? 0)" : item.promisedOn.description
        id = item.id
    }

    var text: String { "\(key)_\(id)" }
    var due: (CalendarDate, String)? { CalendarDate(key).map { ($0, id) } }
    var closed: (Instant, String)? { Int64(key).map { (Instant(microseconds: $0), id) } }
}
