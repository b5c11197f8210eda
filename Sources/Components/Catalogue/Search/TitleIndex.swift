import Language

/// Where the words of titles and keywords stand, in one language, in memory: it says which services hold which words of a query and how
/// well, without asking the store. Made once per content version, of numbers only: eight bytes for a form of a word in its place.
struct TitleIndex: Sendable {
    /// A word of a text in one of its forms.
    struct Posting: Sendable {
        /// The service's place in the inventory.
        let service: UInt32
        /// 0 for the title, then the keywords.
        let text: UInt8
        /// Its place among the words of the text.
        let word: UInt8
        let form: UInt8
    }

    /// One word of a query: the keys of its forms, and what they are worth.
    typealias Term = [(key: UInt64, weight: Float)]

    /// The keys of all forms, in order; those of `keys[n]` stand at `postings[starts[n]..<starts[n + 1]]`, by service, text and word.
    private let keys: [UInt64]
    private let starts: [UInt32]
    private let postings: [Posting]
    /// Words of each service's title.
    private let titleLengths: [UInt8]
    /// Each service's rank, 0 for none: here, for a service is too large to be fetched for one number.
    private let ranks: [UInt16]

    /// What a form is worth, by its number.
    private static let weights = Lexeme.Form.allCases.map { Float($0.weight) }

    init(_ services: [PublicService], _ language: Language, _ analyser: Analyser) {
        var found: [(key: UInt64, posting: Posting)] = []
        var lengths = [UInt8](repeating: 0, count: services.count)
        for (number, service) in services.enumerated() {
            guard let name = service.name[language] else { continue }
            for (text, words) in ([name] + service.keywords[language]).prefix(Int(UInt8.max)).enumerated() {
                var word = -1
                for lexeme in analyser.lexemes(of: words, language: language) {
                    if lexeme.form == .surface { word += 1 }
                    guard (0...Int(UInt8.max)).contains(word) else { continue }
                    let place = Posting(service: UInt32(number), text: UInt8(text), word: UInt8(word), form: UInt8(lexeme.form.rawValue))
                    found.append((lexeme.key, place))
                }
                if text == 0 { lengths[number] = UInt8(clamping: word + 1) }
            }
        }
        // A stable order of postings: they were found by service, text and word.
        let order = (0..<found.count).sorted { (found[$0].key, $0) < (found[$1].key, $1) }
        var (keys, starts): ([UInt64], [UInt32]) = ([], [])
        for (place, number) in order.enumerated() where found[number].key != keys.last {
            keys.append(found[number].key)
            starts.append(UInt32(place))
        }
        starts.append(UInt32(found.count))
        (self.keys, self.starts, titleLengths) = (keys, starts, lengths)
        ranks = services.map { UInt16(clamping: $0.rank ?? 0) }
        postings = order.map { found[$0].posting }
    }

    func titleLength(_ service: Int) -> Int { Int(titleLengths[service]) }

    func rank(_ service: Int) -> Int? { ranks[service] == 0 ? nil : Int(ranks[service]) }

    /// Whether any title or keyword holds a word in this form.
    func holds(_ key: UInt64) -> Bool { !self[key].isEmpty }

    /// All places of a form.
    private subscript(key: UInt64) -> ArraySlice<Posting> {
        var (low, high) = (0, keys.count)
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        guard low < keys.count, keys[low] == key else { return [] }
        return postings[Int(starts[low])..<Int(starts[low + 1])]
    }

    /// How well every service holds each term of a query, in its title and in its keywords.
    func findings(_ terms: [Term]) -> Findings {
        var findings = Findings(services: titleLengths.count, terms: terms.count)
        for (number, term) in terms.enumerated() {
            for (key, weight) in term {
                for place in self[key] {
                    let worth = weight * TitleIndex.weights[Int(place.form)]
                    findings.note(worth, term: number, service: Int(place.service), isTitle: place.text == 0)
                }
            }
        }
        return findings
    }

    /// Whether one text of a service holds all terms one after another, with at most one other word among them: its title, a keyword.
    func order(_ terms: [Term], in service: Int) -> (title: Bool, keyword: Bool) {
        var places: [UInt8: [(weight: Float, word: Int)]] = [:]
        let none = [(weight: Float, word: Int)](repeating: (0, -1), count: terms.count)
        for (number, term) in terms.enumerated() {
            for (key, weight) in term {
                for place in occurrences(of: key, in: service) {
                    let worth = weight * TitleIndex.weights[Int(place.form)]
                    guard worth > places[place.text, default: none][number].weight else { continue }
                    places[place.text, default: none][number] = (worth, Int(place.word))
                }
            }
        }
        func isInOrder(_ words: [(weight: Float, word: Int)]) -> Bool {
            guard words.allSatisfy({ $0.weight > 0 }) else { return false }
            return zip(words, words.dropFirst()).allSatisfy { $0.word < $1.word } && words[words.count - 1].word - words[0].word <= words.count
        }
        return (places[0].map(isInOrder) ?? false, places.contains { $0.key != 0 && isInOrder($0.value) })
    }

    private func occurrences(of key: UInt64, in service: Int) -> ArraySlice<Posting> {
        let all = self[key]
        var (low, high) = (all.startIndex, all.endIndex)
        while low < high {
            let middle = (low + high) / 2
            if Int(all[middle].service) < service { low = middle + 1 } else { high = middle }
        }
        return all[low...].prefix { Int($0.service) == service }
    }
}
