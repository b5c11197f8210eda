import Language

/// Where the words of titles and keywords stand, in one language, in memory: it tells how well a service answers a query, and which
/// services hold only some of its words, without asking the store.
struct TitleIndex: Sendable {
    private struct Place: Sendable {
        let service: Int32
        /// 0 for the title, then the keywords.
        let text: UInt8
        let word: UInt8
        let form: UInt8
    }

    /// How one text of a service holds the terms of a query.
    struct Match {
        var weight = 0.0
        var word = -1
    }

    /// What a service's title and keywords hold of a query: for each term the best match, and whether all stand one after another.
    struct Finding {
        var title: [Match]
        var keywords: [Double]
        var keywordsAreInOrder = false
        /// Words of the title.
        var titleLength = 0
    }

    private var places: [String: [Place]] = [:]
    private var titleLengths: [Int]

    init(_ services: [PublicService], _ language: Language, _ analyser: Analyser) {
        titleLengths = Array(repeating: 0, count: services.count)
        for (index, service) in services.enumerated() {
            guard let name = service.name[language] else { continue }
            for (number, text) in ([name] + service.keywords[language].prefix(Int(UInt8.max) - 1)).enumerated() {
                let length = add(analyser.lexemes(of: text, language: language), Int32(index), UInt8(number))
                if number == 0 { titleLengths[index] = length }
            }
        }
    }

    /// Answers the number of words.
    private mutating func add(_ lexemes: [Lexeme], _ service: Int32, _ text: UInt8) -> Int {
        var word = -1
        for lexeme in lexemes {
            if lexeme.form == .surface { word += 1 }
            guard word >= 0, word <= Int(UInt8.max) else { continue }
            let place = Place(service: service, text: text, word: UInt8(word), form: UInt8(lexeme.form.rawValue))
            places[lexeme.text, default: []].append(place)
        }
        return word + 1
    }

    /// Whether any title or keyword holds the word in this form.
    func holds(_ form: String) -> Bool { places[form] != nil }

    /// The services, by their place in the list, of which a title or keyword holds at least one term.
    func findings(_ terms: [[String]]) -> [Int: Finding] {
        var matches: [Int: [Match]] = [:]
        let none = [Match](repeating: Match(), count: terms.count)
        for (term, forms) in terms.enumerated() {
            for form in forms {
                for place in places[form] ?? [] {
                    let weight = Lexeme.Form(rawValue: Int(place.form))?.weight ?? 0
                    let key = Int(place.service) << 8 | Int(place.text)
                    if matches[key, default: none][term].weight < weight { matches[key]?[term] = Match(weight: weight, word: Int(place.word)) }
                }
            }
        }
        return gathered(matches, terms.count)
    }

    private func gathered(_ matches: [Int: [Match]], _ count: Int) -> [Int: Finding] {
        let empty = Finding(title: Array(repeating: Match(), count: count), keywords: Array(repeating: 0, count: count))
        var findings: [Int: Finding] = [:]
        for (key, found) in matches {
            let service = key >> 8
            var finding = findings[service] ?? empty
            if key & 0xFF == 0 {
                finding.title = found
            } else {
                for term in found.indices { finding.keywords[term] = max(finding.keywords[term], found[term].weight) }
                finding.keywordsAreInOrder = finding.keywordsAreInOrder || TitleIndex.isInOrder(found)
            }
            finding.titleLength = titleLengths[service]
            findings[service] = finding
        }
        return findings
    }

    /// All terms, one after another, with at most one other word among them.
    static func isInOrder(_ matches: [Match]) -> Bool {
        guard let first = matches.first?.word, let last = matches.last?.word, matches.allSatisfy({ $0.weight > 0 }) else { return false }
        return zip(matches, matches.dropFirst()).allSatisfy { $0.word < $1.word } && last - first <= matches.count
    }
}
