import Catalogue
import Language
import Values
import Web

extension Portal {
    static let queryLettersMax = 200
    private static let resultsPerPage = 10
    private static let pagesMax = 10

    func showSearch(_ call: Call) async throws -> Reply {
        let (shelf, wording) = (shelf, wording(call))
        let query = Bidi.withoutControls(String((call.query.trimmed("q") ?? "").prefix(Portal.queryLettersMax)))
        let number = min(max(call.query["page"].flatMap { Int($0) } ?? 1, 1), Portal.pagesMax)
        var data: PageData = ["popular": shelf.inventory.mostUsed.prefix(6).map(wording.link)]
        if query.isEmpty {
            data["prompt"] = wording.text("search.prompt")
        } else {
            let outcome = try await catalogue.search(query, language: call.language, limit: Portal.resultsPerPage * Portal.pagesMax)
            data.merge(results(outcome, query, number, wording)) { $1 }
        }
        data["query"] = query
        let title = query.isEmpty ? wording.text("search.title") : wording.text("search.title-for", ["query": Portal.isolated(query)])
        var heading = Site.Heading(title, breadcrumbs: wording.breadcrumbs())
        (heading.hidesSearch, heading.query) = (true, query)
        return try page("search", heading, data, call)
    }

    private func results(_ outcome: SearchOutcome, _ query: String, _ number: Int, _ wording: Wording) -> PageData {
        var data: PageData = [:]
        func search(_ text: String, _ page: Int = 1) -> String {
            "\(wording.prefix)/search?q=\(PercentEncoding.encode(text))" + (page > 1 ? "&page=\(page)" : "")
        }
        let count = outcome.services.count
        if let suggestion = outcome.suggestion {
            let words = ["query": Portal.isolated(query), "suggestion": Portal.isolated(suggestion)]
            if outcome.isCorrected {
                data["corrected"] = wording.text("search.corrected", words)
            } else {
                data["suggestion"] = ["text": suggestion, "href": search(suggestion)]
            }
        }
        // A page beyond the last one is the last one.
        let last = max(1, (count + Portal.resultsPerPage - 1) / Portal.resultsPerPage)
        let number = min(number, last)
        let start = (number - 1) * Portal.resultsPerPage
        let shown = outcome.services.dropFirst(start).prefix(Portal.resultsPerPage)
        if !shown.isEmpty { data["found"] = ["services": shown.map(wording.listed)] }
        if number > 1 { data["previousHref"] = search(query, number - 1) }
        if start + shown.count < count { data["nextHref"] = search(query, number + 1) }
        if last > 1 { data["pages"] = wording.text("search.page", ["number": "\(number)"]) }
        let related = number == 1 ? outcome.related.prefix(Portal.resultsPerPage).map(wording.listed) : []
        if !related.isEmpty { data["related"] = ["services": related] }
        if count == 0, !related.isEmpty { data["partly"] = wording.text("search.partly", ["query": Portal.isolated(query)]) }
        data["count"] = wording.text("search.count", count: count)
        if outcome.isEmpty { data["none"] = wording.text("search.none", ["query": Portal.isolated(query)]) }
        return data
    }

    /// What somebody typed, kept from turning the sentence around it (Unicode UAX 9: first strong isolate).
    static func isolated(_ text: String) -> String { "\u{2068}\(text)\u{2069}" }
}
