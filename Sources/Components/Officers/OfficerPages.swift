import Contracts
import Database
import HTTPTypes
import Language
import Values
import Web

/// The desk at which officers are administered.
extension Officers {
    static let path = "/desk/officers"
    private static let audience = Audience.officer(role: nil)

    var deskRoutes: [Route] {
        let (path, audience) = (Officers.path, Officers.audience)
        return [
            .page(.get, path, for: audience, "officers.list", "Officers of a body", list),
            .page(.get, "\(path)/add", for: audience, "officers.showAdd", "Add an officer", showAdd),
            .page(.post, "\(path)/add", for: audience, "officers.add", "Invite an officer, or propose a powerful one", add),
            .page(.post, "\(path)/appointments/{appointment}/confirm", for: audience, "officers.confirm", "Confirm a proposal", confirmOne),
            .page(.post, "\(path)/appointments/{appointment}/refuse", for: audience, "officers.refuse", "Refuse or withdraw a proposal", refuseOne),
            .page(.post, "\(path)/end", for: audience, "officers.end", "End an office", endOne),
            .page(.post, "\(path)/renew", for: audience, "officers.renew", "Confirm that an office is still needed", renewOne),
            .page(.get, "\(path)/history", for: audience, "officers.history", "What was done to the officers of a body", history),
        ]
    }

    /// The body whose officers are shown: the own one, or for an administrator of the platform the one that is named.
    func managedBody(_ call: Call, _ named: String?) throws(Problem) -> String {
        let body = named ?? call.actor.organisation ?? ""
        guard bodies.body(body) != nil, OfficeRules.mayManage(call.actor, bodyID: body) else { throw .notAllowed }
        return body
    }

    func query(_ body: String, _ call: Call) -> String { body == call.actor.organisation ? "" : "?body=\(PercentEncoding.encode(body))" }

    func text(_ key: String, _ call: Call, _ values: [String: String] = [:]) -> String { site.text("officers.\(key)", call, values) }

    private func list(_ call: Call) async throws -> Reply {
        let body = try managedBody(call, call.query["body"])
        let (store, offices, people, time) = (store, offices, people, clock.now())
        let today = IsraelTime.date(time)
        let (held, places, units, open, names) = try await database.read { connection in
            let held = try offices.holdings(of: body, from: today, in: connection)
            let open = try store.open(of: body, at: time, in: connection)
            var names: [String: String] = [:]
            for id in Set(held.map(\.subjectID) + open.compactMap(\.subjectID) + open.map(\.proposerID)) {
                names[id] = try people.card(of: id, in: connection)?.fullName
            }
            return (held, try store.places(of: body, in: connection), try store.units(of: body, in: connection), open, names)
        }
        let unitNames = Dictionary(units.map { ($0.id, $0.name.text(in: call.language)) }) { first, _ in first }
        let rows = held.map { holding -> (isDue: Bool, name: String, row: [String: Any]) in
            let place = places["\(holding.subjectID) \(holding.role)"]
            let isDue = OfficeRules.isDue(confirmedOn: place?.confirmedOn ?? holding.from, today: today)
            let name = names[holding.subjectID] ?? ""
            return (
                isDue, name,
                [
                    "name": name, "role": roleName(holding.role, in: call.language), "roleCode": holding.role, "subject": holding.subjectID,
                    "unit": place?.unitID.flatMap { unitNames[$0] } ?? "–", "since": Formats.date(holding.from, in: call.language),
                    "until": holding.to.map { Formats.date($0, in: call.language) } ?? "–", "isDue": isDue, "isOther": holding.subjectID != call.actor.id,
                    "hasUnits": !units.isEmpty, "place": "place-\(holding.subjectID)-\(holding.role)",
                    "units": units.map {
                        ["id": $0.id, "name": $0.name.text(in: call.language), "isChosen": $0.id == place?.unitID] as [String: Any]
                    },
                ]
            )
        }
        // Those whose need nobody has confirmed for a year come first.
        let sorted = rows.sorted { ($0.isDue ? 0 : 1, $0.name) < ($1.isDue ? 0 : 1, $1.name) }.map(\.row)
        var data: [String: Any] = [
            "body": bodyName(body, in: call.language), "query": query(body, call), "bodyID": body, "officers": sorted, "hasOfficers": !sorted.isEmpty,
            "waiting": open.map { self.row($0, names, call) }, "hasWaiting": !open.isEmpty,
        ]
        for done in ["invited", "proposed", "ended", "confirmed", "refused", "renewed", "moved"] where call.query["done"] == done {
            data["done"] = text("done.\(done)", call)
        }
        if call.actor.roles.contains(OfficerRole.administrator) {
            data["bodies"] = bodies.bodies.map { ["id": $0.id, "name": $0.name.text(in: call.language), "isChosen": $0.id == body] as [String: Any] }
                .sorted { ($0["name"] as? String ?? "") < ($1["name"] as? String ?? "") }
        }
        return try site.page("officers/list", Site.Heading(text("title", call)), data, for: call)
    }

