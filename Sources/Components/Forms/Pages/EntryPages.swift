import Contracts
import Language
import Values
import Web

/// Pages of a repeating group: the list, and one entry at a time.
extension Forms {
    static let entryLimit = 50

    func entries(of group: FormField, _ step: FormStep, _ draft: Draft, _ view: FieldView, _ call: Call) -> [String: Any] {
        let base = call.page("/drafts/\(draft.id)/pages/\(step.id)/entries")
        let items = draft.answers.entries(at: group.pointer)
        let title = group.entryTitle?.text(in: call.language) ?? ""
        let fault = view.faults.first { $0.pointer.hasPrefix(group.pointer.description) }
        var data: [String: Any] = [
            "id": group.name, "label": group.label.text(in: call.language), "isEmpty": items.isEmpty, "addHref": "\(base)/new",
            "addText": site.text(items.isEmpty ? "forms.entry.add-first" : "forms.entry.add", call, ["title": title]),
            "mayAdd": items.count < Forms.entryLimit,
            "entries": items.enumerated().map { index, entry -> [String: Any] in
                let texts = group.entries.map { view.words.text(entry.value.value(at: $0.pointer), of: $0) }.filter { !$0.isEmpty }
                let place = "\(base)/\(entry.id)"
                return ["title": "\(title) \(index + 1)", "text": texts.joined(separator: " · "), "href": place, "removeAction": place]
            },
        ]
        if let hint = group.hint { data["hint"] = hint.text(in: call.language) }
        if let fault { data["error"] = view.text(of: fault, group) }
        return data
    }

    func showEntry(_ call: Call) async throws -> Reply {
        let (draft, document, journey) = try await load(try call.id("draft"), actor: call.actor)
        guard let page = journey.page(call.parameter("step")), let group = page.step.group else { return .seeOther(place(of: journey, draft, call)) }
        guard let target = entryPlace(group, draft, call) else { throw Problem.notFound }
        var posted = Posted()
        if let entry = target.entry {
            for field in group.entries { posted.merge(field.encode(entry.value.value(at: field.pointer), language: call.language, places: places)) }
        } else {
            posted.set(Forms.newEntryField, [UUIDv7.next(at: call.time)])
        }
        return try render(group, target.index, page, draft, document, posted, [], call)
    }

    /// Names a new entry when its page is shown, so that sending that page twice makes one.
    private static let newEntryField = "_entry"

    /// An entry that is there, or the place after the last for `new`.
    private func entryPlace(_ group: FormField, _ draft: Draft, _ call: Call) -> (index: Int, entry: Answers.Entry?)? {
        let entries = draft.answers.entries(at: group.pointer)
        if call.parameter("entry") == "new" { return entries.count < Forms.entryLimit ? (entries.count, nil) : nil }
        return entries.firstIndex { $0.id == call.parameter("entry") }.map { ($0, entries[$0]) }
    }

    func saveEntry(_ call: Call) async throws -> Reply {
        let (draft, document, journey) = try await load(try call.id("draft"), actor: call.actor)
        guard let page = journey.page(call.parameter("step")), let group = page.step.group else { return .seeOther(place(of: journey, draft, call)) }
        let list = call.page("/drafts/\(draft.id)/pages/\(page.step.id)")
        // An entry that another tab has removed meanwhile: the list shows what is there.
        guard let target = entryPlace(group, draft, call) else { return .seeOther(list) }
        let posted = Posted(try call.form())
        let given = posted.text(Forms.newEntryField)
        let id = target.entry?.id ?? (UUIDv7.isWellFormed(given) ? given : UUIDv7.next(at: call.time))
        if posted.text("action") == "remove" {
            try await keep(.none, id, of: group, step: page.step, draft: draft, actor: call.actor)
            return .seeOther(list)
        }
        var entry: JSON = [:]
        var faults: [FieldFault] = []
        for field in group.entries {
            switch field.decode(posted, places: places) {
            case .value(let value): entry.set(value, at: field.pointer)
            case .absent: break
            case .fault(let code, let part, let arguments):
                faults.append(FieldFault(field.pointer.description + (part.map { "/\($0)" } ?? ""), code, arguments))
                continue
            }
            faults += field.faults(of: entry.value(at: field.pointer))
        }
        if faults.isEmpty { faults = schemaFaults(of: entry, group, document) }
        guard faults.isEmpty else { return try render(group, target.index, page, draft, document, posted, faults, call) }
        try await keep(entry, id, of: group, step: page.step, draft: draft, actor: call.actor)
        return .seeOther(list)
    }

    /// What the data schema says of an entry, seen as the only one of a list.
    private func schemaFaults(of entry: JSON, _ group: FormField, _ document: FormDocument) -> [FieldFault] {
        var values: JSON = [:]
        values.set(.array([entry]), at: group.pointer)
        let place = group.pointer.appending("0")
        return SchemaFinding.findings(document.schema, values).filter { $0.lies(in: place) }.map { finding in
            FieldFault(JSONPointer(tokens: Array(finding.tokens.dropFirst(place.tokens.count))).description, finding.fault.code, finding.fault.arguments)
        }
    }

    /// Puts an entry in its place, or takes it out. The page of the list must then be confirmed again.
    private func keep(_ value: JSON?, _ id: String, of group: FormField, step: FormStep, draft: Draft, actor: Actor) async throws {
        let pointer = group.pointer
        _ = try await change(draft.id, actor: actor) { draft, _ in
            var entries = draft.answers.entries(at: pointer)
            let index = entries.firstIndex { $0.id == id }
            switch (value, index) {
            case (let value?, let index?): entries[index].value = value
            case (let value?, nil): if entries.count < Forms.entryLimit { entries.append(Answers.Entry(id: id, value: value)) }
            case (nil, let index?): entries.remove(at: index)
            case (nil, nil): return
            }
            draft.answers.set(entries, at: pointer)
            draft.answers.confirmed.remove(step.id)
        }
    }

    private func render(
        _ group: FormField, _ index: Int, _ page: Journey.Page, _ draft: Draft, _ document: FormDocument, _ posted: Posted, _ faults: [FieldFault],
        _ call: Call
    ) throws -> Reply {
        let words = AnswerText(language: call.language, catalogue: site.catalogue, places: places)
        let view = FieldView(words: words, call: call, posted: posted, faults: faults, document: document)
        let title = "\(group.entryTitle?.text(in: call.language) ?? "") \(index + 1)"
        let list = call.page("/drafts/\(draft.id)/pages/\(page.step.id)")
        var data = progress(page.step, document, call)
        data.merge([
            "pageTitle": title, "action": "\(list)/entries/\(call.parameter("entry"))", "errors": view.summary(group.entries),
            "fields": group.entries.map { view.data($0, heading: false) }, "ownTitle": false,
        ]) { $1 }
        let id = posted.text(Forms.newEntryField)
        if !id.isEmpty { data["newEntry"] = id }
        return try site.page("forms/entry", Site.Heading(title, back: list, isError: !faults.isEmpty), data, for: call, status: faults.isEmpty ? 200 : 422)
    }
}
