import Contracts
import Database
import HTTPTypes
import Language
import Values
import Web

/// A person's own papers.
extension Documents {
    var ownRoutes: [Route] {
        [
            .page(.get, "/me/documents", for: .person(.substantial), "documents.list", "My documents", showList),
            .page(
                .get, "/me/documents/{document}", for: .person(.substantial), "documents.download", "One of my documents, signed", download
            )
            .giving("application/pdf"),
        ]
    }

    private func showList(_ call: Call) async throws -> Reply {
        let (store, subject) = (store, call.actor.subjectID)
        let found = try await database.read { try store.list(subjectID: subject, limit: 500, in: $0) }
        let rows = found.map { document -> [String: Any] in
            [
                "title": document.title, "lang": document.language.rawValue, "dir": document.language.direction,
                "number": document.caseNumber,
                "body": bodies.body(document.bodyID)?.name.text(in: call.language) ?? "", "isReady": document.readyAt != nil,
                "date": Formats.date(IsraelTime.date(document.orderedAt), in: call.language),
                "href": call.page("/me/documents/\(document.id)"), "caseHref": call.page("/me/cases/\(document.caseID)"),
            ]
        }
        return try site.page(
            "documents/list", Site.Heading(site.text("documents.list.title", call), back: call.page("/me")),
            ["documents": rows, "isEmpty": rows.isEmpty], for: call)
    }

    /// Her own reading leaves no entry in the audit log.
    private func download(_ call: Call) async throws -> Reply {
        let (id, store, subject) = (try call.id("document"), store, call.actor.subjectID)
        let found = try await database.read { connection -> (OfficialDocument, [UInt8]?)? in
            guard let document = try store.find(id, subjectID: subject, in: connection) else { return nil }
            return (document, try store.pdf(of: document, in: connection))
        }
        guard let (document, pdf) = found else { throw Problem.notFound }
        guard let pdf else { throw DocumentsError.notReady }
        return .file(pdf, type: "application/pdf", name: "\(document.caseNumber).pdf")
    }
}

/// The newest papers on the first page of the personal zone.
struct DocumentsZone: ZoneSection {
    let documents: Documents
    let titleKey = "documents.list.title"
    let emptyKey = "documents.list.empty"
    let href = "/me/documents"

    func items(for actor: Actor, language: Language, limit: Int, in connection: any Connection) throws -> [ZoneItem] {
        try documents.store.list(subjectID: actor.subjectID, limit: limit, in: connection).map { document in
            let body = documents.bodies.body(document.bodyID)?.name.text(in: language) ?? ""
            let isReady = document.readyAt != nil
            return ZoneItem(
                title: document.title, detail: "\(body) · \(Formats.date(IsraelTime.date(document.orderedAt), in: language))",
                href: isReady ? "/me/documents/\(document.id)" : "/me/documents",
                status: isReady ? nil : documents.site.catalogue.text("documents.making", in: language))
        }
    }
}
