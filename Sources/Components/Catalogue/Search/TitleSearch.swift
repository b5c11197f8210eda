import Language

/// One query in one language over titles and keywords: the services that hold all its words, and those that hold some.
struct TitleSearch {
    let index: TitleIndex
    let services: [PublicService]
    let terms: [TitleIndex.Term]
    private let findings: Findings

    /// Services whose words are looked at in their order; the rest came far behind without it.
    static let candidatesMax = 200

    init(_ lexemes: [[Lexeme]], _ index: TitleIndex, _ services: [PublicService]) {
        (self.index, self.services) = (index, services)
        terms = lexemes.map { term in term.map { (key: $0.key, weight: Float($0.form.weight)) } }
        findings = index.findings(terms)
    }

    /// Places of services in the inventory, the best first.
    func answers() -> (full: [Int], related: [Int]) {
        var (full, related): ([Candidate], [Candidate]) = ([], [])
        for service in services.indices {
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

    private typealias Candidate = (service: Int, score: Float)

    private func candidate(_ service: Int, _ coverage: Findings.Coverage) -> Candidate {
        let length = index.titleLength(service)
        return (service, Relevance.score(coverage, terms: terms.count, length: length, rank: services[service].rank))
    }

    private func ordered(_ candidates: [Candidate]) -> [Int] {
        func sorted(_ candidates: [Candidate]) -> [Candidate] { candidates.sorted { ($1.score, $0.service) < ($0.score, $1.service) } }
        let best = sorted(candidates).prefix(TitleSearch.candidatesMax)
        return sorted(best.map { ($0.service, $0.score + Relevance.score(order: index.order(terms, in: $0.service))) }).map(\.service)
    }
}
