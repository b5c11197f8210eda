import Contracts
import Database
import HTTPTypes
import Language
import Values
import Web

/// What a person sees of her cases.
extension Delivery {
    /// A completion may carry five files of ten megabytes.
    private static let completionLimit = 55 * 1024 * 1024

    var personRoutes: [Route] {
        [
            .page(.get, "/me/cases", for: .person(.substantial), "delivery.listCases", "My requests", listCases),
            .page(.get, "/me/cases/{case}", for: .person(.substantial), "delivery.showCase", "One of my requests", showCase),
            .page(
                .post, "/me/cases/{case}/complete", for: .person(.substantial), "delivery.complete", "Answer a request for completion",
                bodyLimit: Delivery.completionLimit, complete),
            .page(.get, "/me/cases/{case}/files/{file}", for: .person(.substantial), "delivery.ownFile", "A file I attached to a request", ownFile)
                .giving("application/pdf", "image/jpeg", "image/png"),
            .page(.get, "/me/cases/{case}/papers/{paper}", for: .person(.substantial), "delivery.ownPaper", "A signed paper of my request", ownPaper)
                .giving("application/pdf"),
        ]
    }

    private func listCases(_ call: Call) async throws -> Reply {
        let items = try await database.read { try store.reachable(by: call.actor.id, limit: 200, in: $0) }
        let view = CaseView(delivery: self, language: call.language)
        let rows: [[String: Any]] = items.map { item in
            [
                "href": call.page("/me/cases/\(item.id)"), "title": view.serviceName(item), "number": item.number, "body": view.bodyName(item.bodyID),
                "state": view.state(item), "stateClass": view.stateClass(item), "opened": Formats.date(IsraelTime.date(item.openedAt), in: call.language),
            ]
        }
        return try site.page(
            "delivery/cases", Site.Heading(site.text("delivery.cases.title", call), back: call.page("/me")),
            ["cases": rows, "isEmpty": rows.isEmpty], for: call)
    }

    private func showCase(_ call: Call) async throws -> Reply { try await casePage(call, fault: nil, typed: "") }

    private func casePage(_ call: Call, fault: DeliveryFault?, typed: String) async throws -> Reply {
        let id = try call.id("case")
        let found = try await database.read { connection -> CaseFacts? in
            guard let item = try store.reachable(id, by: call.actor.id, in: connection) else { return nil }
            return try CaseFacts(item, delivery: self, language: call.language, in: connection)
        }
        guard let facts = found else { throw Problem.notFound }
        let (item, view, type) = (facts.item, CaseView(delivery: self, language: call.language), try types.type(of: facts.item))
        let base = call.page("/me/cases/\(item.id)")
        var data: [String: Any] = [
            "service": view.serviceName(item), "number": item.number, "body": view.bodyName(item.bodyID), "state": view.state(item),
            "stateClass": view.stateClass(item), "stages": view.stages(item, legs: facts.legs, type: type),
            "history": view.history(facts.history, type: type, forOfficer: false), "completeHref": "\(base)/complete",
            "answers": view.answers(facts.sections, fileBase: "\(base)/files"), "files": view.files(facts.files, base: "\(base)/files"),
            "papers": view.papers(facts.documents, base: "\(base)/papers"), "hasPapers": !facts.documents.isEmpty,
            "hasFiles": !facts.files.isEmpty, "isNew": call.query["new"] != nil, "isOpen": item.state != .closed, "typed": typed,
            "caseID": item.id,
        ]
        if item.state != .closed { data["promised"] = Formats.date(item.promisedOn, in: call.language) }
        if let payment = facts.payments.last(where: { !$0.isFinal || $0.isPaid }) ?? facts.payments.last, item.stage == "payment" {
            data["payHref"] = call.page("/pay/\(payment.id)")
            data["amount"] = Formats.money(payment.amount, in: call.language)
        }
        if item.state == .waiting, let open = facts.completions.last, open.answeredAt == nil {
            data["question"] = open.question
            data["asked"] = Formats.dateTime(open.askedAt, in: call.language)
        }
        if let result = item.result { data["is\(result == .approved ? "Approved" : "Refused")"] = true }
        if let fault { data["errors"] = [["href": fault.href, "text": fault.text]]; data["fault"] = fault.text }
        return try site.page(
            "delivery/case", Site.Heading(view.serviceName(item), back: call.page("/me/cases"), isError: fault != nil), data, for: call,
            status: fault == nil ? 200 : 422)
    }

