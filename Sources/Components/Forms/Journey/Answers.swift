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
    /// Names of the entries of repeating lists, in their order, by the list's pointer. They are no part of the values.
    private var entryIDs: [String: [String]] = [:]

    /// One entry of a repeating list. It is addressed by its id, so that a second click or another tab meets no other entry.
    struct Entry: Sendable, Hashable {
        let id: String
        var value: JSON
    }

    func value(at pointer: JSONPointer) -> JSON? { values.value(at: pointer) }

    /// Sets an answer, or removes it with nil.
    mutating func set(_ value: JSON?, at pointer: JSONPointer, source: AnswerSource = .person) {
        values.set(value, at: pointer)
        sources[pointer.description] = value == nil ? nil : source
    }

    func entries(at pointer: JSONPointer) -> [Entry] {
        let ids = entryIDs[pointer.description] ?? []
        return (value(at: pointer)?.array ?? []).enumerated().map { index, value in
            Entry(id: index < ids.count ? ids[index] : "\(index)", value: value)
        }
    }

    mutating func set(_ entries: [Entry], at pointer: JSONPointer) {
        set(entries.isEmpty ? .none : .array(entries.map(\.value)), at: pointer)
        entryIDs[pointer.description] = entries.isEmpty ? nil : entries.map(\.id)
    }

    var json: JSON {
        [
            "values": values, "sources": .object(sources.mapValues(\.json)), "confirmed": .strings(confirmed.sorted()),
            "notes": .object(notes.mapValues(JSON.string)), "entries": .object(entryIDs.mapValues(JSON.strings)),
        ]
    }

    /// Reads what `json` wrote; nil for anything else.
    init?(json: JSON) {
        guard let values = json["values"], values.object != nil, let sources = json["sources"]?.object else { return nil }
        self.values = values
        self.sources = sources.compactMapValues(AnswerSource.init(json:))
        confirmed = Set((json["confirmed"]?.array ?? []).compactMap(\.string))
        notes = (json["notes"]?.object ?? [:]).compactMapValues(\.string)
        entryIDs = (json["entries"]?.object ?? [:]).mapValues { ($0.array ?? []).compactMap(\.string) }
    }

    init() {}
}
