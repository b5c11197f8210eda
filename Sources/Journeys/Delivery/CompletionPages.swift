import Contracts
import Database
import HTTPTypes
import Language
import Values
import Web

/// What a person does with her case: she answers what she was asked, or takes the request back.
extension Delivery {
    static let filesLimit = 5

    func complete(_ call: Call) async throws -> Reply {
        let (id, form) = (try call.id("case"), try call.formWithFiles())
        guard call.actor.mandate?.mayAct ?? true else { throw Problem.notByMandate }
        let (root, text) = (try await ownCase(call), form.fields["answer"] ?? "")
        let open = try await database.read { try openQuestions(of: root, in: $0) }
        let index = open.firstIndex { $0.completion.id == form.fields["completion"] } ?? 0
        let suffix = Delivery.suffix(index)
        var field = "answer\(suffix)"
        do {
            guard open.indices.contains(index), form.fields["completion"] == open[index].completion.id else { throw DeliveryError.notPossibleNow }
            _ = try Delivery.text(text, field: "answer")
            let item = open[index].item
            field = "file\(suffix)"
            guard form.files.count <= Delivery.filesLimit else { throw DeliveryError.tooManyFiles(field: "file", limit: Delivery.filesLimit) }
            let files = try await near.attachments.prepare(form.files, holderID: item.id, scope: item.bodyID, subjectID: item.subjectID)
            field = "answer\(suffix)"
            try await database.write { connection in
                guard let root = try store.own(id, of: call.actor, in: connection) else { throw Problem.notFound }
                try answer(open[index].completion.id, of: root, text, files: files, by: call.actor, in: connection)
            }
        } catch let error as any ProblemError {
            // What she wrote stays on the page; only the reason is added.
            let problem = error.problem
            if problem.status == 409 { field = "leftover" }
            let fault = DeliveryFault(
                text: site.text("\(problem.textKey).detail", call, problem.arguments), field: field, status: problem.status)
            return try await casePage(call, Attempt(completionID: form.fields["completion"] ?? "", text: text, fault: fault))
        }
        return .seeOther(call.page("/me/cases/\(id)"))
    }

    func confirmWithdrawal(_ call: Call) async throws -> Reply {
        guard call.actor.mandate?.mayAct ?? true else { throw Problem.notByMandate }
        let item = try await ownCase(call)
        try await recordLook(at: item, fields: ["answers"], by: call.actor)
        guard item.state != .closed else { return .seeOther(call.page("/me/cases/\(item.id)")) }
        let (view, type) = (CaseView(delivery: self, language: call.language), try types.type(of: item))
        var data: [String: Any] = ["service": view.serviceName(item), "number": item.number, "caseHref": call.page("/me/cases/\(item.id)")]
        if type.fee != nil, !type.waitsForFee(item) { data["wasPaid"] = true }
        return try site.page(
            "delivery/withdraw", Site.Heading(site.text("delivery.withdraw.title", call), back: call.page("/me/cases/\(item.id)")), data, for: call)
    }

    func withdraw(_ call: Call) async throws -> Reply {
        let id = try call.id("case")
        guard call.actor.mandate?.mayAct ?? true else { throw Problem.notByMandate }
        try await database.write { connection in
            guard let item = try store.own(id, of: call.actor, in: connection) else { throw Problem.notFound }
            // Pressed twice, it is withdrawn once.
            if item.result != .withdrawn { try withdraw(item, by: call.actor, in: connection) }
        }
        return .seeOther(call.page("/me/cases/\(id)"))
    }
}
