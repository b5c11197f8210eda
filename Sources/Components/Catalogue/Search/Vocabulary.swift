import Language

/// The words of titles and keywords in one language, to find what a misspelt word was meant to be.
///
/// Two words that are one edit apart have a text in common after at most one letter was left out of each (W. Garbe, "SymSpell", 2012). So
/// each word is kept under the key of its own letters and of every text that is one letter shorter.
struct Vocabulary: Sendable {
    private struct Entry: Sendable {
        /// As it is written.
        let display: String
        var count: Int
    }

    private struct Neighbour: Sendable {
        let key: UInt64
        let word: UInt32
    }

    private let words: [Entry]
    /// By key, then by word.
    private let neighbours: [Neighbour]
    private let analyser: Analyser
    private let language: Language

    /// Shorter words have too many neighbours, longer ones are no words.
    static let lengths = 3...30

    init(_ services: [PublicService], _ language: Language, _ analyser: Analyser) {
        var words: [Entry] = []
        var numbers: [UInt64: Int] = [:]
        var neighbours: [Neighbour] = []
        for service in services {
            for text in [service.name[language] ?? ""] + service.keywords[language] {
                for word in text.split(whereSeparator: { $0.isWhitespace || "–—()/:,;־".contains($0) }) {
                    let surfaces = analyser.lexemes(of: String(word), language: language).filter { $0.form == .surface }
                    guard surfaces.count == 1 else { continue }
                    if let number = numbers[surfaces[0].key] {
                        words[number].count += 1
                        continue
                    }
                    numbers[surfaces[0].key] = words.count
                    neighbours += Vocabulary.keys(surfaces[0].text).map { Neighbour(key: $0, word: UInt32(words.count)) }
                    words.append(Entry(display: String(word), count: 1))
                }
            }
        }
        (self.words, self.analyser, self.language) = (words, analyser, language)
        self.neighbours = neighbours.sorted { ($0.key, $0.word) < ($1.key, $1.word) }
    }

    /// The text with every word put right that no title or keyword holds and that is one letter away from one they do; nil when that
    /// changes nothing.
    func corrected(_ text: String, _ titles: TitleIndex) -> String? {
        var isChanged = false
        let words = text.split(whereSeparator: \.isWhitespace).prefix(Analyser.queryTermsMax).map { word -> String in
            guard let better = corrected(word: String(word), titles) else { return String(word) }
            isChanged = true
            return better
        }
        return isChanged ? words.joined(separator: " ") : nil
    }

    private func corrected(word: String, _ titles: TitleIndex) -> String? {
        let lexemes = analyser.lexemes(of: word, language: language)
        guard !lexemes.contains(where: { $0.form <= .base && titles.holds($0.key) }) else { return nil }
        // The word as it stands first, then without its prefixes.
        for lexeme in lexemes where lexeme.form <= .stem {
            let candidates = candidates(lexeme.text)
            if let best = candidates.max(by: { ($0.count, $1.display) < ($1.count, $0.display) }) { return best.display }
        }
        return nil
    }

    /// The words at an edit distance of one, with neighbouring letters exchanged counted as one edit (Damerau 1964).
    private func candidates(_ text: String) -> [Entry] {
        let letters = Array(text.unicodeScalars)
        let near = Set(Vocabulary.keys(text).flatMap(numbers(under:)))
        return near.map { words[$0] }.filter { entry in
            guard let other = analyser.lexemes(of: entry.display, language: language).first else { return false }
            return Vocabulary.isOneEdit(letters, Array(other.text.unicodeScalars))
        }
    }

    private func numbers(under key: UInt64) -> [Int] {
        var (low, high) = (0, neighbours.count)
        while low < high {
            let middle = (low + high) / 2
            if neighbours[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return neighbours[low...].prefix { $0.key == key }.map { Int($0.word) }
    }

    /// The keys of a word and of what it is without one letter.
    private static func keys(_ text: String) -> [UInt64] {
        let letters = Array(text.unicodeScalars)
        guard lengths.contains(letters.count) else { return [] }
        let shorter = letters.indices.map { Lexeme.key(letters[..<$0] + letters[($0 + 1)...]) }
        return Array(Set([Lexeme.key(letters[...])] + shorter))
    }

    static func isOneEdit(_ one: [Unicode.Scalar], _ other: [Unicode.Scalar]) -> Bool {
        let (short, long) = one.count <= other.count ? (one, other) : (other, one)
        guard let first = long.indices.first(where: { $0 >= short.count || short[$0] != long[$0] }) else { return false }
        if long.count > short.count { return long.count == short.count + 1 && short[first...].elementsEqual(long[(first + 1)...]) }
        let isExchange = first + 1 < long.count && short[first] == long[first + 1] && short[first + 1] == long[first]
        return short[(first + 1)...] == long[(first + 1)...] || isExchange && short[(first + 2)...] == long[(first + 2)...]
    }
}
