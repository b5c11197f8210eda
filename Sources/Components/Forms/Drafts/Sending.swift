import Contracts
import Database
import JSONSchema
import Jobs
import Language
import Values
import Web

/// What came of sending.
enum SendOutcome: Sendable {
    case sent(CaseReceipt)
    /// Something is missing or wrong; the id of the page to go on with, if there is one.
    case incomplete(stepID: String?)
}

extension Forms {
    /// Sends a draft: one transaction stores the submission, opens the case, tells the log and drops the draft. Sending the same draft again,
    /// from another tab or after a lost answer, finds what the first sending made.
    func send(_ id: String, actor: Actor, language: Language) async throws -> SendOutcome {
        if let outcome = try await attempt(id, actor: actor, language: language) { return outcome }
        // Registers are asked outside of the transaction.
        do {
            let (draft, document, journey) = try await load(id, actor: actor)
            _ = try await prefilled(draft, document, journey, on: journey.pages, actor: actor)
        } catch FormsError.noDraft {
            // Another tab has sent it meanwhile, and the next attempt finds that.
        }
        return try await attempt(id, actor: actor, language: language) ?? .incomplete(stepID: nil)
    }

    /// Nil when a register must be asked first.
    private func attempt(_ id: String, actor: Actor, language: Language) async throws -> SendOutcome? {
        let time = clock.now()
        let context = context(at: time)
        return try await database.write { [self] connection in
            try drafts.lock(id, of: actor, in: connection)
            if let receipt = try submissions.receipt(id, actorID: actor.id, in: connection) { return .sent(receipt) }
            guard let draft = try drafts.find(id, of: actor, at: time, in: connection) else { throw FormsError.noDraft }
            let document = try document(of: draft)
            let journey = replay(document, draft.answers, context)
            guard journey.isComplete, let bodyID = journey.bodyID else {
                return .incomplete(stepID: journey.current?.step.id ?? journey.pages.last?.step.id)
            }
            guard due(draft, document, journey, on: journey.pages, at: time).isEmpty else { return nil }
            // The contract with whoever receives it. Missing answers can only be a fault of the form, and go back to its first page.
            guard document.schema.faults(in: journey.effective.values).isEmpty else { return .incomplete(stepID: journey.pages.first?.step.id) }
            let submission = Submission(
                id: draft.id, formID: document.id, formVersion: document.version, serviceID: document.serviceID,
                subjectID: draft.businessID ?? draft.subjectID, actor: actor, bodyID: bodyID, answers: journey.effective.values, language: language,
                at: time)
            return .sent(try store(submission, journey.effective, draft, in: connection))
        }
    }

    private func store(_ submission: Submission, _ answers: Answers, _ draft: Draft, in connection: any Connection) throws -> CaseReceipt {
        try room.removeAll(holderID: draft.id, except: Forms.attachmentIDs(in: submission.answers), in: connection)
        try room.reseal(holderID: draft.id, scope: submission.bodyID, in: connection)
        let receipt = try intake.open(submission, in: connection)
        try submissions.insert(submission, answers, receipt, in: connection)
        try Outbox.publish(
            "forms.submitted", key: receipt.caseID,
            ["submission": .string(submission.id), "case": .string(receipt.caseID), "form": .string(submission.formID), "body": .string(submission.bodyID)],
            at: submission.at, in: connection)
        try audit.record(
            AuditEntry(
                subjectID: submission.subjectID, actor: submission.actor, action: .write, what: "form.submit", caseID: receipt.caseID,
                basis: .request(submission.id), fields: answers.sources.keys.sorted(), at: submission.at), in: connection)
        try drafts.delete(draft, in: connection)
        return receipt
    }

    /// Ids of all files that answers name: others of the draft were attached and then left behind by a change.
    static func attachmentIDs(in value: JSON) -> Set<String> {
        switch value {
        case .array(let items): items.reduce(into: []) { $0.formUnion(attachmentIDs(in: $1)) }
        case .object(let members):
            if let id = members["id"]?.string, members["type"] != nil, members["size"] != nil { [id] } else {
                members.values.reduce(into: []) { $0.formUnion(attachmentIDs(in: $1)) }
            }
        default: []
        }
    }
}
