import Language

/// One search over the catalogue. Titles and keywords answer from memory; the store, which has all other texts, is asked only when they
/// answer too little.
struct ServiceSearch: Sendable {
    let inventory: Inventory
    let index: SearchIndex

    /// With fewer services that hold all words in title or keywords, about a page of them, those that hold them elsewhere are shown too.
    static let enough = 10
    /// With fewer that hold all words anywhere, those that hold some are shown too.
    static let few = 5
    /// Services taken from the store in one language.
    static let storedMax = 100
    /// Letters of a query that are read.
    static let lettersMax = 200

    /// Answers the ids of services that hold a form of every term.
    typealias Store = @Sendable (Language, [[Lexeme]]) async throws -> [String]

    func outcome(of query: String, reader: Language, limit: Int, store: Store) async throws -> SearchOutcome {
        let query = String(query.prefix(ServiceSearch.lettersMax))
        var outcome = try await found(query, reader, limit, store)
        guard outcome.services.isEmpty, let suggestion = suggestion(for: query, reader) else { return outcome }
        let better = try await found(suggestion, reader, limit, store)
        guard !better.services.isEmpty else { return outcome }
        outcome.suggestion = suggestion
        if outcome.related.isEmpty {
            (outcome.services, outcome.related, outcome.isCorrected) = (better.services, better.related, true)
        }
        return outcome
    }

    private func found(_ query: String, _ reader: Language, _ limit: Int, _ store: Store) async throws -> SearchOutcome {
        var (full, related): ([Int], [Int]) = ([], [])
        for language in ServiceSearch.languages(of: query, reader: reader) {
            let terms = index.analyser.terms(of: query, language: language)
            guard !terms.isEmpty, let titles = inventory.titles[language] else { continue }
            let search = TitleSearch(terms, titles)
            let answers = search.answers()
            full += answers.full
            related += answers.related
            guard full.count < ServiceSearch.enough else { continue }
            // Elsewhere in the texts a guess would be too weak.
            let ids = try await store(language, terms.map { term in term.filter { $0.form != .skeleton } })
            full += search.ordered(ids.compactMap(inventory.position).filter { !answers.full.contains($0) })
        }
        var seen: Set<Int> = []
        var outcome = SearchOutcome()
        outcome.services = full.filter { seen.insert($0).inserted }.prefix(limit).map { inventory.services[$0] }
        guard full.count < ServiceSearch.few else { return outcome }
        outcome.related = related.filter { seen.insert($0).inserted }.prefix(limit).map { inventory.services[$0] }
        return outcome
    }

    private func suggestion(for query: String, _ reader: Language) -> String? {
        for language in ServiceSearch.languages(of: query, reader: reader) {
            guard let titles = inventory.titles[language] else { continue }
            if let better = inventory.vocabularies[language]?.corrected(query, titles) { return better }
        }
        return nil
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
