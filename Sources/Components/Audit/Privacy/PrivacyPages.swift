import Contracts
import Database
import HTTPTypes
import Language
import Values
public import Web

/// The privacy officer's desk: looks that need an explanation, each with what was said of it.
extension PrivacyDesk {
    static let path = "/desk/privacy"
    static let alarmsShown = 100

    public var routes: [Route] {
        let (path, officer) = (PrivacyDesk.path, Audience.officer(role: OfficerRole.privacyOfficer))
        return [
            .page(.get, path, for: officer, "privacy.list", "Looks at people's data that need an explanation", showList),
            .page(.get, "\(path)/{alarm}", for: officer, "privacy.show", "Looks of one officer that need an explanation") { try await alarmPage(nil, $0) },
            .page(.post, "\(path)/{alarm}", for: officer, "privacy.review", "Say whether looks were justified", reviewOne),
        ]
    }

    private func text(_ key: String, _ call: Call, _ values: [String: String] = [:]) -> String { audit.site.text("audit.privacy.\(key)", call, values) }

    private func showList(_ call: Call) async throws -> Reply {
        let (body, actor) = (call.actor.organisation ?? "", call.actor.id)
        let (waiting, judged) = try await audit.database.read { connection in
            (
                try store.alarms(of: body, isJudged: false, for: actor, limit: PrivacyDesk.alarmsShown + 1, in: connection),
                try store.alarms(of: body, isJudged: true, for: actor, limit: PrivacyDesk.alarmsShown, in: connection)
            )
        }
        let shown = waiting.prefix(PrivacyDesk.alarmsShown)
        var data: [String: Any] = [
            "body": audit.bodies.body(body)?.name.text(in: call.language) ?? body, "waiting": shown.map { row($0, call) }, "hasWaiting": !waiting.isEmpty,
            "judged": judged.map { row($0, call) }, "hasJudged": !judged.isEmpty, "hasMore": waiting.count > shown.count,
        ]
        if call.query["done"] != nil { data["done"] = text("done", call) }
        return try audit.site.page("audit/privacy", Site.Heading(text("title", call)), data, for: call)
    }

    private func row(_ alarm: Alarm, _ call: Call) -> [String: Any] {
        var row: [String: Any] = [
            "href": call.page("\(PrivacyDesk.path)/\(alarm.id)"), "officer": alarm.officerName, "role": audit.site.text("audit.field.\(alarm.role)", call),
            "day": Formats.date(alarm.day, in: call.language), "kinds": alarm.kinds.map { text("kind.\($0.rawValue)", call) },
            "count": count(alarm, call), "due": text("due", call, ["date": Formats.date(alarm.dueOn, in: call.language)]),
            "isOverdue": alarm.isOverdue(on: IsraelTime.date(call.time)), "isWaiting": alarm.verdict == nil,
        ]
        if let verdict = alarm.verdict {
            row["verdict"] = text("verdict.\(verdict.rawValue)", call)
            row["isUnjustified"] = verdict == .unjustified
        }
        return row
    }

    private func count(_ alarm: Alarm, _ call: Call) -> String {
        guard let usual = alarm.usual else { return audit.site.catalogue.text("audit.privacy.looks", count: alarm.looks, in: call.language) }
        return text("volume", call, ["people": "\(alarm.looks)", "usual": "\(usual)"])
    }

    private func alarmPage(_ faults: [(field: String, text: String)]?, _ call: Call, typed: Fields? = nil) async throws -> Reply {
        guard let (alarm, looks, reviews) = try await open(try call.id("alarm"), by: call.actor) else { throw Problem.notFound }
        let words = AuditWords(site: audit.site, bodies: audit.bodies, language: call.language)
        var data = row(alarm, call)
        data["looks"] = looks.map { record -> [String: Any] in
            let line = words.line(record, reader: call.actor.id)
            return ["when": line["when"] ?? "", "what": line["what"] ?? "", "fields": line["fields"] ?? "–", "why": line["why"] ?? ""]
        }
        data["hasLooks"] = !looks.isEmpty
        data["isLimited"] = alarm.visibility != .now
        data["reviews"] = reviews.reversed().map { review -> [String: Any] in
            [
                "what": text("verdict.\(review.verdict.rawValue)", call), "when": Formats.dateTime(review.at, in: call.language), "who": review.officerName,
                "reason": review.reason,
            ]
        }
        data["hasReviews"] = !reviews.isEmpty
        data["reason"] = String((typed?["reason"] ?? "").prefix(4_000))
        data["choices"] = Alarm.Verdict.allCases.map {
            ["value": $0.rawValue, "name": text("verdict.\($0.rawValue)", call), "isChosen": typed?["verdict"] == $0.rawValue] as [String: Any]
        }
        data["action"] = call.page("\(PrivacyDesk.path)/\(alarm.id)")
        for fault in faults ?? [] { data["\(fault.field)Error"] = fault.text }
        if let faults { data["errors"] = faults.map { ["href": "#\($0.field)", "text": $0.text] } }
        let heading = Site.Heading(text("alarm", call), back: call.page(PrivacyDesk.path), isError: faults != nil)
        return try audit.site.page("audit/privacy-alarm", heading, data, for: call, status: faults == nil ? 200 : 422)
    }

    private func reviewOne(_ call: Call) async throws -> Reply {
        let (id, fields) = (try call.id("alarm"), try call.form())
        let (verdict, reason) = (fields["verdict"].flatMap(Alarm.Verdict.init), String((fields.trimmed("reason") ?? "").prefix(4_000)))
        var faults: [(field: String, text: String)] = []
        if verdict == nil { faults.append(("verdict", text("verdict-missing", call))) }
        if reason.count < 10 { faults.append(("reason", text("reason-missing", call))) }
        guard let verdict, faults.isEmpty else { return try await alarmPage(faults, call, typed: fields) }
        guard try await review(id, verdict, reason: reason, by: call.actor) else { throw Problem.notFound }
        return .seeOther("\(call.page(PrivacyDesk.path))?done=1")
    }
}
