import Contracts
import Database
import Language
import Values
import Web

/// An entry in plain words, in the reader's language.
struct AuditWords: Sendable {
    let site: Site
    let bodies: any BodyDirectory
    let language: Language

    func line(_ record: AuditRecord, reader: String) -> [String: Any] {
        var line: [String: Any] = [
            "who": who(record, reader: reader), "what": text("audit.what.\(record.what)", orElse: "audit.what.other"),
            "when": Formats.dateTime(record.at, in: language), "why": why(record), "proof": "/me/access/\(record.id)/proof",
            "byOther": record.actorID != reader,
        ]
        let fields = record.fields.map { text("audit.field.\($0)", orElse: "audit.field.other") }
        if !fields.isEmpty { line["fields"] = fields.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }.joined(separator: ", ") }
        if let caseID = record.caseID { line["caseHref"] = "/\(language.rawValue)/me/cases/\(caseID)" }
        return line
    }

    private func who(_ record: AuditRecord, reader: String) -> String {
        if record.actorID == reader, record.bodyID == nil { return site.catalogue.text("audit.who.you", in: language) }
        guard let bodyID = record.bodyID, let body = bodies.body(bodyID) else {
            return site.catalogue.text("audit.who.system", in: language)
        }
        if record.actorID == reader { return site.catalogue.text("audit.who.forYou", in: language, ["body": body.name.text(in: language)]) }
        let values = ["body": body.name.text(in: language), "name": record.actorName]
        let key = record.actorID.hasPrefix("system:") ? "automatic" : "officer"
        return site.catalogue.text("audit.who.\(key)", in: language, values)
    }

    private func why(_ record: AuditRecord) -> String {
        switch record.basis {
        case .law(let reference): site.catalogue.text("audit.why.law", in: language, ["law": text("audit.law.\(reference)", orElse: "audit.law.other")])
        case .consent: site.catalogue.text("audit.why.consent", in: language)
        case .request, nil: site.catalogue.text("audit.why.request", in: language)
        }
    }

    private func text(_ key: String, orElse other: String) -> String {
        let text = site.catalogue.text(key, in: language)
        return text.contains("⟦") ? site.catalogue.text(other, in: language) : text
    }
}

struct AuditZone: ZoneSection {
    let audit: Audit
    let titleKey = "audit.zone.title"
    let emptyKey = "audit.zone.empty"
    let href = "/me/access"

    func items(for actor: Actor, language: Language, limit: Int, in connection: any Connection) throws -> [ZoneItem] {
        let words = AuditWords(site: audit.site, bodies: audit.bodies, language: language)
        return try audit.store.history(of: Audit.subject(of: actor), before: nil, limit: limit, in: connection).map { record in
            let line = words.line(record, reader: actor.id)
            return ZoneItem(title: line["what"] as? String ?? "", detail: "\(line["who"] ?? "") · \(line["when"] ?? "")", href: "/me/access")
        }
    }
}
