import Contracts
import Database
import HTTPTypes
import Language
import Values
import Web

/// The desk at which bodies register their systems, and at which others review them.
extension OpenID {
    static let systemPath = "/desk/systems"

    var systemRoutes: [Route] {
        let (path, developer) = (OpenID.systemPath, Audience.officer(role: OfficerRole.developer))
        return [
            .page(.get, path, for: .officer(role: nil), "openid.systems", "Systems at which people sign in", showSystems),
            .page(.get, "\(path)/add", for: developer, "openid.showAddSystem", "Register a system") { try formPage(nil, isNew: true, $0) },
            .page(.post, "\(path)/save", for: developer, "openid.saveSystem", "Keep what was registered", saveSystem),
            .page(.get, "\(path)/{client}", for: developer, "openid.showSystem", "A system of the body", showSystem),
            .page(.get, "\(path)/{client}/change", for: developer, "openid.showChangeSystem", "Change a system", showChange),
            .page(.post, "\(path)/{client}/retire", for: developer, "openid.retireSystem", "Take a system away", retireSystem),
            .page(
                .post, "\(path)/{client}/logouts/{session}/again", for: developer, "openid.tellAgain", "Tell a system again that a session has ended",
                tellSystemAgain),
        ] + reviewRoutes
    }

    func systemText(_ key: String, _ call: Call, _ values: [String: String] = [:]) -> String { site.text("openID.system.\(key)", call, values) }

    func name(_ content: JSON, _ call: Call) -> String {
        content["client_name#\(call.language.rawValue)"]?.string ?? content["client_name#he"]?.string ?? content["client_name"]?.string ?? ""
    }

    private func showSystems(_ call: Call) async throws -> Reply {
        let (applications, body) = (applications, call.actor.organisation ?? "")
        let isReviewer = call.actor.roles.contains(OfficerRole.clientReviewer)
        guard isReviewer || call.actor.roles.contains(OfficerRole.developer) else { throw Problem.notAllowed }
        let list = try await database.read {
            isReviewer ? try applications.submitted(limit: 200, in: $0) : try applications.systems(of: body, in: $0)
        }
        var data: [String: Any] = [
            "isReviewer": isReviewer, "isEmpty": list.isEmpty,
            "systems": list.map { application -> [String: Any] in
                let place = call.page("\(OpenID.systemPath)/\(application.clientID)")
                return [
                    "name": name(application.content, call), "id": application.clientID,
                    "body": bodies.body(application.bodyID)?.name.text(in: call.language) ?? "", "state": state(application.state, call),
                    "at": Formats.dateTime(application.createdAt, in: call.language, style: .short),
                    "href": isReviewer ? "\(place)/review/\(application.version)" : place,
                ]
            },
        ]
        for done in ["saved", "retired", "approved", "refused"] where call.query["done"] == done { data["done"] = systemText("done.\(done)", call) }
        return try site.page("openID/systems", Site.Heading(systemText(isReviewer ? "review.title" : "title", call)), data, for: call)
    }

    func state(_ state: Application.State, _ call: Call) -> String { systemText("state.\(state.rawValue)", call) }

    // MARK: The form

    private func formPage(_ form: ApplicationForm?, from content: JSON = .null, isNew: Bool, _ call: Call) throws -> Reply {
        let faults = form?.faults ?? []
        func fault(_ field: String) -> String? { faults.first { $0.field == field }.map { systemText("fault.\($0.reason)", call) } }
        func value(_ field: String, _ kept: String) -> String { form.map { $0.fields[field] ?? "" } ?? kept }
        func lines(_ member: String) -> String { (content[member]?.array ?? []).compactMap(\.string).joined(separator: "\n") }
        func row(_ field: String, _ kept: String, isArea: Bool = false, isText: Bool = false) -> [String: Any] {
            var row: [String: Any] = [
                "field": field, "label": systemText("field.\(field)", call), "hint": systemText("hint.\(field)", call), "value": value(field, kept),
                "isArea": isArea, "isCode": !isText,
            ]
            if let text = fault(field) { row["error"] = text }
            return row
        }
        var rows = [
            row("name_he", content["client_name#he"]?.string ?? "", isText: true), row("name_en", content["client_name#en"]?.string ?? "", isText: true),
            row("redirects", lines("redirect_uris"), isArea: true), row("tests", lines(Application.testAddresses), isArea: true),
            row("leaving", lines("post_logout_redirect_uris"), isArea: true), row("backchannel", content["backchannel_logout_uri"]?.string ?? ""),
            row("jwks", content["jwks"].map { $0.text } ?? "", isArea: true), row("jwks_uri", content["jwks_uri"]?.string ?? ""),
            row("sector", content["zamin_sector"]?.string ?? call.actor.organisation ?? ""),
        ]
        let id = value("id", content["client_id"]?.string ?? "")
        if isNew { rows.insert(row("id", ""), at: 0) }
        let scopes = Scope.allCases.filter { !$0.needsNoBasis }.map { scope -> [String: Any] in
            let (name, kept) = (scope.rawValue, content["zamin_scope_bases"]?[scope.rawValue])
            let kind = value("basis_\(name)", kept?["kind"]?.string ?? "none")
            var row: [String: Any] = [
                "scope": name, "label": site.text("openID.scope.\(name)", call), "isNone": kind != "law" && kind != "consent", "isLaw": kind == "law",
                "isConsent": kind == "consent", "law": value("law_\(name)", kind == "law" ? kept?["reference"]?.string ?? "" : ""),
                "titleHe": value("title_he_\(name)", kept?["title#he"]?.string ?? ""), "titleEn": value("title_en_\(name)", kept?["title#en"]?.string ?? ""),
            ]
            if let text = fault("basis_\(name)") { row["error"] = text }
            return row
        }
        var data: [String: Any] = [
            "rows": rows, "scopes": scopes, "isNew": isNew, "id": id, "body": bodies.body(call.actor.organisation ?? "")?.name.text(in: call.language) ?? "",
        ]
        if !faults.isEmpty {
            data["errors"] = faults.map { fault in
                ["href": "#\(fault.field)", "text": "\(systemText("short.\(fault.field)", call)): \(systemText("fault.\(fault.reason)", call))"]
            }
        }
        let heading = Site.Heading(
            systemText(isNew ? "add" : "change", call), back: call.page(isNew ? OpenID.systemPath : "\(OpenID.systemPath)/\(id)"), isError: !faults.isEmpty)
        return try site.page("openID/system-form", heading, data, for: call, status: faults.isEmpty ? 200 : 422)
    }

