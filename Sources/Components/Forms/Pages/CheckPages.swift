import Contracts
import Language
import Values
import Web

extension Forms {
    func showCheck(_ call: Call) async throws -> Reply {
        let id = try call.id("draft")
        if let receipt = try await receipt(id, call) { return receipt }
        let (found, document, before) = try await load(id, actor: call.actor)
        // She checks what will be sent, so what registers say must be what they say now.
        let (draft, journey) = before.isComplete ? try await prefilled(found, document, before, on: before.pages, actor: call.actor) : (found, before)
        guard journey.isComplete else { return .seeOther(place(of: journey, draft, call)) }
        let words = AnswerText(language: call.language, catalogue: site.catalogue, places: places)
        let sources = SourceWords(language: call.language, catalogue: site.catalogue, bodies: bodies)
        let parts = AnswerOverview(document: document, words: words).parts(journey.pages, journey.effective)
        let data: [String: Any] = [
            "formTitle": document.title.text(in: call.language), "action": call.page("/drafts/\(draft.id)/check"),
            "next": document.next.text(in: call.language),
            "body": site.text("forms.check.body", call, ["body": bodies.body(journey.bodyID ?? "")?.name.text(in: call.language) ?? ""]),
            "parts": parts.map { part -> [String: Any] in
                ["title": part.title, "lines": part.lines.map { line($0, draft, sources, call) }]
            },
        ]
        let back = journey.pages.last.map { call.page("/drafts/\(draft.id)/pages/\($0.step.id)") }
        return try site.page("forms/check", Site.Heading(site.text("forms.check.title", call), back: back), data, for: call)
    }

    private func line(_ line: AnswerOverview.Line, _ draft: Draft, _ sources: SourceWords, _ call: Call) -> [String: Any] {
        let isComputed = if case .rule = line.line.source { true } else { false }
        var data: [String: Any] = ["label": line.line.label, "value": line.line.value, "ltr": line.isLeftToRight, "isComputed": isComputed]
        if !isComputed { data["changeHref"] = call.page("/drafts/\(draft.id)/pages/\(line.stepID)") }
        if let chip = sources.chip(line.line.source) { data["chip"] = chip }
        if let id = line.line.attachmentID { data["fileHref"] = call.page("/drafts/\(draft.id)/files/\(id)") }
        return data
    }

    func sendForm(_ call: Call) async throws -> Reply {
        let id = try call.id("draft")
        switch try await send(id, actor: call.actor, language: call.language) {
        case .sent(let receipt): return .seeOther(call.page("/me/cases/\(receipt.caseID)?new=1"))
        case .incomplete(let stepID): return .seeOther(call.page(stepID.map { "/drafts/\(id)/pages/\($0)" } ?? "/drafts/\(id)"))
        }
    }
}
