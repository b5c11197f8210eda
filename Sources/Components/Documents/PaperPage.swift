import Contracts
import Language
import Values
import Web

/// A paper as HTML: letterhead, title, lines, paragraphs, place and date, and how to check it.
struct PaperPage: Sendable {
    let documents: Documents
    let document: OfficialDocument

    private var body: PublicBody? { documents.bodies.body(document.bodyID) }
    var bodyName: String { body?.name.text(in: document.language) ?? documents.site.catalogue.text("web.name", in: document.language) }

    func html(_ content: PaperContent) throws -> String {
        let language = document.language
        var data: [String: Any] = [
            "lang": language.rawValue, "dir": language.direction, "title": document.title, "number": document.caseNumber, "body": bodyName,
            "lines": content.lines.map { ["label": $0.label, "value": $0.value] }, "hasLines": !content.lines.isEmpty,
            "paragraphs": content.paragraphs, "code": document.code.description, "given": given, "verifyAddress": verifyAddress,
        ]
        if let parent = body?.parentID.flatMap(documents.bodies.body) { data["parent"] = parent.name.text(in: language) }
        if let phone = body?.phone { data["phone"] = phone }
        if let site = body?.site { data["site"] = PaperPage.withoutScheme(site) }
        return try documents.site.fragment("documents/\(document.kind.rawValue)", data, language: language)
    }

    /// Place and date of the paper: those of the order, whenever it is rendered.
    private var given: String {
        let (language, day) = (document.language, IsraelTime.date(document.orderedAt))
        var date = Formats.date(day, in: language)
        if language == .he { date = "\(Formats.hebrewDate(day)), \(date)" }
        guard let place = body?.localityCode.flatMap(documents.bodies.locality)?.name.text(in: language), !place.isEmpty else {
            return documents.site.catalogue.text("documents.paper.given", in: language, ["date": date])
        }
        return documents.site.catalogue.text("documents.paper.given-at", in: language, ["date": date, "place": place])
    }

    private var verifyAddress: String { PaperPage.withoutScheme("\(documents.publicURL)/verify") }

    /// As people write an address down.
    private static func withoutScheme(_ address: String) -> String {
        for scheme in ["https://", "http://"] where address.hasPrefix(scheme) {
            let rest = address.dropFirst(scheme.count)
            return String(rest.hasSuffix("/") ? rest.dropLast() : rest)
        }
        return address
    }
}
