import Language

/// One query in one language over titles and keywords: the services that hold all its words, and those that hold some.
struct TitleSearch {
    let index: TitleIndex
    let terms: [TitleIndex.Term]
    private let findings: Findings

    /// Services whose words are looked at in their order; the rest came far behind without it.
    static let candidatesMax = 200

    init(_ lexemes: [[Lexeme]], _ index: TitleIndex) {
        self.index = index
        terms = lexemes.map { term in term.map { (key: $0.key, weight: Float($0.form.weight)) } }
        findings = index.findings(terms)
    }

    /// Places of services in the inventory, the best first.
    func answers() -> (full: [Int], related: [Int]) {
        var (full, related): ([Candidate], [Candidate]) = ([], [])
        for service in 0..<findings.services {
            let coverage = findings.coverage(service)
            guard coverage.whole > 0 else { continue }
            if coverage.weakest >= Relevance.trustMin {
                full.append(candidate(service, coverage))
            } else if coverage.weakest > 0 || coverage.whole >= Relevance.relatedMin {
                related.append(candidate(service, coverage))
            }
        }
        return (ordered(full), ordered(related))
    }

    /// These services, the best first: of those that the store found, each holds all words somewhere.
    func ordered(_ services: [Int]) -> [Int] { ordered(services.map { candidate($0, findings.coverage($0)) }) }

    private struct Candidate {
        let service: Int
        var score: Float
        /// Whether it holds every word: only then can they stand in order.
        let isWhole: Bool
    }

    private func candidate(_ service: Int, _ coverage: Findings.Coverage) -> Candidate {
        let score = Relevance.score(coverage, terms: terms.count, length: index.titleLength(service), rank: index.rank(service))
        return Candidate(service: service, score: score, isWhole: coverage.weakest > 0)
    }

    private func ordered(_ candidates: [Candidate]) -> [Int] {
        func sorted(_ candidates: [Candidate]) -> [Candidate] { candidates.sorted { ($1.score, $0.service) < ($0.score, $1.service) } }
        var best = Array(sorted(candidates).prefix(TitleSearch.candidatesMax))
        for place in best.indices where best[place].isWhole {
            best[place].score += Relevance.score(order: index.order(terms, in: best[place].service))
        }
        return sorted(best).map(\.service)
    }
}
