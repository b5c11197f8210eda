import Database
import Language

/// One search over the catalogue: what to ask the store, and what its answers mean.
struct ServiceSearch: Sendable {
    let inventory: Inventory
    let index: SearchIndex

    /// Candidates taken from the store in one language, to be put in order here.
    static let candidatesMax = 100
    /// With fewer services that hold all words, those that hold some are shown too.
    static let enough = 5
    /// Letters of a query that are read.
    static let lettersMax = 200
    /// The part of the words that a related service holds in its title or keywords, at least.
    static let relatedCoverageMin = 0.25

    typealias Store = @Sendable (SearchPlan) async throws -> [SearchPlan.Answer]

    func outcome(of query: String, reader: Language, limit: Int, store: Store) async throws -> SearchOutcome {
        let query = String(query.prefix(ServiceSearch.lettersMax))
        let plan = SearchPlan(query, reader: reader, index)
        guard !plan.isEmpty else { return SearchOutcome() }
        var outcome = outcome(try await store(plan), limit)
        guard outcome.services.isEmpty, let suggestion = suggestion(for: query, plan) else { return outcome }
        let better = self.outcome(try await store(SearchPlan(suggestion, reader: reader, index)), limit)
        guard !better.services.isEmpty else { return outcome }
        outcome.suggestion = suggestion
        if outcome.related.isEmpty {
            (outcome.services, outcome.related, outcome.isCorrected) = (better.services, better.related, true)
        }
        return outcome
    }

    private func suggestion(for query: String, _ plan: SearchPlan) -> String? {
        plan.parts.lazy.compactMap { part in
            inventory.titles[part.language].flatMap { inventory.vocabularies[part.language]?.corrected(query, titles: $0) }
        }.first
    }

    private func outcome(_ answers: [SearchPlan.Answer], _ limit: Int) -> SearchOutcome {
        var (services, related): ([Int], [Int]) = ([], [])
        var seen: Set<Int> = []
        let findings = answers.map { inventory.titles[$0.part.language]?.findings($0.part.terms) ?? [:] }
        for (answer, found) in zip(answers, findings) {
            services += ordered(answer.hits, found).filter { seen.insert($0).inserted }
        }
        if services.count < ServiceSearch.enough {
            for found in findings { related += partial(found).filter { seen.insert($0).inserted } }
        }
        return SearchOutcome(
            services: services.prefix(limit).map { inventory.services[$0] }, related: related.prefix(limit).map { inventory.services[$0] })
    }

    /// The services that hold every word, the best first.
    private func ordered(_ hits: [SearchPlan.Hit], _ found: [Int: TitleIndex.Finding]) -> [Int] {
        guard let best = hits.map(\.rank).max() else { return [] }
        return sorted(hits.compactMap { hit in
            guard let position = inventory.position(hit.id) else { return nil }
            let store = best > 0 ? max(0, hit.rank / best) : 0
            return (position, Relevance.score(found[position], rank: inventory.services[position].rank, store: store))
        })
    }

    /// The services of which a title or keyword holds enough of the words, the best first.
    private func partial(_ found: [Int: TitleIndex.Finding]) -> [Int] {
        let candidates = found.filter { Relevance.coverage($0.value) >= ServiceSearch.relatedCoverageMin }
        return sorted(candidates.map { ($0.key, Relevance.score($0.value, rank: inventory.services[$0.key].rank, store: 0)) })
    }

    private func sorted(_ scored: [(position: Int, score: Double)]) -> [Int] {
        scored.sorted { ($1.score, $0.position) < ($0.score, $1.position) }.map(\.position)
    }
}

/// What is asked of the store: the words of a query, in the languages their letters can be.
struct SearchPlan: Sendable {
    struct Part: Sendable {
        let language: Language
        let terms: [[String]]
        let fullText: FullText
    }

    struct Hit: Sendable {
        let id: String
        let rank: Double
    }

    struct Answer: Sendable {
        let part: Part
        /// Holding every word.
        let hits: [Hit]
    }

    let parts: [Part]

    init(_ query: String, reader: Language, _ index: SearchIndex) {
        parts = SearchPlan.languages(of: query, reader: reader).map { language in
            Part(language: language, terms: index.analyser.queryTerms(of: query, language: language), fullText: index.fullText(language))
        }.filter { !$0.terms.isEmpty }
    }

    var isEmpty: Bool { parts.isEmpty }

    func run(in connection: any Connection) throws -> [Answer] {
        try parts.map { part in
            let found = try part.fullText.search(connection, allOf: part.terms, limit: ServiceSearch.candidatesMax)
            return Answer(part: part, hits: found.map { Hit(id: $0.id, rank: $0.rank) })
        }
    }

    /// The languages written with the letters of a query, the reader's first. Digits alone are looked for in the reader's own.
    private static func languages(of query: String, reader: Language) -> [Language] {
        var found: Set<Language> = []
        for scalar in query.unicodeScalars where scalar.properties.isAlphabetic {
            switch scalar.value {
            case 0x0590...0x05FF, 0xFB1D...0xFB4F: found.insert(.he)
            case 0x0600...0x06FF, 0x0750...0x077F, 0xFB50...0xFDFF, 0xFE70...0xFEFC: found.insert(.ar)
            case 0x0400...0x052F: found.insert(.ru)
            default: found.formUnion([.en, .fr])
            }
        }
        if found.isEmpty { return [reader] }
        return [reader].filter(found.contains) + Language.allCases.filter { $0 != reader && found.contains($0) }
    }
}
