import Contracts
import Database
import Language
import Values
import Web

/// A case as its pages show it, in one language.
struct CaseView {
    let delivery: Delivery
    let language: Language

    private func text(_ key: String, _ arguments: [String: String] = [:]) -> String {
        delivery.site.catalogue.text("delivery.\(key)", in: language, arguments)
    }

    func serviceName(_ item: Case) -> String { delivery.near.services.service(item.serviceID)?.name.text(in: language) ?? item.number }
    func bodyName(_ id: String) -> String { delivery.near.bodies.body(id)?.name.text(in: language) ?? text("body.unknown") }

    /// The one bar over all bodies: where the case is, who holds it, what is promised.
    func stages(_ item: Case, legs: [Case], type: CaseType) -> [[String: Any]] {
        let current = type.stages.firstIndex { $0.id == item.stage } ?? 0
        return type.stages.enumerated().map { index, stage in
            let isOver = item.state == .closed || index < current
            var row: [String: Any] = [
                "text": stage.name.text(in: language), "isDone": isOver, "isCurrent": !isOver && index == current, "isNext": !isOver && index > current,
            ]
            if !isOver, index == current { row["detail"] = stage.detail.text(in: language) }
            if stage.id == type.legs?.stage, index <= current {
                row["legs"] = legs.map { ["body": bodyName($0.bodyID), "state": legState($0)] }
            }
            return row
        }
    }

    func legState(_ leg: Case) -> String { text("leg.\(leg.result?.rawValue ?? "open")") }

    /// What the tag beside a case says.
    func state(_ item: Case) -> String {
        if let result = item.result { return text("result.\(result.rawValue)") }
        if item.state == .waiting { return text(item.stage == "payment" ? "state.payment" : "state.waiting") }
        return (try? delivery.types.type(of: item))?.stage(item.stage)?.name.text(in: language) ?? text("state.open")
    }

    func stateClass(_ item: Case) -> String {
        switch (item.result, item.state) {
        case (.approved, _): "z-tag-success"
        case (.refused, _): "z-tag-danger"
        case (_, .waiting): "z-tag-warning"
        default: "z-tag-info"
        }
    }

    /// What happened, newest first. A person sees what she was told; an officer sees everything.
    func history(_ rows: [CaseStatus], type: CaseType, forOfficer: Bool) -> [[String: Any]] {
        rows.filter { forOfficer || $0.toldPerson }.reversed().map { row in
            let stage = type.stage(row.stage)?.name.text(in: language) ?? ""
            var line: [String: Any] = [
                "title": text("history.\(row.kind.rawValue)", ["stage": stage]), "when": Formats.dateTime(row.at, in: language),
            ]
            if let note = row.note, forOfficer || row.kind == .decided { line["note"] = note }
            if forOfficer { line["who"] = row.actorName }
            return line
        }
    }

    func answers(_ sections: [AnswerSection], fileBase: String) -> [[String: Any]] {
        sections.map { section in
            [
                "title": section.title,
                "lines": section.lines.map { line in
                    var row: [String: Any] = ["label": line.label, "value": line.value]
                    let isFromRegister = if case .register = line.source { true } else { false }
                    row[isFromRegister ? "fromRegister" : "said"] = source(line.source)
                    if let id = line.attachmentID { row["href"] = "\(fileBase)/\(id)" }
                    return row
                },
            ]
        }
    }

    private func source(_ source: AnswerSource) -> String {
        switch source {
        case .person: text("source.person")
        case .rule: text("source.rule")
        case .register(let owner, _, _, let at):
            text("source.register", ["body": bodyName(owner), "date": Formats.date(IsraelTime.date(at), in: language)])
        }
    }

    func completions(_ items: [Completion]) -> [[String: Any]] {
        items.map { item in
            var row: [String: Any] = ["question": item.question, "asked": Formats.dateTime(item.askedAt, in: language)]
            if let answer = item.answer, let at = item.answeredAt {
                row["answer"] = answer
                row["answered"] = Formats.dateTime(at, in: language)
            }
            return row
        }
    }

    func files(_ attachments: [Attachment], base: String) -> [[String: Any]] {
        attachments.map {
            [
                "name": $0.name, "href": "\(base)/\($0.id)", "size": Formats.fileSize(Int64($0.size), in: language),
                "scan": text("scan.\($0.scan == "clean" ? "clean" : "none")"),
            ]
        }
    }

    func papers(_ documents: [DocumentCard], base: String) -> [[String: Any]] {
        documents.map { ["title": $0.title, "href": "\(base)/\($0.id)", "ready": $0.isReady] }
    }
}
