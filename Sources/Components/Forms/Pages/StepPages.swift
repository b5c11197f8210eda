import Contracts
import Language
import Values
import Web

extension Forms {
    func showPage(_ call: Call) async throws -> Reply {
        let id = try call.id("draft")
        if let receipt = try await receipt(id, call) { return receipt }
        let (draft, document, journey) = try await load(id, actor: call.actor)
        guard let reached = journey.page(call.parameter("step")) else { return .seeOther(place(of: journey, draft, call)) }
        let (ready, after) = try await prefilled(draft, document, journey, on: [reached], actor: call.actor)
        guard let page = after.page(reached.step.id) else { return .seeOther(place(of: after, ready, call)) }
        var posted = Posted()
        for field in page.fields { posted.merge(field.encode(ready.answers.value(at: field.pointer), language: call.language, places: places)) }
        if let note = ready.answers.notes[page.step.id] { posted.set("_wrong", [note]) }
        return try render(page, ready, document, after, posted, [], call)
    }

    func savePage(_ call: Call) async throws -> Reply {
        let id = try call.id("draft")
        if let receipt = try await receipt(id, call) { return receipt }
        let (draft, document, journey) = try await load(id, actor: call.actor)
        guard let reached = journey.page(call.parameter("step")) else { return .seeOther(place(of: journey, draft, call)) }
        let (fields, files) = try call.formWithFiles()
        let posted = Posted(fields)
        let action = posted.text("action")
        if action.hasPrefix("remove:"), UUIDv7.isWellFormed(String(action.dropFirst("remove:".count))) {
            try await detach(String(action.dropFirst("remove:".count)), draft: draft, document: document, actor: call.actor)
            return .seeOther(call.page("/drafts/\(draft.id)/pages/\(reached.step.id)"))
        }
        // A page may be sent without ever having been opened: what registers hold is not for the person to say then, either.
        let (ready, after) = try await prefilled(draft, document, journey, on: [reached], actor: call.actor)
        guard let page = after.page(reached.step.id) else { return .seeOther(place(of: after, ready, call)) }
        for file in files {
            guard let field = page.fields.first(where: { $0.widget == .file && $0.name == file.field }) else { continue }
            do { try await attach(file, to: field, draft: ready, actor: call.actor) } catch let error as FormsError {
                guard let code = error.fieldCode else { throw error }
                return try render(page, ready, document, after, posted, [FieldFault(field.pointer.description, code, error.problem.arguments)], call)
            }
        }
        if action == "upload" { return .seeOther(call.page("/drafts/\(draft.id)/pages/\(page.step.id)")) }
        let current = try await load(id, actor: call.actor).draft
        switch try await save(posted, step: page.step, draft: current, document: document, actor: call.actor) {
        case .saved(let saved, let next):
            return .seeOther(action == "later" ? call.page("/me/drafts") : place(of: next, saved, call))
        case .refused(let faults):
            return try render(page, current, document, after, posted, faults, call)
        }
    }

    /// One page: what a register holds to be confirmed, then what is asked.
    private func render(
        _ page: Journey.Page, _ draft: Draft, _ document: FormDocument, _ journey: Journey, _ posted: Posted, _ faults: [FieldFault], _ call: Call
    ) throws -> Reply {
        let words = AnswerText(language: call.language, catalogue: site.catalogue, places: places)
        let sources = SourceWords(language: call.language, catalogue: site.catalogue, bodies: bodies)
        let view = FieldView(words: words, call: call, posted: posted, faults: faults, document: document)
        let title = page.step.title.text(in: call.language)
        var known: [[String: Any]] = []
        var asked: [FormField] = []
        // Of what is shown here: the operation, and whose register it is.
        var origins: [String: String] = [:]
        var unavailable: Set<String> = []
        for field in page.fields {
            let concept = document.concept(of: field.pointer)
            if let (value, source) = draft.known(concept) {
                var line: [String: Any] = ["label": field.label.text(in: call.language), "value": words.text(value, of: field)]
                if let chip = sources.chip(source) { line["chip"] = chip }
                if case .register(let owner, let operation, _, _) = source { origins[operation] = owner }
                line["ltr"] = words.isLeftToRight(field)
                known.append(line)
            } else {
                asked.append(field)
                if let concept, case .unavailable(let owner) = draft.evidence[concept]?.outcome { unavailable.insert(sources.name(owner)) }
            }
        }
        var data: [String: Any] = progress(page.step, document, call)
        data.merge([
            "pageTitle": title, "action": call.page("/drafts/\(draft.id)/pages/\(page.step.id)"), "hasKnown": !known.isEmpty, "known": known,
            "wrong": posted.raw("_wrong"), "errors": view.summary(page.fields), "hasFileField": page.step.hasFiles,
            "owners": origins.sorted { $0.key < $1.key }.map { operation, owner in
                [
                    "href": "\(call.page("/me/corrections/new"))?operation=\(operation)",
                    "text": site.text("forms.wrong.correct", call, ["source": sources.name(owner)]),
                ]
            },
            "unavailable": unavailable.sorted().map { site.text("forms.register-unavailable", call, ["source": $0]) }.map { ["text": $0] },
        ]) { $1 }
        if let intro = page.step.intro { data["intro"] = intro.text(in: call.language) }
        if let group = page.fields.first(where: { $0.widget == .group }) {
            data["group"] = entries(of: group, page.step, draft, view, call)
        } else {
            let isWhole = known.isEmpty && asked.count == 1 && asked[0].label.text(in: call.language) == title && asked[0].widget != .declaration
            data["ownTitle"] = isWhole
            data["fields"] = asked.map { field in
                view.data(field, heading: isWhole, files: files(of: field, draft, call))
            }
        }
        let back = journey.page(before: page.step.id).map { call.page("/drafts/\(draft.id)/pages/\($0.step.id)") } ?? call.page("/forms/\(document.id)")
        let heading = Site.Heading(title, back: back, isError: !faults.isEmpty)
        return try site.page("forms/page", heading, data, for: call, status: faults.isEmpty ? 200 : 422)
    }

    /// Which part of the form this is.
    func progress(_ step: FormStep, _ document: FormDocument, _ call: Call) -> [String: Any] {
        let parts = parts(of: document, call)
        let part = step.section.text(in: call.language)
        let number = (parts.firstIndex(of: part) ?? 0) + 1
        let text = site.text("forms.progress", call, ["part": "\(number)", "parts": "\(parts.count)", "title": part])
        return ["progressText": text, "progressValue": "\(number)", "progressMax": "\(parts.count)"]
    }

    private func files(of field: FormField, _ draft: Draft, _ call: Call) -> [[String: Any]] {
        (draft.answers.value(at: field.pointer)?.array ?? []).compactMap { file in
            guard let id = file["id"]?.string, let name = file["name"]?.string, let size = file["size"]?.int else { return nil }
            return [
                "id": id, "name": name, "href": call.page("/drafts/\(draft.id)/files/\(id)"),
                "meta": "\(FileKind(rawValue: file["type"]?.string ?? "")?.fileExtension.uppercased() ?? ""), \(Formats.fileSize(size, in: call.language))",
            ]
        }
    }
}
