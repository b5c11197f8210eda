import Contracts
import Values
import Web

/// A form being filled in by one person, perhaps for a business or for another person, on one version of the form.
struct Draft: Sendable, Hashable {
    /// Also the id of the submission it becomes, so that sending twice is one submission.
    let id: String
    let subjectID: String
    /// The business it is filled in for.
    let businessID: String?
    /// The person for whom it is filled in by mandate.
    let principalID: String?
    let formID: String
    let formVersion: Int
    var answers = Answers()
    /// What registers said, by concept.
    var evidence: [String: Fetched] = [:]
    let createdAt: Instant
    var updatedAt: Instant
    var expiresAt: Instant

    static let daysKept: Int64 = 90
    static let countLimit = 20

    /// One register's outcome, the body it was asked for, and when it must be asked again.
    struct Fetched: Sendable, Hashable {
        let outcome: Evidence
        let consumerID: String
        let dueAt: Instant
    }

    /// A new one, for whom the actor acts now.
    init(id: String, by actor: Actor, formID: String, formVersion: Int, at time: Instant) {
        (self.id, subjectID, businessID, principalID) = (id, actor.id, actor.business, actor.mandate?.principalID)
        (self.formID, self.formVersion) = (formID, formVersion)
        (createdAt, updatedAt, expiresAt) = (time, time, time.adding(days: Draft.daysKept))
    }

    init(
        id: String, subjectID: String, businessID: String?, principalID: String?, formID: String, formVersion: Int, content: JSON,
        createdAt: Instant, updatedAt: Instant, expiresAt: Instant
    ) {
        (self.id, self.subjectID, self.businessID, self.principalID) = (id, subjectID, businessID, principalID)
        (self.formID, self.formVersion) = (formID, formVersion)
        (self.createdAt, self.updatedAt, self.expiresAt) = (createdAt, updatedAt, expiresAt)
        answers = content["answers"].flatMap(Answers.init(json:)) ?? Answers()
        evidence = (content["evidence"]?.object ?? [:]).compactMapValues(Fetched.init(json:))
    }

    /// The person it is about: she who fills it in, or for whom that is done.
    var personID: String { principalID ?? subjectID }
    /// Whose request it becomes.
    var requesterID: String { businessID ?? personID }

    var content: JSON { ["answers": answers.json, "evidence": .object(evidence.mapValues(\.json))] }

    /// What a register holds for a question, when it was asked and knows.
    func known(_ concept: String?) -> (value: JSON, source: AnswerSource)? {
        guard let concept, case .known(let value, let source) = evidence[concept]?.outcome else { return nil }
        return (value, source)
    }

    /// Whether a register must be asked before the body may use what it says: never asked, asked too long ago, or asked for another body.
    func isDue(_ concept: String, for bodyID: String?, at time: Instant) -> Bool {
        guard let fetched = evidence[concept] else { return true }
        return fetched.consumerID != bodyID ?? "" || fetched.dueAt <= time
    }

    /// Brings the answers of confirmed pages in line with what registers say now. A page on which an answer changed must be confirmed
    /// again: nothing is sent that the person has not seen.
    mutating func settle(_ document: FormDocument) {
        for step in document.steps where answers.confirmed.contains(step.id) {
            for field in step.fields {
                guard let concept = document.concept(of: field.pointer), evidence[concept] != nil else { continue }
                let held = answers.value(at: field.pointer)
                if let (value, source) = known(concept) {
                    answers.set(value, at: field.pointer, source: source)
                } else if case .register = answers.sources[field.pointer.description] {
                    answers.set(.none, at: field.pointer)
                }
                if answers.value(at: field.pointer) != held { answers.confirmed.remove(step.id) }
            }
        }
    }
}

extension Draft.Fetched {
    /// What holds after asking again. A register that cannot be reached now takes back nothing it told this body before.
    func followed(by new: Draft.Fetched) -> Draft.Fetched {
        guard case .known = outcome, case .unavailable = new.outcome, consumerID == new.consumerID else { return new }
        return Draft.Fetched(outcome: outcome, consumerID: consumerID, dueAt: new.dueAt)
    }

    var json: JSON {
        let frame: [String: JSON] = ["consumer": .string(consumerID), "due": .int(dueAt.microseconds)]
        let told: [String: JSON] =
            switch outcome {
            case .known(let value, let source): ["kind": "known", "value": value, "source": source.json]
            case .unknown(let owner): ["kind": "unknown", "owner": .string(owner)]
            case .unavailable(let owner): ["kind": "unavailable", "owner": .string(owner)]
            }
        return .object(frame.merging(told) { $1 })
    }

    init?(json: JSON) {
        guard let due = json["due"]?.int, let consumer = json["consumer"]?.string else { return nil }
        (consumerID, dueAt) = (consumer, Instant(microseconds: due))
        switch json["kind"]?.string {
        case "known":
            guard let value = json["value"], let source = json["source"].flatMap(AnswerSource.init(json:)) else { return nil }
            outcome = .known(value, source)
        case "unknown": outcome = .unknown(ownerID: json["owner"]?.string ?? "")
        case "unavailable": outcome = .unavailable(ownerID: json["owner"]?.string ?? "")
        default: return nil
        }
    }
}
