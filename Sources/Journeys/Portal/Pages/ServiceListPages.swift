import Catalogue
import Language
import Web

extension Portal {
    func showServices(_ call: Call) throws -> Reply {
        let (shelf, wording) = (shelf, wording(call))
        let data = shelf.data("services", call.language) {
            let inventory = shelf.inventory
            let letters = Alphabet(language: call.language).letters(inventory.services)
            return [
                "needs": terms(below: inventory.needs.root, in: inventory.needs, "needs", inventory, wording),
                "situations": terms(below: inventory.situations.root, in: inventory.situations, "situations", inventory, wording),
                "letters": letters.enumerated().map { letterData($0, $1, wording) },
                "count": wording.text("service-count", count: inventory.services.count),
            ]
        }
        let heading = Site.Heading(
            wording.text("services.title"), description: wording.text("services.lead"), breadcrumbs: wording.breadcrumbs())
        return try page("services", heading, data, call)
    }

    private func letterData(_ number: Int, _ letter: Alphabet.Letter, _ wording: Wording) -> PageData {
        var data: PageData = wording.mark(["text": letter.text, "id": "letter-\(number)"], "text", letter.language)
        data["services"] = letter.services.map(wording.link)
        return data
    }

    func showNeed(_ call: Call) throws -> Reply { try showTerm(call, "needs", shelf.inventory.needs) }
    func showSituation(_ call: Call) throws -> Reply { try showTerm(call, "situations", shelf.inventory.situations) }

    /// A term of a taxonomy: the terms below it that have services, and its services.
    private func showTerm(_ call: Call, _ kind: String, _ taxonomy: Taxonomy) throws -> Reply {
        let (shelf, wording) = (shelf, wording(call))
        guard let term = taxonomy.term(call.parameter("slug")) else { throw Problem.notFound }
        let data = shelf.data("\(kind)/\(term.slug)", call.language) {
            let inventory = shelf.inventory
            var data: PageData = wording.row("title", term.name)
            // In the page, not in the breadcrumb: there a text could not say what language it is in.
            let above = taxonomy.path(to: term.slug).dropFirst().map { wording.link($0, kind, count: inventory.count(term: $0.slug)) }
            if !above.isEmpty { data["above"] = ["rows": above] }
            let below = terms(below: term, in: taxonomy, kind, inventory, wording)
            if !below.isEmpty { data["below"] = ["rows": below] }
            let services = inventory.services(term: term.slug)
            if !services.isEmpty { data["found"] = ["services": services.map(wording.listed)] }
            if services.isEmpty { data["empty"] = wording.text("empty") }
            data["count"] = wording.text("service-count", count: services.count)
            return data
        }
        let heading = Site.Heading(
            term.name.text(in: call.language), description: wording.text("term.description"),
            breadcrumbs: wording.breadcrumbs([("/services", wording.text("services.title"))]))
        return try page("term", heading, data, call)
    }

    private func terms(
        below term: Taxonomy.Term?, in taxonomy: Taxonomy, _ kind: String, _ inventory: Inventory, _ wording: Wording
    ) -> [PageRow] {
        taxonomy.children(of: term?.slug ?? "").filter { inventory.count(term: $0.slug) > 0 }
            .map { wording.link($0, kind, count: inventory.count(term: $0.slug)) }
    }
}

/// Services by the first letter of their titles.
struct Alphabet {
    let language: Language

    struct Letter {
        let text: String
        /// Of the titles; another than the page's where they are not translated.
        let language: Language
        let services: [PublicService]
    }

    /// Titles in the page's own language first, then the others, each by letter and then by title.
    func letters(_ services: [PublicService]) -> [Letter] {
        let analyser = Analyser()
        struct Place: Hashable { let language: Language; let letter: String }
        let keyed = services.map { service -> (place: Place, key: String, service: PublicService) in
            let reading = service.name.reading(in: language)
            // Folded as search folds, so that É stands with E; an apostrophe ends no word here, so that « S'installer » stands under S.
            let title = reading.text.filter { $0 != "'" && $0 != "’" }
            let words = analyser.lexemes(of: title, language: reading.language).filter { $0.form == .surface }
            let key = words.map(\.letters).joined(separator: " ")
            let letter = key.unicodeScalars.first.map { String($0).uppercased() } ?? "#"
            return (Place(language: reading.language, letter: letter), key, service)
        }
        return Dictionary(grouping: keyed, by: \.place).map { place, items in
            let ordered = items.sorted { ($0.key, $0.service.id) < ($1.key, $1.service.id) }
            return Letter(text: place.letter, language: place.language, services: ordered.map(\.service))
        }.sorted { left, right in
            let isForeign = (left.language != language, right.language != language)
            if isForeign.0 != isForeign.1 { return isForeign.1 }
            return (left.language.rawValue, left.text) < (right.language.rawValue, right.text)
        }
    }
}
