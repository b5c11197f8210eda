import Catalogue
import Contracts
import Language
import Values
import Web

/// Puts the catalogue's texts into a page of one language. A text that is not there in it is shown in another, and the page then says in
/// which (`in` and `dir` beside the text, for the attributes `lang` and `dir`).
struct Wording {
    let language: Language
    let site: Site
    let bodies: any BodyDirectory

    var prefix: String { "/\(language.rawValue)" }

    func text(_ key: String, _ values: [String: String] = [:]) -> String { site.catalogue.text("portal.\(key)", in: language, values) }
    func text(_ key: String, count: Int) -> String { site.catalogue.text("portal.\(key)", count: count, in: language) }

    /// `{key: text}`, and `{keyIn, keyDir}` when it is in another language; the key `text` has plain `in` and `dir`.
    func row(_ key: String, _ text: LocalizedText) -> PageRow {
        let reading = text.reading(in: language)
        return mark([key: reading.text], key, reading.language)
    }

    func mark(_ row: PageRow, _ key: String, _ found: Language) -> PageRow {
        guard found != language else { return row }
        var row = row
        row[key == "text" ? "in" : "\(key)In"] = found.rawValue
        row[key == "text" ? "dir" : "\(key)Dir"] = found.direction
        return row
    }

    func lines(_ lines: LocalizedLines) -> PageData? {
        let reading = lines.reading(in: language)
        guard !reading.lines.isEmpty else { return nil }
        var data: PageData = mark([:], "text", reading.language)
        data["lines"] = reading.lines
        return data
    }

    /// Texts of one list, all in the reader's language or all in another.
    func lines(_ texts: [LocalizedText]) -> PageData? {
        let common = Language.allCases.filter { language in texts.allSatisfy { $0[language] != nil } }
        let byLanguage = common.map { language in (language, texts.compactMap { $0[language] }) }
        return lines(LocalizedLines(Dictionary(uniqueKeysWithValues: byLanguage)))
    }

    func bodyName(_ id: String) -> String { bodies.body(id)?.name.text(in: language) ?? id }

    /// The published sentence in this language, else the amount.
    func cost(_ service: PublicService) -> String { service.cost.text[language] ?? shortCost(service) }
    /// The published sentence in this language, else the norm.
    func time(_ service: PublicService) -> String { service.time.text[language] ?? shortTime(service) }

    func shortCost(_ service: PublicService) -> String {
        service.cost.amount.minorUnits == 0
            ? site.catalogue.text("web.free", in: language) : Formats.money(service.cost.amount, in: language, trimsZeros: true)
    }

    func shortTime(_ service: PublicService) -> String { text("time.working-days", count: service.time.workingDays) }

    /// One line of a list of services, for the partial `portal/service-list`.
    func listed(_ service: PublicService) -> PageRow {
        var row = row("text", service.name).merging(self.row("summary", service.summary)) { $1 }
        row["href"] = "\(prefix)/services/\(service.id)"
        row["body"] = bodyName(service.bodyIDs[0])
        row["cost"] = shortCost(service)
        row["time"] = shortTime(service)
        if service.formID != nil { row["online"] = text("online-here") }
        return row
    }

    func link(_ service: PublicService) -> PageRow {
        var row = row("text", service.name)
        row["href"] = "\(prefix)/services/\(service.id)"
        row["body"] = bodyName(service.bodyIDs[0])
        return row
    }

    func link(_ term: Taxonomy.Term, _ kind: String, count: Int) -> PageRow {
        var row = row("text", term.name)
        row["href"] = "\(prefix)/\(kind)/\(term.slug)"
        row["count"] = text("service-count", count: count)
        return row
    }

    func link(_ body: PublicBody) -> PageRow {
        ["text": body.name.text(in: language), "href": "\(prefix)/bodies/\(body.id)", "about": body.about.text(in: language)]
    }

    /// From home down.
    func breadcrumbs(_ steps: [(path: String, text: String)] = []) -> [(href: String, text: String)] {
        [(href: prefix, text: site.catalogue.text("web.home", in: language))] + steps.map { (href: "\(prefix)\($0.path)", text: $0.text) }
    }
}

extension Portal {
    func wording(_ call: Call) -> Wording { Wording(language: call.language, site: site, bodies: bodies) }

    func page(_ template: String, _ heading: Site.Heading, _ data: PageData, _ call: Call) throws -> Reply {
        try site.page("portal/\(template)", heading, data, for: call)
    }
}