    private func row(_ appointment: Appointment, _ names: [String: String], _ call: Call) -> [String: Any] {
        let isOwn = appointment.proposerID == call.actor.id
        return [
            // Whether the number belongs to anybody is not told before she has accepted.
            "name": appointment.kind == .end ? appointment.subjectID.flatMap { names[$0] } ?? "" : text("invited-person", call),
            "what": text("what.\(appointment.kind.rawValue)", call), "role": roleName(appointment.role, in: call.language),
            "state": text("state.\(appointment.state.rawValue)", call), "proposer": names[appointment.proposerID] ?? "",
            "until": Formats.date(IsraelTime.date(appointment.expiresAt), in: call.language), "isOwn": isOwn,
            "mayConfirm": OfficeRules.mayConfirm(appointment, authority: authority, call.actor),
            "base": call.page("\(Officers.path)/appointments/\(appointment.id)"),
        ]
    }

    // MARK: Adding

    private func showAdd(_ call: Call) async throws -> Reply { try await addPage(try managedBody(call, call.query["body"]), [:], [], call) }

    private func addPage(_ body: String, _ typed: [String: Any], _ errors: [[String: String]], _ call: Call) async throws -> Reply {
        let store = store
        let units = try await database.read { try store.units(of: body, in: $0) }
        let roles = OfficerRole.all.filter { OfficeRules.mayPropose($0, at: body, authority: authority, call.actor) }
        var data = typed
        data["body"] = bodyName(body, in: call.language)
        data["bodyID"] = body
        data["roles"] = roles.map { role -> [String: Any] in
            var row: [String: Any] = ["value": role, "name": roleName(role, in: call.language), "isChosen": role == typed["role"] as? String]
            if OfficeRules.powerful.contains(role) { row["hint"] = text("four-eyes", call) }
            return row
        }
        data["units"] = units.map { ["id": $0.id, "name": $0.name.text(in: call.language), "isChosen": $0.id == typed["unit"] as? String] as [String: Any] }
        data["hasUnits"] = !units.isEmpty
        if !errors.isEmpty { data["errors"] = errors }
        let heading = Site.Heading(text("add.title", call), back: call.page(Officers.path) + query(body, call), isError: !errors.isEmpty)
        return try site.page("officers/add", heading, data, for: call, status: errors.isEmpty ? 200 : 422)
    }

    private func add(_ call: Call) async throws -> Reply {
        let fields = try call.form()
        let body = try managedBody(call, fields["body"])
        let today = IsraelTime.date(call.time)
        let number = fields.trimmed("number") ?? ""
        var typed: [String: Any] = ["number": String(number.prefix(20)), "role": fields["role"] ?? "", "unit": fields["unit"] ?? ""]
        var errors: [[String: String]] = []
        func fault(_ field: String, _ key: String) {
            typed["\(field)Error"] = text(key, call)
            errors.append(["href": "#\(field)", "text": text(key, call)])
        }
        let digits = NationalNumber(number)?.digits
        if digits == nil { fault("number", "add.number-wrong") }
        let role = fields["role"] ?? ""
        if !OfficeRules.mayPropose(role, at: body, authority: authority, call.actor) { fault("role", "add.role-missing") }
        let (from, to) = (DayField(fields, "from"), DayField(fields, "to"))
        typed.merge(from.typed) { $1 }
        typed.merge(to.typed) { $1 }
        if !from.isEmpty, from.date.map({ $0 < today }) ?? true { fault("from", "add.from-wrong") }
        if !to.isEmpty, to.date.map({ $0 < (from.date ?? today) }) ?? true { fault("to", "add.to-wrong") }
        guard let digits, errors.isEmpty else { return try await addPage(body, typed, errors, call) }
        let store = store
        let unit = try await database.read { try store.units(of: body, in: $0) }.first { $0.id == fields["unit"] }?.id
        let made = try await propose(
            number: digits, role: role, unitID: unit, from: from.date ?? today, to: to.date, at: body,
            by: call.actor)
        return done(made.state == .proposed ? "proposed" : "invited", body, call)
    }

