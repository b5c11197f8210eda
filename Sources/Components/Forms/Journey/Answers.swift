import Contracts
import Values

/// What is known so far: the values, where each comes from, and which pages the person has seen and confirmed.
struct Answers: Sendable, Hashable {
    var values: JSON = [:]
    /// By the field's pointer.
    var sources: [String: AnswerSource] = [:]
    /// Ids of steps.
    var confirmed: Set<String> = []
    /// What the person says is wrong with what a register holds, by step.
    var notes: [String: String] = [:]

    func value(at pointer: JSONPointer) -> JSON? { values.value(at: pointer) }

    /// Sets an answer, or removes it with nil.
    mutating func set(_ value: JSON?, at pointer: JSONPointer, source: AnswerSource = .person) {
        values.set(value, at: pointer)
        sources[pointer.description] = value == nil ? nil : source
    }

    var json: JSON {
        [
            "values": values, "sources": .object(sources.mapValues(\.json)), "confirmed": .strings(confirmed.sorted()),
            "notes": .object(notes.mapValues(JSON.string)),
        ]
    }

    /// Reads what `json` wrote; nil for anything else.
    init?(json: JSON) {
        guard let values = json["values"], values.object != nil, let sources = json["sources"]?.object else { return nil }
        self.values = values
        self.sources = sources.compactMapValues(AnswerSource.init(json:))
        confirmed = Set((json["confirmed"]?.array ?? []).compactMap(\.string))
        notes = (json["notes"]?.object ?? [:]).compactMapValues(\.string)
    }

    init() {}
}
