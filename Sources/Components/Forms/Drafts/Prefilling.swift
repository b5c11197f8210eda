import Contracts
import Language
import Values
import Web

extension Forms {
    /// How long what a register said is shown before it is asked again, and how soon one that was down is tried again.
    static let freshSeconds: Int64 = 24 * 3_600
    static let retrySeconds: Int64 = 30

    /// Asks the registers for what this page would otherwise ask the person. A register that is down never stops the form: the person may
    /// answer herself.
    func prefilled(_ draft: Draft, _ document: FormDocument, _ page: Journey.Page, _ journey: Journey, call: Call) async throws -> Draft {
        let wanted = Set(page.fields.compactMap { document.concept(of: $0.pointer) }).filter { isDue(draft.evidence[$0], at: call.time) }
        guard !wanted.isEmpty, let bodyID = journey.bodyID else { return draft }
        var found: [String: Draft.Fetched] = [:]
        for (subject, concepts) in Dictionary(grouping: wanted.sorted(), by: { subject(of: $0, draft) }) {
            let parameters = draft.businessID.map { ["businessNumber": $0] } ?? [:]
            let answers = try? await broker.evidence(
                for: concepts, about: subject, actor: call.actor, consumerID: bodyID, purpose: document.purpose, basis: document.basis, caseID: nil,
                parameters: parameters)
            for concept in concepts {
                found[concept] = Draft.Fetched(outcome: answers?[concept] ?? .unavailable(ownerID: ""), at: call.time)
            }
        }
        let fetched = found
        return try await change(draft.id, actor: call.actor) { draft, _ in draft.evidence.merge(fetched) { _, new in new } }.0
    }

    private func isDue(_ fetched: Draft.Fetched?, at time: Instant) -> Bool {
        guard let fetched else { return true }
        if case .unavailable = fetched.outcome { return fetched.at.adding(seconds: Forms.retrySeconds) <= time }
        return fetched.at.adding(seconds: Forms.freshSeconds) <= time
    }

    /// A business's details are about the business, everything else about the person who fills in the form.
    private func subject(of concept: String, _ draft: Draft) -> String {
        concept.hasPrefix("business.") ? draft.businessID ?? draft.subjectID : draft.subjectID
    }
}
