/// How well a service answers a query: what the store's own rank, which knows neither the order of words nor how much a service is used, is
/// corrected by.
enum Relevance {
    private static let titleCoverage = 3.0
    private static let keywordCoverage = 1.5
    private static let titleOrder = 1.0
    private static let keywordOrder = 0.7
    private static let tightness = 0.5
    private static let use = 0.6
    private static let store = 1.0

    /// - Parameters:
    ///   - finding: what the title and the keywords hold; nil for nothing.
    ///   - rank: of the service, 1 for the most used.
    ///   - store: the store's rank as a part of the best one, from 0 to 1.
    static func score(_ finding: TitleIndex.Finding?, rank: Int?, store: Double) -> Double {
        var value = Relevance.store * store
        if let rank { value += use * Double(max(0, 21 - rank)) / 20 }
        guard let finding else { return value }
        let inTitle = average(finding.title.map(\.weight))
        value += titleCoverage * inTitle + keywordCoverage * average(finding.keywords)
        if TitleIndex.isInOrder(finding.title) { value += titleOrder }
        if finding.keywordsAreInOrder { value += keywordOrder }
        let (terms, words) = (finding.title.count, max(1, finding.titleLength))
        return value + tightness * inTitle * Double(min(terms, words)) / Double(words)
    }

    /// The part of the query that the title or the keywords hold, from 0 to 1.
    static func coverage(_ finding: TitleIndex.Finding) -> Double {
        average(zip(finding.title, finding.keywords).map { max($0.weight, $1) })
    }

    private static func average(_ values: [Double]) -> Double { values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count) }
}
