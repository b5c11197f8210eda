import Contracts
import Database
import HTTPTypes
import Language
import Values
import Web

/// What is wrong with what was typed, and where.
struct DeliveryFault {
    let text: String
    /// The id of the field, or of the part of the page, that it is about.
    let field: String
    let status: Int
}

/// The person's page of one case.
extension Delivery {
    /// What she sent and what was wrong with it: it stays on the page.
    struct Attempt {
        let completionID: String
        let text: String
        let fault: DeliveryFault
    }

    func showCase(_ call: Call) async throws -> Reply {
        let id = try call.id("case")
        do { return try await casePage(call, nil) } catch let problem as Problem where problem == .notFound {
            // She sent it in another capacity than she acts in now, for a business perhaps: she may choose that one.
            guard try await database.read({ try store.wasSent(id, by: call.actor.id, in: $0) }) else { throw problem }
            return .seeOther("\(call.page("/capacity"))?next=/me/cases/\(id)")
        }
    }

    func casePage(_ call: Call, _ attempt: Attempt?) async throws -> Reply {
        let id = try call.id("case")
        let found = try await database.read { connection -> CaseFacts? in
            guard let item = try store.own(id, of: call.actor, in: connection) else { return nil }
            var facts = try CaseFacts(ofPerson: item, delivery: self, language: call.language, in: connection)
            facts.isPayer = try isPayer(call.actor, of: item, in: connection)
            return facts
        }
        guard let facts = found else { throw Problem.notFound }
        try await recordLook(at: facts.item, fields: ["answers", "attachments"], by: call.actor)
        let (item, view, base) = (facts.item, CaseView(delivery: self, language: call.language), call.page("/me/cases/\(id)"))
        let (isAsked, stages) = (!facts.open.isEmpty, view.stages(item, legs: facts.legs, type: facts.type))
        let earlier = facts.questions.filter { $0.completion.answeredAt != nil || $0.item.state != .waiting }
        var data: [String: Any] = [
            "service": view.serviceName(item), "number": item.number, "body": view.bodyName(item.bodyID), "state": view.state(item, isAsked: isAsked),
            "stateClass": view.stateClass(item, isAsked: isAsked), "stages": stages, "hasStages": !stages.isEmpty,
            "history": view.history(facts, forOfficer: false), "completeHref": "\(base)/complete",
            "answers": view.answers(facts.sections, fileBase: "\(base)/files"), "files": view.files(facts.files, base: "\(base)/files"),
            "papers": view.papers(facts.documents, base: "\(base)/papers", at: call.time), "hasPapers": !facts.documents.isEmpty,
            "hasFiles": !facts.files.isEmpty, "isNew": call.query["new"] != nil, "completions": view.completions(earlier),
            "hasCompletions": !earlier.isEmpty, "questions": questions(facts, view, attempt), "hasQuestions": isAsked,
        ]
        let mayAct = call.actor.mandate?.mayAct ?? true
        if item.state != .closed {
            data["promised"] = Formats.date(item.promisedOn, in: call.language)
            if mayAct { data["withdrawHref"] = "\(base)/withdraw" }
        }
        if isAsked, !mayAct { (data["hasQuestions"], data["isAskedOther"]) = (false, true) }
        if let result = item.result { data["is\(result.rawValue.prefix(1).uppercased())\(result.rawValue.dropFirst())"] = true }
        if facts.type.waitsForFee(item) { data.merge(payment(facts, call)) { _, new in new } }
        if let attempt {
            data["errors"] = [["href": "#\(attempt.fault.field)", "text": attempt.fault.text]]
            // The question is not asked any more: what she wrote is shown all the same.
            if !facts.open.contains(where: { $0.completion.id == attempt.completionID }) {
                data["hasLeftover"] = true
                data["leftover"] = attempt.text
            }
        }
        return try site.page(
            "delivery/case", Site.Heading(view.serviceName(item), back: call.page("/me/cases"), isError: attempt != nil), data, for: call,
            status: attempt?.fault.status ?? 200)
    }

    /// The fields of each question, the first without a number so that there is no needless one.
    private func questions(_ facts: CaseFacts, _ view: CaseView, _ attempt: Attempt?) -> [[String: Any]] {
        zip(view.completions(facts.open), facts.open).enumerated().map { index, pair in
            var (row, question) = pair
            let suffix = Delivery.suffix(index)
            row["id"] = question.completion.id
            row["suffix"] = suffix
            guard let attempt, attempt.completionID == question.completion.id else { return row }
            row["typed"] = attempt.text
            row[attempt.fault.field == "file\(suffix)" ? "fileFault" : "fault"] = attempt.fault.text
            return row
        }
    }

    static func suffix(_ index: Int) -> String { index == 0 ? "" : "-\(index + 1)" }

    /// Whoever sent the request pays for it; others of the business see that it waits.
    private func payment(_ facts: CaseFacts, _ call: Call) -> [String: Any] {
        guard facts.isPayer else { return ["payByOther": true] }
        guard let payment = facts.payments.last(where: { !$0.isFinal || $0.isPaid }) ?? facts.payments.last else { return [:] }
        return ["payHref": call.page("/pay/\(payment.id)"), "amount": Formats.money(payment.amount, in: call.language)]
    }
}
