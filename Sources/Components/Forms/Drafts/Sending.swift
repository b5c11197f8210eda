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
    /// How often a draft is read anew because it was changed while it was being sent.
    private static let sendTriesMax = 5

    /// Sends a draft: one transaction takes the draft away, stores the submission, opens the case and tells the log. Sending the same draft again,
    /// from another tab or after a lost answer, finds what the first sending made.
    ///
    /// What can be found out by reading alone (is it complete, does it keep the contract) is found out before the transaction, which then
    /// begins by taking the draft away as it was read: the one writer of an embedded database does no work that others can do beside it.
    func send(_ id: String, actor: Actor, language: Language) async throws -> SendOutcome {
        var hasAsked = false
        for _ in 0..<Forms.sendTriesMax {
            switch try await look(id, actor: actor, language: language) {
            case .over(let outcome): return outcome
            case .ready(let draft, let submission, let sealed):
                let receipt = try await database.write { [self] connection -> CaseReceipt? in
                    guard try drafts.take(draft, in: connection) else { return nil }
                    return try store(submission, sealed, in: connection)
                }
                if let receipt { return .sent(receipt) }
            case .registersDue(let draft, let document, let journey):
                guard !hasAsked else { return .incomplete(stepID: nil) }
                hasAsked = true
                do { _ = try await prefilled(draft, document, journey, on: journey.pages, actor: actor) } catch FormsError.noDraft {
                    // Another tab has sent it meanwhile, and the next look finds that.
                }
            }
        }
        return .incomplete(stepID: nil)
    }

    private enum Look: Sendable {
        case over(SendOutcome)
        /// A register must be asked first.
        case registersDue(Draft, FormDocument, Journey)
        case ready(Draft, Submission, SealedAnswers)
    }

    private func look(_ id: String, actor: Actor, language: Language) async throws -> Look {
        let (submissions, time) = (submissions, clock.now())
        let (found, receipt) = try await database.read { connection -> (Draft?, CaseReceipt?) in
            if let draft = try find(id, of: actor, at: time, in: connection) { return (draft, nil) }
            return (nil, try submissions.receipt(id, actorID: actor.id, in: connection))
        }
        if let receipt { return .over(.sent(receipt)) }
        guard let draft = found else { throw FormsError.noDraft }
        let document = try document(of: draft)
        let journey = replay(document, draft.answers, context(at: time))
        guard journey.isComplete, let bodyID = journey.bodyID else {
            return .over(.incomplete(stepID: journey.current?.step.id ?? journey.pages.last?.step.id))
        }
        guard due(draft, document, journey, on: journey.pages, at: time).isEmpty else { return .registersDue(draft, document, journey) }
        // The contract with whoever receives it. Missing answers can only be a fault of the form, and go back to its first page.
        guard document.schema.faults(in: journey.effective.values).isEmpty else { return .over(.incomplete(stepID: journey.pages.first?.step.id)) }
        let submission = Submission(
            id: draft.id, formID: document.id, formVersion: document.version, serviceID: document.serviceID,
            subjectID: draft.requesterID, actor: actor, bodyID: bodyID, answers: journey.effective.values, language: language,
            at: time)
        return .ready(draft, submission, try submissions.seal(journey.effective, of: submission))
    }

    private func store(_ submission: Submission, _ answers: SealedAnswers, in connection: any Connection) throws -> CaseReceipt {
        try room.handOver(holderID: submission.id, keeping: answers.attachmentIDs, scope: submission.bodyID, in: connection)
        let receipt = try intake.open(submission, in: connection)
        try submissions.insert(submission, answers, receipt, in: connection)
        try Outbox.publish(
            "forms.submitted", key: receipt.caseID,
            ["submission": .string(submission.id), "case": .string(receipt.caseID), "form": .string(submission.formID), "body": .string(submission.bodyID)],
            at: submission.at, in: connection)
        try audit.record(
            AuditEntry(
                subjectID: submission.subjectID, actor: submission.actor, action: .write, what: "form.submit", caseID: receipt.caseID,
                basis: .request(submission.id), fields: answers.fields, at: submission.at), in: connection)
        return receipt
    }
}
