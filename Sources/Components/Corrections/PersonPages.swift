import Contracts
import Database
import HTTPTypes
import Language
import Values
import Web

/// Where a person says what is wrong, and sees what became of it. It is about her account itself, whatever capacity she has chosen.
extension Corrections {
    static let path = "/me/corrections"
    private static let shown = 100

    var personRoutes: [Route] {
        let (path, person) = (Corrections.path, Audience.signedIn(.substantial))
        return [
            .page(.get, path, for: person, "corrections.list", "What I said is wrong in registers", showList),
            .page(.get, "\(path)/new", for: person, "corrections.showNew", "Say that a register has something wrong about me") {
                try await newPage([:], [], $0)
            },
            .page(.post, "\(path)/new", for: person, "corrections.open", "Say that a register has something wrong about me", openOne),
            .page(.get, "\(path)/{claim}", for: person, "corrections.show", "One claim and its answer", showOne),
            .page(.post, "\(path)/{claim}/withdraw", for: person, "corrections.withdraw", "Take a claim back", withdrawOne),
        ]
    }

    private func showList(_ call: Call) async throws -> Reply {
        let (person, operations) = (call.actor.id, try await operations())
        let claims = try await database.read { try store.claims(of: person, limit: Corrections.shown, in: $0) }
        var data: [String: Any] = [
            "claims": claims.map { row($0, operations, call, at: Corrections.path) }, "hasClaims": !claims.isEmpty,
            "newHref": call.page("\(Corrections.path)/new"),
        ]
        if call.query["done"] == "withdrawn" { data["done"] = text("done.withdrawn", call) }
        return try site.page("corrections/list", Site.Heading(text("title", call), back: call.page("/me")), data, for: call)
    }

    func row(_ claim: Claim, _ operations: [ExchangeOperation], _ call: Call, at path: String) -> [String: Any] {
        [
            "href": call.page("\(path)/\(claim.id)"), "owner": bodyName(claim.ownerID, call.language),
            "register": operations.first { $0.id == claim.operation }?.name.text(in: call.language) ?? claim.operation,
            "state": text("state.\(claim.state.rawValue)", call), "isOpen": claim.state == .open, "isLate": claim.isLate(on: IsraelTime.date(call.time)),
            "opened": Formats.date(IsraelTime.date(claim.openedAt), in: call.language), "due": Formats.date(claim.dueOn, in: call.language),
        ]
    }

    // MARK: Saying it

    /// Without a register chosen the page asks for one; with it, for what is wrong.
    private func newPage(_ typed: [String: Any], _ errors: [[String: String]], _ call: Call) async throws -> Reply {
        let operations = try await operations()
        let chosen = operations.first { $0.id == typed["operation"] as? String ?? call.query["operation"] ?? "" }
        var data = typed
        if let chosen {
            let person = call.actor.id
            let past = try await database.read { connection in
                try looks.looks(at: person, through: chosen.id, since: call.time.adding(days: -Claim.daysBack), now: call.time, limit: 1_000, in: connection)
            }
            let ticked = typed["labels"] as? Set<String> ?? []
            let labels = Set(past.filter(\.isShown).flatMap(\.fields)).map { (id: $0, name: fieldName($0, call.language)) }.sorted { $0.name < $1.name }
            data["labelRows"] = labels.map { ["value": $0.id, "name": $0.name, "isChosen": ticked.contains($0.id)] as [String: Any] }
            data["hasLabels"] = !labels.isEmpty
            data["operation"] = chosen.id
            data["register"] = chosen.name.text(in: call.language)
            data["owner"] = bodyName(chosen.ownerID, call.language)
        } else {
            let owners = Dictionary(grouping: operations, by: \.ownerID).map { (name: bodyName($0.key, call.language), operations: $0.value) }
            data["owners"] = owners.sorted { $0.name < $1.name }.map { owner -> [String: Any] in
                [
                    "name": owner.name,
                    "operations": owner.operations.map {
                        ["href": "\(call.page("\(Corrections.path)/new"))?operation=\($0.id)", "name": $0.name.text(in: call.language)] as [String: Any]
                    },
                ]
            }
            data["isChoice"] = true
        }
        if !errors.isEmpty { data["errors"] = errors }
        let heading = Site.Heading(text("new.title", call), back: call.page(Corrections.path), isError: !errors.isEmpty)
        return try site.page("corrections/new", heading, data, for: call, status: errors.isEmpty ? 200 : 422)
    }

