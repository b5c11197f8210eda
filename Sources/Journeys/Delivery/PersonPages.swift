import Contracts
import Database
import HTTPTypes
import Language
import Values
import Web

/// What a person sees of her cases, or of those of the business she represents now.
extension Delivery {
    /// A completion may carry five files of ten megabytes.
    private static let completionLimit = 55 * 1024 * 1024

    var personRoutes: [Route] {
        let person = Audience.applicant(.substantial)
        return [
            .page(.get, "/me/cases", for: person, "delivery.listCases", "My requests", listCases),
            .page(.get, "/me/cases/{case}", for: person, "delivery.showCase", "One of my requests", showCase),
            .page(
                .post, "/me/cases/{case}/complete", for: person, "delivery.complete", "Answer a request for completion",
                bodyLimit: Delivery.completionLimit, complete),
            .page(.get, "/me/cases/{case}/withdraw", for: person, "delivery.confirmWithdrawal", "Do I take my request back?", confirmWithdrawal),
            .page(.post, "/me/cases/{case}/withdraw", for: person, "delivery.withdraw", "Take my request back", withdraw),
            .page(.get, "/me/cases/{case}/files/{file}", for: person, "delivery.ownFile", "A file I attached to a request", ownFile)
                .giving("application/pdf", "image/jpeg", "image/png"),
            .page(.get, "/me/cases/{case}/papers/{paper}", for: person, "delivery.ownPaper", "A signed paper of my request", ownPaper)
                .giving("application/pdf"),
        ]
    }

    static let pageSize = 30

    private func listCases(_ call: Call) async throws -> Reply {
        let before = call.query["before"].flatMap { UUIDv7.isWellFormed($0) ? $0.lowercased() : nil }
        let actor = call.actor
        let (found, waiting) = try await database.read { connection in
            (
                try store.own(of: actor, before: before, limit: Delivery.pageSize + 1, in: connection),
                try store.withWaitingLegs(of: actor.subjectID, in: connection)
            )
        }
        if let mandate = actor.mandate {
            try await database.write { connection in
                try near.audit.record(
                    AuditEntry(
                        subjectID: mandate.principalID, actor: actor, action: .read, what: "case.list", basis: .request(mandate.id), fields: ["cases"],
                        at: clock.now()), in: connection)
            }
        }
        let view = CaseView(delivery: self, language: call.language)
        let shown = found.prefix(Delivery.pageSize)
        var data: [String: Any] = ["isEmpty": shown.isEmpty && before == nil]
        data["cases"] = shown.map { item -> [String: Any] in
            let isAsked = waiting.contains(item.id)
            return [
                "href": call.page("/me/cases/\(item.id)"), "title": view.serviceName(item), "number": item.number, "body": view.bodyName(item.bodyID),
                "state": view.state(item, isAsked: isAsked), "stateClass": view.stateClass(item, isAsked: isAsked),
                "opened": Formats.date(IsraelTime.date(item.openedAt), in: call.language),
            ]
        }
        if found.count > shown.count, let last = shown.last { data["next"] = "\(call.page("/me/cases"))?before=\(last.id)" }
        return try site.page(
            "delivery/cases", Site.Heading(site.text("delivery.cases.title", call), back: call.page("/me")), data, for: call)
    }

    /// The person's own case, or `not-found`.
    func ownCase(_ call: Call) async throws -> Case {
        let id = try call.id("case")
        guard let item = try await database.read({ try store.own(id, of: call.actor, in: $0) }) else { throw Problem.notFound }
        return item
    }

    /// Who reads her own leaves no entry in the log; who reads another's by mandate does, before it is shown.
    func recordLook(at item: Case, fields: [String], by actor: Actor) async throws {
        guard let mandate = actor.mandate else { return }
        try await database.write { connection in
            try near.audit.record(
                AuditEntry(
                    subjectID: mandate.principalID, actor: actor, action: .read, what: "case.view", caseID: item.id, basis: .request(mandate.id),
                    fields: fields, at: clock.now()), in: connection)
        }
    }

    private func ownPaper(_ call: Call) async throws -> Reply {
        let (item, paper) = (try await ownCase(call), try call.id("paper"))
        guard let pdf = try await database.read({ try near.documents.content(of: paper, caseID: item.id, in: $0) }) else { throw Problem.notFound }
        try await recordLook(at: item, fields: ["document"], by: call.actor)
        return .file(pdf, type: "application/pdf", name: "\(item.number).pdf")
    }

    private func ownFile(_ call: Call) async throws -> Reply {
        let (item, file) = (try await ownCase(call), try call.id("file"))
        let found = try await database.read { connection -> (Attachment, [UInt8])? in
            for holder in [item.id, item.submissionID] + (try store.legs(of: item.id, in: connection).map(\.id)) {
                if let found = try near.attachments.content(of: file, holderID: holder, in: connection) { return found }
            }
            return nil
        }
        guard let (attachment, bytes) = found else { throw Problem.notFound }
        try await recordLook(at: item, fields: ["attachments"], by: call.actor)
        return .file(bytes, type: attachment.type, name: attachment.name)
    }
}
