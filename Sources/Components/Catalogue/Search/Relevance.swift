/// How well a service answers a query, from how its title and keywords hold the words and how much it is used. Pure arithmetic.
enum Relevance {
    private static let title: Float = 3
    private static let keywords: Float = 1.5
    private static let titleOrder: Float = 1
    private static let keywordOrder: Float = 0.7
    private static let tightness: Float = 0.5
    private static let use: Float = 0.6

    /// With a worse meeting of one of its words a service is no answer: the two are spelt alike without their vowels and endings, no more.
    static let trustMin: Float = 0.15
    /// The part of the words that a related service holds, at least.
    static let relatedMin: Float = 0.25

    /// Without the order of the words, which is dearer to know.
    ///
    /// - Parameters:
    ///   - terms: words of the query.
    ///   - length: words of the title.
    ///   - rank: of the service, 1 for the most used.
    static func score(_ coverage: Findings.Coverage, terms: Int, length: Int, rank: Int?) -> Float {
        var score = title * coverage.title + keywords * coverage.keywords
        if length > 0 { score += tightness * coverage.title * Float(min(terms, length)) / Float(length) }
        if let rank { score += use * Float(max(0, 21 - rank)) / 20 }
        return score
    }

    static func score(order: (title: Bool, keyword: Bool)) -> Float {
        (order.title ? titleOrder : 0) + (order.keyword ? keywordOrder : 0)
    }
}