    private func done(_ what: String, _ body: String, _ call: Call) -> Reply {
        let query = query(body, call)
        return .seeOther("\(call.page(Officers.path))\(query.isEmpty ? "?" : "\(query)&")done=\(what)")
    }

    private func confirmOne(_ call: Call) async throws -> Reply {
        let body = try managedBody(call, try call.form()["body"])
        try await confirm(try call.id("appointment"), at: body, by: call.actor)
        return done("confirmed", body, call)
    }

    private func refuseOne(_ call: Call) async throws -> Reply {
        let body = try managedBody(call, try call.form()["body"])
        try await refuse(try call.id("appointment"), at: body, by: call.actor)
        return done("refused", body, call)
    }

    private func endOne(_ call: Call) async throws -> Reply {
        let fields = try call.form()
        let body = try managedBody(call, fields["body"])
        let role = fields["role"] ?? ""
        guard OfficeRules.mayPropose(role, at: body, authority: authority, call.actor) else { throw Problem.notAllowed }
        return done(try await end(fields["subject"] ?? "", role: role, at: body, by: call.actor) ? "ended" : "proposed", body, call)
    }

    private func renewOne(_ call: Call) async throws -> Reply {
        let fields = try call.form()
        let body = try managedBody(call, fields["body"])
        let (store, subject, role) = (store, fields["subject"] ?? "", fields["role"] ?? "")
        let (place, units) = try await database.read { connection in
            (try store.places(of: body, in: connection)["\(subject) \(role)"], try store.units(of: body, in: connection))
        }
        // Without a choice of units she stays where she is.
        let unit = fields["unit"].map { chosen in units.first { $0.id == chosen }?.id } ?? place?.unitID
        try await renew(subject, role: role, unitID: unit, at: body, by: call.actor)
        return done(unit == place?.unitID ? "renewed" : "moved", body, call)
    }

    private func history(_ call: Call) async throws -> Reply {
        let body = try managedBody(call, call.query["body"])
        let (store, people) = (store, people)
        let rows = try await database.read { connection in
            try store.acts(of: body, limit: 200, in: connection).map { act in
                let subject = try act.subjectID.flatMap { try people.card(of: $0, in: connection)?.fullName }
                return (act, subject, try people.card(of: act.actorID, in: connection)?.fullName)
            }
        }
        let data: [String: Any] = [
            "body": bodyName(body, in: call.language), "hasActs": !rows.isEmpty,
            "acts": rows.map { act, subject, actor -> [String: Any] in
                [
                    "what": text("act.\(act.what)", call), "role": roleName(act.role, in: call.language), "subject": subject ?? text("invited-person", call),
                    "actor": actor ?? text("operator", call), "at": Formats.dateTime(act.at, in: call.language, style: .short),
                ]
            },
        ]
        return try site.page(
            "officers/history", Site.Heading(text("history.title", call), back: call.page(Officers.path) + query(body, call)), data, for: call)
    }
}

/// A day in three fields, which may be left empty.
struct DayField {
    private let day: String
    private let month: String
    private let year: String
    private let name: String

    init(_ fields: Fields, _ name: String) {
        func part(_ suffix: String) -> String { String((fields.trimmed("\(name)-\(suffix)") ?? "").prefix(6)) }
        (day, month, year, self.name) = (part("day"), part("month"), part("year"), name)
    }

    var isEmpty: Bool { day.isEmpty && month.isEmpty && year.isEmpty }
    var date: CalendarDate? {
        guard let day = Int(day), let month = Int(month), let year = Int(year) else { return nil }
        return CalendarDate(year: year, month: month, day: day)
    }
    var typed: [String: Any] { ["\(name)Day": day, "\(name)Month": month, "\(name)Year": year] }
}