    private func saveSystem(_ call: Call) async throws -> Reply {
        let fields = try call.form()
        let body = call.actor.organisation ?? ""
        var form = ApplicationForm(fields, bodyID: body, allowsLoopback: issuer.hasPrefix("http://"))
        let isNew = fields["is_new"] == "yes"
        guard form.faults.isEmpty else { return try formPage(form, isNew: isNew, call) }
        let (applications, id) = (applications, form.content["client_id"]?.string ?? "")
        // A name that is there already is that of another system, unless it is this one that is changed.
        if isNew, try await !database.read({ try applications.versions(of: id, in: $0) }).isEmpty {
            form.fault("id", "taken")
            return try formPage(form, isNew: true, call)
        }
        do { _ = try await submit(form.content, by: call.actor, at: body) } catch ApplicationFault.taken {
            form.fault("id", "taken")
            return try formPage(form, isNew: true, call)
        }
        return .seeOther("\(call.page(OpenID.systemPath))?done=saved")
    }

    private func showChange(_ call: Call) async throws -> Reply {
        try formPage(nil, from: try await own(call).versions[0].content, isNew: false, call)
    }

    // MARK: One system

    /// The versions of a system of the body one acts for, newest first; at least one.
    private func own(_ call: Call) async throws -> (id: String, versions: [Application]) {
        let (applications, id) = (applications, call.parameters["client"] ?? "")
        let versions = try await database.read { try applications.versions(of: id, in: $0) }
        guard let newest = versions.first, newest.bodyID == call.actor.organisation else { throw Problem.notFound }
        return (id, versions)
    }

    private func showSystem(_ call: Call) async throws -> Reply {
        let (id, versions) = try await own(call)
        let (applications, people, newest) = (applications, people, versions[0])
        let since = IsraelTime.date(clock.now()).adding(days: -13)
        let (counts, untaken, names) = try await database.read { connection in
            var names: [String: String] = [:]
            for person in Set(versions.flatMap { [$0.applicantID, $0.reviewerID].compactMap(\.self) }) {
                names[person] = try people.card(of: person, in: connection)?.fullName
            }
            return (try applications.counts(of: id, since: since, in: connection), try applications.untaken(by: id, limit: 50, in: connection), names)
        }
        let isLive = versions.contains { $0.state == .live }
        var data: [String: Any] = [
            "name": name(newest.content, call), "id": id, "state": state(newest.state, call), "isRetired": newest.state == .retired, "isLive": isLive,
            "hasTest": newest.state != .retired && newest.testMetadata != nil, "testID": Application.testID(of: id),
            "base": call.page("\(OpenID.systemPath)/\(id)"),
            "versions": versions.map { version -> [String: Any] in
                var row: [String: Any] = [
                    "version": "\(version.version)", "state": state(version.state, call), "applicant": names[version.applicantID] ?? "",
                    "at": Formats.dateTime(version.createdAt, in: call.language, style: .short),
                ]
                if let reviewer = version.reviewerID { row["reviewer"] = names[reviewer] ?? "" }
                if let reason = version.reason { row["reason"] = reason }
                return row
            },
            "counts": counts.map { count -> [String: Any] in
                let key = "openID.system.count.\(count.what)"
                return [
                    "day": Formats.date(count.day, in: call.language), "what": site.catalogue.has(key, in: call.language) ? site.text(key, call) : count.what,
                    "number": Formats.number(count.number, in: call.language),
                ]
            },
            "hasCounts": !counts.isEmpty, "hasUntaken": !untaken.isEmpty,
            "untaken": untaken.map { item -> [String: Any] in
                [
                    "at": Formats.dateTime(item.at, in: call.language, style: .short), "tries": "\(item.tries)",
                    "status": item.status == 0 ? systemText("untaken.silent", call) : "\(item.status)",
                    "again": call.page("\(OpenID.systemPath)/\(id)/logouts/\(item.sessionID)/again"),
                ]
            },
        ]
        if call.query["done"] == "again" { data["done"] = systemText("done.again", call) }
        return try site.page("openID/system", Site.Heading(name(newest.content, call), back: call.page(OpenID.systemPath)), data, for: call)
    }

    private func retireSystem(_ call: Call) async throws -> Reply {
        let (id, _) = try await own(call)
        do { try await retire(id, by: call.actor, at: call.actor.organisation ?? "") } catch is ApplicationFault { throw Problem.notFound }
        return .seeOther("\(call.page(OpenID.systemPath))?done=retired")
    }

    private func tellSystemAgain(_ call: Call) async throws -> Reply {
        let (id, _) = try await own(call)
        try await tellAgain(id, session: call.parameters["session"] ?? "")
        return .seeOther("\(call.page("\(OpenID.systemPath)/\(id)"))?done=again")
    }
}
