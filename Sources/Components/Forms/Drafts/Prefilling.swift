import Contracts
import Database
import Language
import Logging
import Values
import Web

extension Forms {
    /// How long what a register said is used before it is asked again, and how soon one that was down is tried again.
    static let freshSeconds: Int64 = 24 * 3_600
    static let retrySeconds: Int64 = 30
    /// Keeps the accounts by which people sign in.
    static let accountsOwnerID = "digital-authority"

    /// Asks the registers for what these pages would otherwise ask the person, and brings the answers in line with it. A register that is
    /// down never stops the form: the person may answer herself.
    func prefilled(
        _ draft: Draft, _ document: FormDocument, _ journey: Journey, on pages: [Journey.Page], actor: Actor
    ) async throws -> (Draft, Journey) {
        let time = clock.now()
        let due = due(draft, document, journey, on: pages, at: time)
        guard !due.isEmpty else { return (draft, journey) }
        var found = await asked(due, draft, document, consumerID: journey.bodyID, actor: actor, at: time)
        for concept in due {
            guard let value = try await own(concept, draft) else { continue }
            if case .known(value, _) = found[concept]?.outcome { continue }
            let source = AnswerSource.register(ownerID: Forms.accountsOwnerID, operation: "identity.account", agreementID: "", at: time)
            found[concept] = Draft.Fetched(
                outcome: .known(value, source), consumerID: journey.bodyID ?? "", dueAt: time.adding(seconds: Forms.freshSeconds))
        }
        guard !found.isEmpty else { return (draft, journey) }
        let fetched = found
        return try await change(draft.id, actor: actor) { draft, _ in
            draft.evidence.merge(fetched) { $0.followed(by: $1) }
            draft.settle(document)
        }
    }

    /// What registers must be asked for before these pages may be read or sent, in order.
    func due(_ draft: Draft, _ document: FormDocument, _ journey: Journey, on pages: [Journey.Page], at time: Instant) -> [String] {
        let concepts = Set(pages.flatMap(\.fields).compactMap { document.concept(of: $0.pointer) })
        return concepts.filter { draft.isDue($0, for: journey.bodyID, at: time) }.sorted()
    }

    private func asked(
        _ concepts: [String], _ draft: Draft, _ document: FormDocument, consumerID: String?, actor: Actor, at time: Instant
    ) async -> [String: Draft.Fetched] {
        // Nobody to ask for yet: the page stands before the one that tells who decides.
        guard let consumerID else { return [:] }
        var found: [String: Draft.Fetched] = [:]
        for (subject, concepts) in Dictionary(grouping: concepts, by: { subject(of: $0, draft) }) {
            var answers: [String: Evidence] = [:]
            do {
                answers = try await broker.evidence(
                    for: concepts, about: subject, actor: actor, consumerID: consumerID, purpose: document.purpose, basis: document.basis,
                    caseID: nil, parameters: draft.businessID.map { ["businessNumber": $0] } ?? [:])
            } catch {
                logger.error(
                    "registers could not be asked for a form",
                    metadata: ["form": "\(document.id)", "consumer": "\(consumerID)", "concepts": "\(concepts)", "error": "\(error)"])
            }
            for concept in concepts {
                let outcome = answers[concept] ?? .unavailable(ownerID: "")
                let isDown = if case .unavailable = outcome { true } else { false }
                let dueAt = time.adding(seconds: isDown ? Forms.retrySeconds : Forms.freshSeconds)
                found[concept] = Draft.Fetched(outcome: outcome, consumerID: consumerID, dueAt: dueAt)
            }
        }
        return found
    }

    /// What says who is asking, when we know it without any register: it is never taken from what is typed.
    private func own(_ concept: String, _ draft: Draft) async throws -> JSON? {
        switch concept {
        case "business.number": return draft.businessID.map(JSON.string)
        case "person.nationalNumber":
            guard let people else { return draft.known(concept)?.value }
            let id = draft.personID
            return try await database.read { try people.nationalNumber(of: id, in: $0) }.map(JSON.string) ?? draft.known(concept)?.value
        default: return nil
        }
    }

    /// A business's details are about the business, everything else about the person it is filled in for.
    private func subject(of concept: String, _ draft: Draft) -> String {
        concept.hasPrefix("business.") ? draft.requesterID : draft.personID
    }
}
