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
    /// Forms of a word by which a service that holds only some words may be found.
    static let looseFormsMax = 4
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
        plan.parts.lazy.compactMap { inventory.vocabularies[$0.language]?.corrected(query) }.first
    }

    private func outcome(_ answers: [SearchPlan.Answer], _ limit: Int) -> SearchOutcome {
        var outcome = SearchOutcome()
        var seen: Set<String> = []
        for answer in answers {
            for hit in ordered(answer.full, answer.part) where seen.insert(hit.service.id).inserted { outcome.services.append(hit.service) }
        }
        for answer in answers {
            for hit in ordered(answer.loose, answer.part)
            where hit.score.coverage >= ServiceSearch.relatedCoverageMin && seen.insert(hit.service.id).inserted {
                outcome.related.append(hit.service)
            }
        }
        outcome.services = Array(outcome.services.prefix(limit))
        outcome.related = Array(outcome.related.prefix(limit))
        return outcome
    }

    private func ordered(_ hits: [SearchPlan.Hit], _ part: SearchPlan.Part) -> [(service: PublicService, score: Relevance.Score)] {
        guard let best = hits.map(\.rank).max() else { return [] }
        let relevance = Relevance(terms: part.terms, language: part.language, analyser: index.analyser)
        let scored = hits.compactMap { hit in
            inventory.service(hit.id).map { ($0, relevance.score($0, store: best > 0 ? max(0, hit.rank / best) : 0)) }
        }
        return scored.sorted { ($1.1.value, $0.0.id) < ($0.1.value, $1.0.id) }.map { (service: $0.0, score: $0.1) }
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
        let full: [Hit]
        /// Holding some of the words; asked for only when few hold all.
        let loose: [Hit]
    }

    let parts: [Part]

    init(_ query: String, reader: Language, _ index: SearchIndex) {
        parts = SearchPlan.languages(of: query, reader: reader).map { language in
            Part(language: language, terms: index.analyser.queryTerms(of: query, language: language), fullText: index.fullText(language))
        }.filter { !$0.terms.isEmpty }
    }

    var isEmpty: Bool { parts.isEmpty }

    func run(in connection: any Connection) throws -> [Answer] {
        var answers: [Answer] = []
        var found = 0
        for part in parts {
            let full = try hits(part, part.terms, connection)
            found += full.count
            let loose = found >= ServiceSearch.enough || part.terms.count < 2
                ? [] : try hits(part, [part.terms.flatMap { $0.prefix(ServiceSearch.looseFormsMax) }], connection)
            answers.append(Answer(part: part, full: full, loose: loose))
        }
        return answers
    }

    private func hits(_ part: Part, _ groups: [[String]], _ connection: any Connection) throws -> [Hit] {
        try part.fullText.search(connection, allOf: groups, limit: ServiceSearch.candidatesMax).map { Hit(id: $0.id, rank: $0.rank) }
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
