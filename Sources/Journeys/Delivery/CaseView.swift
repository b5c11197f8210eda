import Contracts
import Database
import Language
import Values
import Web

/// A case as its pages show it, in one language.
struct CaseView {
    let delivery: Delivery
    let language: Language

    func text(_ key: String, _ arguments: [String: String] = [:]) -> String {
        delivery.site.catalogue.text("delivery.\(key)", in: language, arguments)
    }

    func serviceName(_ item: Case) -> String { delivery.near.services.service(item.serviceID)?.name.text(in: language) ?? item.number }
    func bodyName(_ id: String) -> String { delivery.near.bodies.body(id)?.name.text(in: language) ?? text("body.unknown") }

    /// The one bar over all bodies: where the case is, who holds it, what is promised. None for a case that ended on its way.
    func stages(_ item: Case, legs: [Case], type: CaseType) -> [[String: Any]] {
        guard item.result?.isDecision ?? true else { return [] }
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

    func legState(_ leg: Case) -> String { text("leg.\(leg.result?.rawValue ?? (leg.state == .waiting ? "waiting" : "open"))") }

    /// The legs with what they said, for the body that decides on them.
    func legs(_ facts: CaseFacts) -> [[String: Any]] {
        facts.legs.map { leg in
            var row: [String: Any] = ["body": bodyName(leg.bodyID), "state": legState(leg), "number": leg.number]
            if let note = facts.history.last(where: { $0.legID == leg.id })?.note { row["reason"] = note }
            return row
        }
    }

    /// What the tag beside a case says.
    ///
    /// - Parameter isAsked: a leg of it waits for the person.
    func state(_ item: Case, isAsked: Bool = false) -> String {
        if let result = item.result { return text("result.\(result.rawValue)") }
        let type = try? delivery.types.type(of: item)
        if item.state == .waiting || isAsked { return text(type?.waitsForFee(item) ?? false ? "state.payment" : "state.waiting") }
        return type?.stage(item.stage)?.name.text(in: language) ?? text("state.open")
    }

    func stateClass(_ item: Case, isAsked: Bool = false) -> String {
        switch (item.result, item.state) {
        case (.approved, _): "z-tag-success"
        case (.refused, _): "z-tag-danger"
        case (_, .closed): "z-tag-muted"
        case (_, .waiting): "z-tag-warning"
        case (_, .open): isAsked ? "z-tag-warning" : "z-tag-info"
        }
    }

    /// What happened, newest first. A person sees what she was told; an officer sees everything.
    func history(_ facts: CaseFacts, forOfficer: Bool) -> [[String: Any]] {
        facts.history.filter { forOfficer || $0.toldPerson }.reversed().map { row in
            let leg = facts.legs.first { $0.id == row.legID }
            let arguments = [
                "stage": facts.type.stage(row.stage)?.name.text(in: language) ?? "", "body": leg.map { bodyName($0.bodyID) } ?? text("body.unknown"),
                "answer": leg.map(legState) ?? "", "what": facts.type.follows?.name.text(in: language) ?? "",
            ]
            var line: [String: Any] = ["title": text("history.\(row.kind.rawValue)", arguments), "when": Formats.dateTime(row.at, in: language)]
            if let note = row.note, forOfficer || [.decided, .legDecided, .followed, .changed].contains(row.kind) { line["note"] = shown(note, row.kind) }
            if forOfficer { line["who"] = who(row) }
            return line
        }
    }

    /// What registers say is written as registers write it: dates in the way of this page, and each value with a direction of its own (FSI and
    /// PDI of UAX #9), so that a Hebrew place does not turn an English date around.
    private func shown(_ note: String, _ kind: CaseStatus.Kind) -> String {
        guard kind == .followed || kind == .changed else { return note }
        return note.split(separator: Delivery.changeSeparator).map { part in
            "\u{2068}\(CalendarDate(String(part)).map { Formats.date($0, in: language) } ?? String(part))\u{2069}"
        }.joined(separator: Delivery.changeSeparator)
    }

    private func who(_ row: CaseStatus) -> String {
        switch row.actorID {
        case Actor.system("payments").id: text("actor.payments")
        case let id where id.hasPrefix("system:"): text("actor.system")
        default: row.actorName
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
                    if let scan = line.scan { row["scan"] = text("scan.\(scan == "clean" ? "clean" : "none")") }
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

    func completions(_ questions: [Question]) -> [[String: Any]] {
        questions.map { question in
            let item = question.completion
            var row: [String: Any] = [
                "question": item.question, "asked": "\(bodyName(question.item.bodyID)), \(Formats.dateTime(item.askedAt, in: language))",
            ]
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

    /// A paper is made within a minute; after some it says that it is late.
    private static let paperSeconds: Int64 = 300

    func papers(_ documents: [DocumentCard], base: String, at time: Instant) -> [[String: Any]] {
        documents.map { paper in
            let isLate = paper.at.adding(seconds: CaseView.paperSeconds) < time
            return [
                "title": paper.title, "href": "\(base)/\(paper.id)", "ready": paper.isReady, "making": text(isLate ? "paper.late" : "paper.making"),
            ]
        }
    }
}
