import Contracts
import Database
import HTTPTypes
import Language
import Values
import Web

/// The officer's page of one case, and its files.
extension Delivery {
    /// What an officer sent and what was wrong with it.
    struct DeskAttempt {
        let verb: String
        let text: String
        let fault: DeliveryFault
    }

    func showDeskCase(_ call: Call) async throws -> Reply { try await deskCasePage(call, nil) }

    /// Opening the page is a look at the person's data: it is recorded before it is shown.
    func deskCasePage(_ call: Call, _ attempt: DeskAttempt?) async throws -> Reply {
        let id = try call.id("case")
        let (facts, card, principal) = try await database.write { connection -> (CaseFacts, PersonCard?, PersonCard?) in
            guard let item = try store.seen(id, by: call.actor.organisation ?? "", in: connection) else { throw Problem.notFound }
            let fields = item.isLeg ? ["answers"] : ["name", "answers", "attachments"]
            try record("case.view", .read, item, by: call.actor, fields: fields, in: connection)
            // A body that is only asked for its approval gets the answers it needs, and no names.
            let card = item.isLeg ? nil : try near.people.card(of: item.applicantID, in: connection)
            let isForOther = card != nil && item.subjectID != item.applicantID
            let principal = isForOther ? try near.people.card(of: item.subjectID, in: connection) : nil
            return (try CaseFacts(onDesk: item, delivery: self, language: call.language, in: connection), card, principal)
        }
        let (item, view) = (facts.item, CaseView(delivery: self, language: call.language))
        var data = page(facts, view, call)
        if let card { data["applicant"] = principal?.fullName ?? card.fullName }
        if principal != nil, let card { data["attorney"] = card.fullName }
        data.merge(actions(facts, view, call)) { _, new in new }
        if let attempt {
            data["errors"] = [["href": "#\(attempt.fault.field)", "text": attempt.fault.text]]
            if attempt.fault.status == 422 { data["\(attempt.verb)Fault"] = attempt.fault.text }
            data["\(attempt.verb)Typed"] = attempt.text
        }
        if let done = call.query["done"], ["take", "ask", "note", "approve", "refuse"].contains(done) {
            data["done"] = site.text("delivery.done.\(done)", call)
        }
        return try site.page(
            "delivery/desk-case", Site.Heading("\(view.serviceName(item)) \(item.number)", back: call.page("/desk"), isError: attempt != nil), data,
            for: call, status: attempt?.fault.status ?? 200)
    }

    private func page(_ facts: CaseFacts, _ view: CaseView, _ call: Call) -> [String: Any] {
        let (item, base) = (facts.item, call.page("/desk/cases/\(facts.item.id)"))
        return [
            "service": view.serviceName(item), "number": item.number, "state": view.state(item), "stateClass": view.stateClass(item), "base": base,
            "promised": Formats.date(item.promisedOn, in: call.language), "opened": Formats.dateTime(item.openedAt, in: call.language),
            "answers": view.answers(facts.sections, fileBase: "\(base)/files"), "files": view.files(facts.files, base: "\(base)/files"),
            "hasFiles": !facts.files.isEmpty, "papers": view.papers(facts.documents, base: "\(base)/papers", at: call.time),
            "hasPapers": !facts.documents.isEmpty, "history": view.history(facts, forOfficer: true),
            "completions": view.completions(facts.questions), "hasCompletions": !facts.questions.isEmpty, "legs": view.legs(facts),
            "hasLegs": !facts.legs.isEmpty,
        ]
    }

    /// What this officer may do now: nothing with her own request, and no approval against a body's refusal.
    private func actions(_ facts: CaseFacts, _ view: CaseView, _ call: Call) -> [String: Any] {
        let item = facts.item
        guard !item.isOwn(of: call.actor) else { return ["isOwn": true] }
        let isAtDecision = item.isLeg || item.stage != facts.type.legs?.stage
        let mayDecide = item.state == .open && isAtDecision
        // Somebody who does not answer may be refused; everything else waits for her.
        let mayRefuse = mayDecide || (item.state == .waiting && isAtDecision && !facts.type.waitsForFee(item))
        let refusals = facts.refusals()
        var data: [String: Any] = [
            "mayAct": true, "mayTake": item.state != .closed && item.assignedTo != call.actor.id, "mayAsk": mayDecide,
            "mayApprove": mayDecide && refusals.isEmpty, "mayRefuse": mayRefuse,
        ]
        if mayDecide, !refusals.isEmpty {
            data["refusedByLaw"] = true
            data["refuseTyped"] = refusals.map { "\(view.bodyName($0.leg.bodyID)): \($0.reason)" }.joined(separator: "\n")
        }
        return data
    }

    func deskFile(_ call: Call) async throws -> Reply {
        let (id, file) = (try call.id("case"), try call.id("file"))
        let found = try await database.write { connection -> (Attachment, [UInt8])? in
            guard let item = try store.seen(id, by: call.actor.organisation ?? "", in: connection),
                let found = try self.file(file, seenOn: item, in: connection)
            else { return nil }
            try record("attachment.view", .read, item, by: call.actor, fields: ["attachments"], in: connection)
            return found
        }
        guard let (attachment, bytes) = found else { throw Problem.notFound }
        return .file(bytes, type: attachment.type, name: attachment.name)
    }

    func deskPaper(_ call: Call) async throws -> Reply {
        let (id, paper) = (try call.id("case"), try call.id("paper"))
        let found = try await database.write { connection -> (String, [UInt8])? in
            guard let item = try store.seen(id, by: call.actor.organisation ?? "", in: connection), !item.isLeg,
                let pdf = try near.documents.content(of: paper, caseID: item.id, in: connection)
            else { return nil }
            try record("document.view", .read, item, by: call.actor, fields: ["decision"], in: connection)
            return (item.number, pdf)
        }
        guard let (number, pdf) = found else { throw Problem.notFound }
        return .file(pdf, type: "application/pdf", name: "\(number).pdf")
    }
}
