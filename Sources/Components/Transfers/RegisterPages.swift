import Contracts
import Database
import HTTPTypes
import Language
import Values
import Web

/// The register of agreements, open to everybody: which body may ask which register for what, why, by what law.
extension Transfers {
    private static let publicPath = "/data-transfers"

    var registerRoutes: [Route] {
        [
            .page(.get, Transfers.publicPath, for: .everyone, "transfers.showRegister", "Which bodies exchange which data", showRegister),
            .page(.get, "\(Transfers.publicPath)/{agreement}", for: .everyone, "transfers.showPublic", "One agreement between bodies", showPublic),
        ]
    }

    /// Of agreements that stand for many bodies, such as all municipalities, one line for all.
    private func showRegister(_ call: Call) async throws -> Reply {
        let agreements = try await database.read { try desk.agreements(of: nil, in: $0) }
        let groups = Dictionary(grouping: agreements) { String($0.id.prefix { $0 != "." }) }
        let rows = groups.map { id, members -> (String, [String: Any]) in
            let first = members[0]
            let provider = bodyName(first.providerID, call.language)
            let consumer = members.count == 1
                ? bodyName(first.consumerID, call.language) : site.catalogue.text("transfers.bodies", count: members.count, in: call.language)
            return (
                "\(provider) \(id)",
                [
                    "href": call.page("\(Transfers.publicPath)/\(first.id)"), "consumer": consumer, "provider": provider,
                    "purpose": first.content["purposes"]?.array?.compactMap(\.string).joined(separator: ", ") ?? "",
                    "law": lawName(first.content["law"]?.string ?? "", call), "count": "\(first.content["fields"]?.array?.count ?? 0)",
                    "status": text("status.\(members.contains { $0.status == "live" } ? "live" : first.status)", call),
                ]
            )
        }.sorted { $0.0 < $1.0 }.map(\.1)
        return try site.page(
            "transfers/register", Site.Heading(text("register.title", call), back: call.page("/")),
            ["rows": rows, "hasRows": !rows.isEmpty, "total": "\(agreements.count)"], for: call)
    }

    private func showPublic(_ call: Call) async throws -> Reply {
        let id = call.parameter("agreement")
        guard id.utf8.count <= 200, let agreement = try await database.read({ try desk.agreement(id, in: $0) }) else { throw Problem.notFound }
        return try site.page("transfers/agreement", Site.Heading(id, back: call.page(Transfers.publicPath)), describe(agreement, call), for: call)
    }

    /// An agreement in words.
    func describe(_ agreement: AgreementState, _ call: Call) -> [String: Any] {
        let content = agreement.content
        func texts(_ name: String) -> [String] { (content[name]?.array ?? []).compactMap(\.string) }
        func words(_ json: JSON?) -> String { json.flatMap { try? LocalizedText(json: $0) }?.text(in: call.language) ?? "" }
        func day(_ name: String) -> String { content[name]?.string.flatMap { CalendarDate($0) }.map { Formats.date($0, in: call.language) } ?? "–" }
        return [
            "id": agreement.id, "version": "\(agreement.version)", "status": text("status.\(agreement.status)", call),
            "isLive": agreement.status == "live", "consumer": bodyName(agreement.consumerID, call.language),
            "provider": bodyName(agreement.providerID, call.language), "purpose": texts("purposes").joined(separator: ", "),
            "law": lawName(content["law"]?.string ?? "", call), "population": words(content["population"]),
            "operations": texts("operations").joined(separator: ", "),
            "bases": texts("bases").map { text("basis.\($0)", call) }.joined(separator: ", "),
            "actors": texts("actors").map { text("actor.\($0)", call) }.joined(separator: ", "), "rate": "\(content["ratePerMinute"]?.int ?? 0)",
            "visibility": visibility(TransferTerms(agreement: content), call),
            "retention": site.catalogue.text("transfers.days", count: Int(content["retentionDays"]?.int ?? 0), in: call.language),
            "from": day("validFrom"), "until": day("validUntil"),
            "fields": (content["fields"]?.array ?? []).map { field -> [String: Any] in
                ["pointer": field["pointer"]?.string ?? "", "need": words(field["need"]), "law": lawName(field["law"]?.string ?? "", call)]
            },
        ]
    }
}
