import Language

/// The words of names and keywords in one language, to find what a misspelt word was meant to be.
struct Vocabulary: Sendable {
    private struct Entry: Sendable {
        var display: String
        var count: Int
    }

    /// Folded words, with how they are written and how often.
    private let words: [String: Entry]
    /// Every form of every word.
    private let forms: Set<String>
    /// The letters the words are made of.
    private let letters: [Unicode.Scalar]
    private let analyser: Analyser
    private let language: Language

    /// Shorter words have too many neighbours, longer ones are no words.
    static let lengths = 3...30

    init(_ services: [PublicService], _ language: Language, _ analyser: Analyser) {
        var words: [String: Entry] = [:]
        var forms: Set<String> = []
        for service in services {
            for text in [service.name[language] ?? ""] + service.keywords[language] {
                for word in text.split(whereSeparator: { $0.isWhitespace || "–—()/:,;־".contains($0) }) {
                    let lexemes = analyser.lexemes(of: String(word), language: language)
                    forms.formUnion(lexemes.map(\.text))
                    guard let folded = lexemes.first?.text, lexemes.filter({ $0.form == .surface }).count == 1 else { continue }
                    words[folded, default: Entry(display: String(word), count: 0)].count += 1
                }
            }
        }
        (self.words, self.forms, self.analyser, self.language) = (words, forms, analyser, language)
        letters = Set(words.keys.flatMap(\.unicodeScalars)).sorted()
    }

    /// The text with every unknown word put right that is one letter away from a known one; nil when that changes nothing.
    func corrected(_ text: String) -> String? {
        var isChanged = false
        let words = text.split(whereSeparator: \.isWhitespace).prefix(Analyser.queryTermsMax).map { word -> String in
            guard let better = corrected(word: String(word)) else { return String(word) }
            isChanged = true
            return better
        }
        return isChanged ? words.joined(separator: " ") : nil
    }

    private func corrected(word: String) -> String? {
        let lexemes = analyser.lexemes(of: word, language: language)
        guard !lexemes.isEmpty, !lexemes.contains(where: { forms.contains($0.text) && $0.form != .skeleton }) else { return nil }
        // The word as it stands first, then without its prefixes.
        for lexeme in lexemes where lexeme.form <= .stem {
            let candidates = neighbours(of: lexeme.text).compactMap { candidate in words[candidate].map { (candidate, $0) } }
            if let best = candidates.max(by: { ($0.1.count, $1.0) < ($1.1.count, $0.0) }) { return best.1.display }
        }
        return nil
    }

    /// Every text at an edit distance of one, with neighbouring letters exchanged counted as one edit (Damerau 1964).
    private func neighbours(of word: String) -> [String] {
        let scalars = Array(word.unicodeScalars)
        guard Vocabulary.lengths.contains(scalars.count) else { return [] }
        var found: [String] = []
        func add(_ scalars: [Unicode.Scalar]) { found.append(String(String.UnicodeScalarView(scalars))) }
        for index in 0...scalars.count {
            for letter in letters { add(Array(scalars[..<index]) + [letter] + scalars[index...]) }
            guard index < scalars.count else { continue }
            add(Array(scalars[..<index]) + scalars[(index + 1)...])
            for letter in letters where letter != scalars[index] { add(Array(scalars[..<index]) + [letter] + scalars[(index + 1)...]) }
            if index + 1 < scalars.count, scalars[index] != scalars[index + 1] {
                add(Array(scalars[..<index]) + [scalars[index + 1], scalars[index]] + scalars[(index + 2)...])
            }
        }
        return found
    }
}
