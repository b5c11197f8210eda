import Database
import Jobs
import Logging
import Values

/// Makes the file of a document. A worker that is lost on the way leaves the order as it was; the next one begins again, and of two that
/// finish only the first counts.
struct Rendering: Sendable {
    static let job = "documents.render"
    static let retry = JobRegistry.Retry.usual

    let documents: Documents

    func render(_ job: Job) async throws {
        let (store, time) = (documents.store, documents.clock.now())
        guard let subject = job.payload["subject"]?.string, let id = job.payload["document"]?.string else {
            throw JobError.hopeless("payload")
        }
        let found = try await documents.database.read { connection -> (OfficialDocument, JSON)? in
            guard let document = try store.find(id, subjectID: subject, in: connection), document.readyAt == nil,
                let content = try store.content(of: document, in: connection)
            else { return nil }
            return (document, content)
        }
        guard let (document, content) = found else { return }
        let pdf: [UInt8]
        do {
            let page = PaperPage(documents: documents, document: document)
            pdf = try await documents.press.press(try page.html(PaperContent(content)), signer: page.bodyName, reason: document.title)
        } catch PressError.refused(let reason) {
            lost(document, reason)
            throw JobError.hopeless(reason)
        } catch {
            if job.tries >= Rendering.retry.tries { lost(document, "\(error)") }
            throw error
        }
        try await documents.database.write { connection in
            guard try store.finish(document, pdf: pdf, at: time, in: connection) else { return }
            try Outbox.publish(
                "document.ready", key: document.caseID,
                ["document": .string(document.id), "case": .string(document.caseID), "subject": .string(document.subjectID)], at: time,
                in: connection)
        }
    }

    /// The job is dead now, and the person waits for a paper that will not come by itself.
    private func lost(_ document: OfficialDocument, _ reason: String) {
        documents.logger.error(
            "a paper could not be made", metadata: ["document": "\(document.id)", "case": "\(document.caseID)", "error": "\(reason)"])
    }
}