    private func complete(_ call: Call) async throws -> Reply {
        let (id, form) = (try call.id("case"), try call.formWithFiles())
        let text = form.fields["answer"] ?? ""
        let reachable = try await database.read { try store.reachable(id, by: call.actor.id, in: $0) }
        guard let item = reachable else { throw Problem.notFound }
        do {
            _ = try Delivery.text(text, field: "answer")
            guard item.state == .waiting, item.stage != "payment" else { throw DeliveryError.notPossibleNow }
            for file in form.files.prefix(5) {
                _ = try await near.attachments.accept(file, holderID: item.id, scope: item.bodyID, subjectID: item.subjectID)
            }
            try await database.write { connection in
                guard let item = try store.reachable(id, by: call.actor.id, in: connection) else { throw Problem.notFound }
                try answer(item, text, by: call.actor, in: connection)
            }
        } catch let error as any ProblemError where error.problem.status == 422 || error.problem.status == 413 || error.problem.status == 415 {
            // What she wrote stays on the page; only the reason is added.
            let problem = error.problem
            let reason = site.text("\(problem.textKey).detail", call, problem.arguments)
            return try await casePage(call, fault: DeliveryFault(text: reason, href: "#answer"), typed: text)
        }
        return .seeOther(call.page("/me/cases/\(id)"))
    }

    /// The paper belongs to whoever the request is for, a business perhaps; whoever sent the request may have it too.
    private func ownPaper(_ call: Call) async throws -> Reply {
        let (id, paper) = (try call.id("case"), try call.id("paper"))
        let found = try await database.write { connection -> (String, [UInt8])? in
            guard let item = try store.reachable(id, by: call.actor.id, in: connection),
                let pdf = try near.documents.content(of: paper, caseID: item.id, in: connection)
            else { return nil }
            try record("document.view", .read, item, by: call.actor, fields: ["decision"], in: connection)
            return (item.number, pdf)
        }
        guard let (number, pdf) = found else { throw Problem.notFound }
        return .file(pdf, type: "application/pdf", name: "\(number).pdf")
    }

    private func ownFile(_ call: Call) async throws -> Reply {
        let (id, file) = (try call.id("case"), try call.id("file"))
        let found = try await database.read { connection -> (Attachment, [UInt8])? in
            guard let item = try store.reachable(id, by: call.actor.id, in: connection) else { return nil }
            return try near.attachments.content(of: file, holderID: item.id, in: connection)
                ?? near.attachments.content(of: file, holderID: item.submissionID, in: connection)
        }
        guard let (attachment, bytes) = found else { throw Problem.notFound }
        return .file(bytes, type: attachment.type, name: attachment.name)
    }
}

/// What is wrong with what was typed, and where.
struct DeliveryFault {
    let text: String
    let href: String
}

/// Everything the page of a case shows, read in one view of the database.
struct CaseFacts: Sendable {
    let item: Case
    let legs: [Case]
    let history: [CaseStatus]
    let completions: [Completion]
    let sections: [AnswerSection]
    let files: [Attachment]
    let documents: [DocumentCard]
    let payments: [PaymentStatus]

    init(_ item: Case, delivery: Delivery, language: Language, in connection: any Connection) throws {
        let near = delivery.near
        // A leg reads its parent's files and papers: they belong to the request, not to the body.
        let root = item.parentID ?? item.id
        self.item = item
        legs = try delivery.store.legs(of: root, in: connection)
        history = try delivery.store.history(of: item, in: connection)
        completions = try delivery.store.completions(of: item, in: connection)
        sections = try near.submissions.sections(of: item.submissionID, language: language, in: connection)
        files = try near.attachments.list(holderID: root, in: connection)
        documents = try near.documents.documents(caseID: root, in: connection)
        payments = try near.cashier.statuses(reference: root, in: connection)
    }
}

struct CaseZone: ZoneSection {
    let delivery: Delivery
    let titleKey = "delivery.zone.title"
    let emptyKey = "delivery.zone.empty"
    let href = "/me/cases"

    func items(for actor: Actor, language: Language, limit: Int, in connection: any Connection) throws -> [ZoneItem] {
        let view = CaseView(delivery: delivery, language: language)
        return try delivery.store.reachable(by: actor.id, limit: limit, in: connection).map { item in
            ZoneItem(
                title: view.serviceName(item), detail: "\(view.bodyName(item.bodyID)) · \(item.number)", href: "/me/cases/\(item.id)",
                status: view.state(item), needsAction: item.state == .waiting)
        }
    }
}