    private func openOne(_ call: Call) async throws -> Reply {
        let fields = try call.form()
        guard let operation = try await operations().first(where: { $0.id == fields["operation"] }) else {
            return .seeOther(call.page("\(Corrections.path)/new"))
        }
        let (statement, labels) = (fields.trimmed("statement") ?? "", Set(fields.all("labels").map { String($0.prefix(60)) }))
        guard Claim.statementLengths.contains(statement.count) else {
            let typed: [String: Any] = [
                "operation": operation.id, "statement": String(statement.prefix(2_000)), "labels": labels, "statementError": text("new.statement-wrong", call),
            ]
            return try await newPage(typed, [["href": "#statement", "text": text("new.statement-wrong", call)]], call)
        }
        // Only names that the site has words for are kept.
        let known = labels.filter { site.catalogue.has("audit.field.\($0)", in: .he) }.sorted().prefix(50)
        let id = try await open(operation, labels: Array(known), statement: statement, by: call.actor)
        return .seeOther("\(call.page("\(Corrections.path)/\(id)"))?done=opened")
    }

    // MARK: One claim

    private func showOne(_ call: Call) async throws -> Reply {
        let (id, person) = (try call.id("claim"), call.actor.id)
        let found = try await database.read { connection -> (Claim, [CorrectionNotice])? in
            try store.claim(id, of: person, in: connection).map { ($0, try store.notices(of: id, in: connection)) }
        }
        guard let (claim, notices) = found else { throw Problem.notFound }
        var data = row(claim, try await operations(), call, at: Corrections.path)
        let told = notices.filter(\.isShown)
        data.merge(describe(claim, call)) { $1 }
        data["base"] = call.page("\(Corrections.path)/\(id)")
        data["isRefused"] = claim.state == .refused
        data["hasTold"] = !told.isEmpty
        data["told"] = told.map { notice -> [String: Any] in
            [
                "body": bodyName(notice.bodyID, call.language),
                "state": notice.acknowledgedAt.map { text("told.acknowledged", call, ["date": Formats.date(IsraelTime.date($0), in: call.language)]) }
                    ?? text("told.waiting", call),
            ]
        }
        if call.query["done"] == "opened" { data["done"] = text("done.opened", call) }
        return try site.page("corrections/claim", Site.Heading(text("claim.title", call), back: call.page(Corrections.path)), data, for: call)
    }

    func describe(_ claim: Claim, _ call: Call) -> [String: Any] {
        var data: [String: Any] = [
            "statement": claim.statement, "labels": claim.labels.map { fieldName($0, call.language) }.joined(separator: ", "),
            "hasLabels": !claim.labels.isEmpty,
        ]
        if !claim.answer.isEmpty { data["answer"] = claim.answer }
        if let at = claim.decidedAt { data["decided"] = Formats.dateTime(at, in: call.language) }
        return data
    }

    private func withdrawOne(_ call: Call) async throws -> Reply {
        try await withdraw(try call.id("claim"), by: call.actor)
        return .seeOther("\(call.page(Corrections.path))?done=withdrawn")
    }
}

/// Open claims and the newest answers, on the first page of the personal zone.
struct CorrectionsZone: ZoneSection {
    let corrections: Corrections

    var titleKey: String { "corrections.title" }
    var emptyKey: String { "corrections.zone.empty" }
    var href: String { Corrections.path }

    func items(for actor: Actor, language: Language, limit: Int, in connection: any Connection) throws -> [ZoneItem] {
        let catalogue = corrections.site.catalogue
        return try corrections.store.claims(of: actor.id, limit: limit, in: connection).map { claim in
            ZoneItem(
                title: corrections.bodyName(claim.ownerID, language),
                detail: catalogue.text("corrections.opened-on", in: language, ["date": Formats.date(IsraelTime.date(claim.openedAt), in: language)]),
                href: "\(href)/\(claim.id)", status: catalogue.text("corrections.state.\(claim.state.rawValue)", in: language))
        }
    }
}
