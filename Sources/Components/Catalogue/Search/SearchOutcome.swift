/// What a search found.
public struct SearchOutcome: Sendable, Hashable {
    /// Services that hold every word, the best first.
    public internal(set) var services: [PublicService] = []
    /// Services that hold some of the words.
    public internal(set) var related: [PublicService] = []
    /// The query as it was probably meant, when no service holds every word of it as it was typed.
    public internal(set) var suggestion: String?
    /// True when nothing at all was found for what was typed, and `services` are those of the suggestion.
    public internal(set) var isCorrected = false

    public var isEmpty: Bool { services.isEmpty && related.isEmpty }
}
