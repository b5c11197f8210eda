import Language

/// How well the title and the other words of a service answer a query: what the store's own rank, which knows neither order nor use, is
/// corrected by. Pure arithmetic over word forms.
struct Relevance {
    let terms: [[String]]
    let language: Language
    let analyser: Analyser

    private enum Worth {
        static let nameCoverage = 3.0
        static let keywordCoverage = 1.5
        static let nameOrder = 1.0
        static let keywordOrder = 0.7
        static let tightness = 0.5
        static let use = 0.6
        static let store = 1.0
    }

    struct Score {
        let value: Double
        /// The part of the query's words that the title or the keywords hold, from 0 to 1.
        let coverage: Double
    }

    /// - Parameter store: the store's rank as a part of the best one, from 0 to 1.
    func score(_ service: PublicService, store: Double) -> Score {
        let name = words(service.name[language] ?? "")
        let inName = matches(name)
        let keywords = service.keywords[language].map { matches(words($0)) }
        let nameCoverage = average(inName.map(\.weight))
        let keywordCoverage = average(terms.indices.map { term in keywords.map { $0[term].weight }.max() ?? 0 })
        let covered = average(terms.indices.map { term in max(inName[term].weight, keywords.map { $0[term].weight }.max() ?? 0) })
        var value = Worth.nameCoverage * nameCoverage + Worth.keywordCoverage * keywordCoverage + Worth.store * store
        if isInOrder(inName) { value += Worth.nameOrder }
        if keywords.contains(where: isInOrder) { value += Worth.keywordOrder }
        if !name.isEmpty { value += Worth.tightness * nameCoverage * Double(min(terms.count, name.count)) / Double(name.count) }
        if let rank = service.rank { value += Worth.use * Double(max(0, 21 - rank)) / 20 }
        return Score(value: value, coverage: covered)
    }

    private struct Match {
        var weight = 0.0
        var place = -1
    }

    /// The words of a text, each as its forms with what a match by them is worth.
    private func words(_ text: String) -> [[String: Double]] {
        var words: [[String: Double]] = []
        for lexeme in analyser.lexemes(of: text, language: language) {
            if lexeme.form == .surface { words.append([:]) }
            guard !words.isEmpty else { continue }
            words[words.count - 1][lexeme.text] = max(words[words.count - 1][lexeme.text] ?? 0, lexeme.form.weight)
        }
        return words
    }

    /// For each term the best word.
    private func matches(_ words: [[String: Double]]) -> [Match] {
        terms.map { forms in
            var best = Match()
            for (place, word) in words.enumerated() {
                for form in forms {
                    if let weight = word[form], weight > best.weight { best = Match(weight: weight, place: place) }
                }
            }
            return best
        }
    }

    /// All terms, one after another, with at most one other word among them.
    private func isInOrder(_ matches: [Match]) -> Bool {
        guard let first = matches.first?.place, let last = matches.last?.place, matches.allSatisfy({ $0.weight > 0 }) else { return false }
        return zip(matches, matches.dropFirst()).allSatisfy { $0.place < $1.place } && last - first <= matches.count
    }

    private func average(_ values: [Double]) -> Double { values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count) }
}
