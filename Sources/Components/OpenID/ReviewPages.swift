import Contracts
import Database
import HTTPTypes
import Language
import Values
import Web

/// The second pair of eyes on what bodies register.
extension OpenID {
    var reviewRoutes: [Route] {
        let (path, reviewer) = ("\(OpenID.systemPath)/{client}/review/{version}", Audience.officer(role: OfficerRole.clientReviewer))
        return [
            .page(.get, path, for: reviewer, "openid.showReview", "Review what was registered", showReview),
            .page(.post, "\(path)/approve", for: reviewer, "openid.approveSystem", "Approve what was registered", approveSystem),
            .page(.post, "\(path)/refuse", for: reviewer, "openid.refuseSystem", "Refuse what was registered", refuseSystem),
        ]
    }

    private func place(_ call: Call) throws -> (id: String, version: Int64) {
        guard let id = call.parameters["client"], let version = call.parameters["version"].flatMap({ Int64($0) }) else { throw Problem.notFound }
        return (id, version)
    }

    private func showReview(_ call: Call) async throws -> Reply { try await reviewPage(fault: nil, call) }

    private func reviewPage(fault: String?, _ call: Call) async throws -> Reply {
        let (applications, people, place) = (applications, people, try place(call))
        let found = try await database.read { connection -> (Application, Application?, String)? in
            let versions = try applications.versions(of: place.id, in: connection)
            guard let application = versions.first(where: { $0.version == place.version }) else { return nil }
            let applicant = try people.card(of: application.applicantID, in: connection)?.fullName ?? ""
            return (application, versions.first { $0.state == .live }, applicant)
        }
        guard let (application, live, applicant) = found else { throw Problem.notFound }
        let (new, old) = (lines(application.content, call), Dictionary(lines(live?.content ?? .null, call).map { ($0.label, $0.text) }) { first, _ in first })
        var data: [String: Any] = [
            "name": name(application.content, call), "id": place.id, "applicant": applicant,
            "body": bodies.body(application.bodyID)?.name.text(in: call.language) ?? "", "hasLive": live != nil,
            "lines": new.map { line -> [String: Any] in
                let before = old[line.label] ?? ""
                return [
                    "label": line.label, "text": line.text.isEmpty ? "–" : line.text, "before": before.isEmpty ? "–" : before,
                    "isChanged": live != nil && before != line.text,
                ]
            },
            "isOpen": application.state == .submitted, "isOwn": application.applicantID == call.actor.id, "state": state(application.state, call),
            "base": call.page("\(OpenID.systemPath)/\(place.id)/review/\(place.version)"),
        ]
        if let fault {
            data["reasonError"] = fault
            data["errors"] = [["href": "#reason", "text": fault]]
        }
        let heading = Site.Heading(systemText("review.title", call), back: call.page(OpenID.systemPath), isError: fault != nil)
        return try site.page("openID/review", heading, data, for: call, status: fault == nil ? 200 : 422)
    }

    /// What a version says, line by line, as reviewers read it.
    private func lines(_ content: JSON, _ call: Call) -> [(label: String, text: String)] {
        func list(_ member: String) -> String { (content[member]?.array ?? []).compactMap(\.string).joined(separator: "\n") }
        let keys = (content["jwks"]?["keys"]?.array ?? []).map { key in "\(key["kty"]?.string ?? "") \(key["kid"]?.string ?? "")" }.joined(separator: "\n")
        var lines = [
            ("name_he", content["client_name#he"]?.string ?? ""), ("name_en", content["client_name#en"]?.string ?? ""),
            ("sector", content["zamin_sector"]?.string ?? ""), ("redirects", list("redirect_uris")), ("leaving", list("post_logout_redirect_uris")),
            ("backchannel", content["backchannel_logout_uri"]?.string ?? ""), ("jwks", keys), ("jwks_uri", content["jwks_uri"]?.string ?? ""),
        ].map { (label: systemText("short.\($0.0)", call), text: $0.1) }
        for scope in Scope.allCases where !scope.needsNoBasis {
            let basis = content["zamin_scope_bases"]?[scope.rawValue]
            let law = [basis?["title#\(call.language.rawValue)"]?.string ?? basis?["title#he"]?.string, basis?["reference"]?.string].compactMap(\.self)
            let text: String =
                switch basis?["kind"]?.string {
                case "law": "\(systemText("basis.law", call)): \(law.joined(separator: " · "))"
                case "consent": systemText("basis.consent", call)
                default: ""
                }
            lines.append((label: site.text("openID.scope.\(scope.rawValue)", call), text: text))
        }
        return lines
    }

    private func approveSystem(_ call: Call) async throws -> Reply {
        let place = try place(call)
        return try await deciding(call) { try await approve(place.id, version: place.version, by: call.actor) }
    }

    private func refuseSystem(_ call: Call) async throws -> Reply {
        let (place, reason) = (try place(call), try call.form().trimmed("reason") ?? "")
        guard (1...2_000).contains(reason.count) else { return try await reviewPage(fault: systemText("review.reason-missing", call), call) }
        return try await deciding(call, "refused") { try await refuse(place.id, version: place.version, reason: reason, by: call.actor) }
    }

    private func deciding(_ call: Call, _ done: String = "approved", _ body: () async throws -> Void) async throws -> Reply {
        do { try await body() } catch ApplicationFault.own { throw Problem(409, "openID.own-system") } catch is ApplicationFault {
            throw Problem(409, "openID.decided")
        }
        return .seeOther("\(call.page(OpenID.systemPath))?done=\(done)")
    }
}
