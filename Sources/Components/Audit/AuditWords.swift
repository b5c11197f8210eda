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

    /// - Parameters:
    ///   - reader: who reads, in whatever capacity.
    ///   - verdict: what the body's privacy officer last said of the look, when it needed an explanation.
    func line(_ record: AuditRecord, reader: String, verdict: (verdict: Alarm.Verdict, at: Instant)? = nil) -> [String: Any] {
        var line: [String: Any] = [
            "who": who(record, reader: reader), "what": text("audit.what.\(record.what)", orElse: "audit.what.other"),
            "when": Formats.dateTime(record.at, in: language), "why": why(record), "proof": "/me/access/\(record.id)/proof",
            "byOther": record.actorID != reader,
        ]
        let fields = record.fields.map { text("audit.field.\($0)", orElse: "audit.field.other") }
        if !fields.isEmpty { line["fields"] = fields.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }.joined(separator: ", ") }
        if let agreement = record.agreementID { line["agreement"] = agreement }
        if let verdict {
            line["verdict"] = say("audit.access.\(verdict.verdict.rawValue)", ["date": Formats.date(IsraelTime.date(verdict.at), in: language)])
        }
        // A request for a business is open to who sent it; whoever else signs for the business would find nothing there.
        if let caseID = record.caseID, record.subjectID == reader || record.actorID == reader {
            line["caseHref"] = "/\(language.rawValue)/me/cases/\(caseID)"
        }
        return line
    }

    private func who(_ record: AuditRecord, reader: String) -> String {
        let isReader = record.actorID == reader
        guard let body = record.bodyID.flatMap(bodies.body) else {
            if isReader { return say("audit.who.you") }
            if let profession = record.licence?.split(separator: " ").first {
                return say("audit.who.professional", ["name": record.actorName, "profession": site.professionName(String(profession), in: language)])
            }
            if record.mandateID != nil { return say("audit.who.attorney", ["name": record.actorName]) }
            // Somebody who acts for herself in what concerns both, such as a mandate.
            if record.representativeOf == nil, !record.actorID.hasPrefix("system:") { return say("audit.who.person", ["name": record.actorName]) }
            return record.representativeOf == nil ? say("audit.who.system") : say("audit.who.representative", ["name": record.actorName])
        }
        let values = ["body": body.name.text(in: language), "name": record.actorName]
        if record.actorID.hasPrefix("system:") { return say("audit.who.automatic", values) }
        // Only an officer has a role; whoever else is named beside a body is the person for whom it asked.
        if record.role != nil, !isReader { return say("audit.who.officer", values) }
        return say(isReader ? "audit.who.forYou" : "audit.who.forRepresentative", values)
    }

    private func why(_ record: AuditRecord) -> String {
        switch record.basis {
        case .law(let reference): law(reference)
        case .consent: [say("audit.why.consent"), record.law.map(law)].compactMap(\.self).joined(separator: " · ")
        case .request, nil: [say("audit.why.request"), record.law.map(law)].compactMap(\.self).joined(separator: " · ")
        }
    }

    private func law(_ reference: String) -> String { say("audit.why.law", ["law": text("audit.law.\(reference)", orElse: "audit.law.other")]) }

    private func say(_ key: String, _ values: [String: String] = [:]) -> String { site.catalogue.text(key, in: language, values) }

    private func text(_ key: String, orElse other: String) -> String {
        let text = site.catalogue.text(key, in: language)
        return text.contains("⟦") ? site.catalogue.text(other, in: language) : text
    }

    private func month(_ date: CalendarDate) -> String {
        // A month's name stands in the genitive in Russian dates.
        language == .ru ? "\(date.month).\(date.year)" : "\(Formats.monthName(date.month, in: language)) \(date.year)"
    }

    /// Looks that are told as numbers, by body and month, the newest month first.
    func counts(_ records: [AuditRecord]) -> [[String: Any]] {
        struct Key: Hashable { let month: CalendarDate; let bodyID: String }
        let groups = Dictionary(grouping: records) { record -> Key in
            let date = IsraelTime.date(record.at)
            return Key(month: CalendarDate(year: date.year, month: date.month, day: 1) ?? date, bodyID: record.bodyID ?? "")
        }
        return groups.sorted { ($1.key.month, $0.key.bodyID) < ($0.key.month, $1.key.bodyID) }.map { key, looks in
            [
                "body": bodies.body(key.bodyID)?.name.text(in: language) ?? key.bodyID, "month": month(key.month),
                "count": site.catalogue.text("audit.access.times", count: looks.count, in: language),
            ]
        }
    }
}

struct AuditZone: ZoneSection {
    let audit: Audit
    let titleKey = "audit.zone.title"
    let emptyKey = "audit.zone.empty"
    let href = "/me/access"

    func items(for actor: Actor, language: Language, limit: Int, in connection: any Connection) throws -> [ZoneItem] {
        let words = AuditWords(site: audit.site, bodies: audit.bodies, language: language)
        return try audit.store.history(of: actor.subjectID, before: nil, at: audit.clock.now(), limit: limit, in: connection).map { record in
            let line = words.line(record, reader: actor.id)
            return ZoneItem(title: line["what"] as? String ?? "", detail: "\(line["who"] ?? "") · \(line["when"] ?? "")", href: "/me/access")
        }
    }
}
