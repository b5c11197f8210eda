/// What the titles and keywords of all services hold of a query: for each service and term the best meeting of forms, from 0 to 1.
struct Findings {
    let services: Int
    let terms: Int
    /// By service, then by term.
    private var titles: [Float]
    private var keywords: [Float]

    init(services: Int, terms: Int) {
        (self.services, self.terms) = (services, terms)
        titles = Array(repeating: 0, count: services * terms)
        keywords = titles
    }

    mutating func note(_ worth: Float, term: Int, service: Int, isTitle: Bool) {
        let place = service * terms + term
        if isTitle { titles[place] = max(titles[place], worth) } else { keywords[place] = max(keywords[place], worth) }
    }

    /// Averages over the terms, and the term that is held worst.
    struct Coverage {
        var title: Float = 0
        var keywords: Float = 0
        /// In the title or the keywords.
        var whole: Float = 0
        var weakest: Float = 1
    }

    func coverage(_ service: Int) -> Coverage {
        var coverage = Coverage()
        for place in service * terms..<(service + 1) * terms {
            let best = max(titles[place], keywords[place])
            coverage.title += titles[place]
            coverage.keywords += keywords[place]
            coverage.whole += best
            coverage.weakest = min(coverage.weakest, best)
        }
        let count = Float(max(1, terms))
        (coverage.title, coverage.keywords, coverage.whole) = (coverage.title / count, coverage.keywords / count, coverage.whole / count)
        return coverage
    }
}
