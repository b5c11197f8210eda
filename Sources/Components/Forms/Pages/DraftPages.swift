import Contracts
import Database
import HTTPTypes
import Language
import Values
public import Web

extension Forms {
    static let audience = Audience.applicant(.substantial)

    public var routes: [Route] {
        let audience = Forms.audience
        let fileLimit = AttachmentRoom.sizeLimit + 64 * 1024
        return [
            .page(.get, "/forms/{form}", for: audience, "forms.showStart", "What a form asks, before beginning it", showStart),
            .page(.post, "/forms/{form}", for: audience, "forms.begin", "Begin a draft", begin),
            .page(.get, "/me/drafts", for: audience, "forms.listDrafts", "Forms I began", listDrafts),
            .page(.get, "/drafts/{draft}", for: audience, "forms.resume", "Go on where I stopped", resume),
            .page(.get, "/drafts/{draft}/pages/{step}", for: audience, "forms.showPage", "One page of a form", showPage),
            .page(.post, "/drafts/{draft}/pages/{step}", for: audience, "forms.savePage", "Answer one page", bodyLimit: fileLimit, savePage),
            .page(.get, "/drafts/{draft}/pages/{step}/entries/{entry}", for: audience, "forms.showEntry", "One entry of a list", showEntry),
            .page(.post, "/drafts/{draft}/pages/{step}/entries/{entry}", for: audience, "forms.saveEntry", "Keep or remove one entry", saveEntry),
            .page(.get, "/drafts/{draft}/end", for: audience, "forms.showEnd", "Why a form ends here", showEnd),
            .page(.get, "/drafts/{draft}/check", for: audience, "forms.showCheck", "Check the answers", showCheck),
            .page(.post, "/drafts/{draft}/check", for: audience, "forms.send", "Send the form", sendForm),
            .page(.post, "/drafts/{draft}/delete", for: audience, "forms.deleteDraft", "Delete a draft", deleteDraft),
            .page(.get, "/drafts/{draft}/files/{file}", for: audience, "forms.showFile", "A file I attached", showFile)
                .giving("application/pdf", "image/jpeg", "image/png"),
        ]
    }

    private func showStart(_ call: Call) async throws -> Reply {
        guard let document = library.current(call.parameter("form")) else { throw Problem.notFound }
        let (actor, time) = (call.actor, call.time)
        let open = try await database.read { try list(of: actor, at: time, in: $0) }.filter { $0.formID == document.id }
        var data: [String: Any] = [
            "formTitle": document.title.text(in: call.language), "next": document.next.text(in: call.language),
            "minutes": site.catalogue.text("forms.start.minutes", count: document.minutes, in: call.language),
            "action": call.page("/forms/\(document.id)"), "drafts": open.map { row($0, call) }, "hasDrafts": !open.isEmpty,
            "parts": parts(of: document, call).map { ["text": $0] },
        ]
        if !isOpen(document, to: call.actor) {
            let reason = isOutsideMandate(document, call.actor) ? "not-covered" : "\(document.subject.rawValue)-only"
            data["otherCapacity"] = site.text("forms.start.\(reason)", call)
            data["chooseHref"] = "\(call.page("/capacity"))?next=/forms/\(document.id)"
        }
        return try site.page("forms/start", Site.Heading(document.title.text(in: call.language)), data, for: call)
    }

    func parts(of document: FormDocument, _ call: Call) -> [String] {
        document.steps.map { $0.section.text(in: call.language) }.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }

    private func begin(_ call: Call) async throws -> Reply {
        guard let document = library.current(call.parameter("form")) else { throw Problem.notFound }
        return .seeOther(call.page("/drafts/\(try await begin(document, actor: call.actor).id)"))
    }

    private func listDrafts(_ call: Call) async throws -> Reply {
        let (actor, time) = (call.actor, call.time)
        let open = try await database.read { try list(of: actor, at: time, in: $0) }
        return try site.page(
            "forms/drafts", Site.Heading(site.text("forms.drafts.title", call), back: call.page("/me")),
            ["drafts": open.map { row($0, call) }, "isEmpty": open.isEmpty], for: call)
    }

    private func row(_ draft: Draft, _ call: Call) -> [String: Any] {
        let document = library.document(draft.formID, version: draft.formVersion)
        return [
            "title": document?.title.text(in: call.language) ?? draft.formID, "href": call.page("/drafts/\(draft.id)"),
            "deleteAction": call.page("/drafts/\(draft.id)/delete"),
            "changed": site.text("forms.draft.changed", call, ["time": Formats.dateTime(draft.updatedAt, in: call.language)]),
            "until": site.text("forms.draft.until", call, ["date": Formats.date(IsraelTime.date(draft.expiresAt), in: call.language)]),
        ]
    }

    /// Where a draft stands: the first page that is not complete, the end it came to, or the answers to check.
    func place(of journey: Journey, _ draft: Draft, _ call: Call) -> String {
        if journey.end != nil { return call.page("/drafts/\(draft.id)/end") }
        return call.page("/drafts/\(draft.id)/\(journey.current.map { "pages/\($0.step.id)" } ?? "check")")
    }

    private func resume(_ call: Call) async throws -> Reply {
        let id = try call.id("draft")
        if let receipt = try await receipt(id, call) { return receipt }
        let (draft, _, journey) = try await load(id, actor: call.actor)
        return .seeOther(place(of: journey, draft, call))
    }

    /// A draft that was sent leads to its case.
    func receipt(_ id: String, _ call: Call) async throws -> Reply? {
        let (submissions, actorID) = (submissions, call.actor.id)
        let receipt = try await database.read { try submissions.receipt(id, actorID: actorID, in: $0) }
        return receipt.map { .seeOther(call.page("/me/cases/\($0.caseID)")) }
    }

    private func showEnd(_ call: Call) async throws -> Reply {
        let (draft, _, journey) = try await load(try call.id("draft"), actor: call.actor)
        guard let end = journey.end else { return .seeOther(place(of: journey, draft, call)) }
        var data: [String: Any] = [
            "endTitle": end.page.title.text(in: call.language), "message": end.page.message.text(in: call.language), "isExit": end.isExit,
            "changeHref": call.page("/drafts/\(draft.id)/pages/\(end.after)"), "deleteAction": call.page("/drafts/\(draft.id)/delete"),
        ]
        if let link = end.page.link, let text = end.page.linkText { data["link"] = ["href": call.page(link), "text": text.text(in: call.language)] }
        return try site.page(
            "forms/end", Site.Heading(end.page.title.text(in: call.language), back: call.page("/drafts/\(draft.id)/pages/\(end.after)")), data, for: call)
    }

    private func deleteDraft(_ call: Call) async throws -> Reply {
        try await discard(try call.id("draft"), actor: call.actor)
        return .seeOther(call.page("/me/drafts"))
    }

    private func showFile(_ call: Call) async throws -> Reply {
        let (draft, _, _) = try await load(try call.id("draft"), actor: call.actor)
        let (room, id) = (room, try call.id("file"))
        guard let (attachment, content) = try await database.read({ try room.content(of: id, holderID: draft.id, in: $0) }) else { throw Problem.notFound }
        return .file(content, type: attachment.type, name: attachment.name)
    }
}
