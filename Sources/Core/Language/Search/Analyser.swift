/// Turns text into the forms that search compares: the same for what is indexed and what is asked, and for both stores (a store's own
/// tokenisers break pointed words and acronyms). For FTS5 the lexemes are written with spaces between; for PostgreSQL they are an array.
///
///     analyser.lexemes(of: "לבית הקפה")        // לבית בית … הקפה קפה …
///     analyser.queryTerms(of: "רישיון עסק")    // [["רישיונ", …, "0רשנ"], ["עסק", "0עסק"]]: every list must match by one of its forms
///
/// Hebrew and Arabic are taken apart by affixes, English, French and Russian by stemmers; a text may mix them, for each run of letters is
/// read by its script. The work is bounded by the lengths below, whatever the text.
public struct Analyser: Sendable {
    /// Unicode scalars of a text that are read unless another bound is given.
    public static let scalarsMax = 2_000
    /// Words of a query that count.
    public static let queryTermsMax = 16

    let acronyms: Acronyms

    public init(acronyms: Acronyms = .common) { self.acronyms = acronyms }

    /// The forms of all words in their order, each word's best form first; a word that comes twice is there twice, for ranking by frequency.
    /// The language matters for Latin letters only: without it both the English and the French stem are given.
    public func lexemes(of text: String, language: Language? = nil, scalarsMax: Int = Analyser.scalarsMax) -> [Lexeme] {
        let words = Words(text, scalarsMax: scalarsMax)
        var lexemes: [Lexeme] = []
        lexemes.reserveCapacity(words.words.count * 6)
        // Where the lexemes of each word begin: phrases look back at them.
        var starts: [Int] = []
        for word in words.words {
            starts.append(lexemes.count)
            lexemes += forms(of: word, in: words.letters, language)
            guard word.script == .hebrew || word.script == .latin else { continue }
            let related = word.isAcronym ? expansion(lexemes[starts[starts.count - 1]...]) : acronym(endingAt: starts, lexemes)
            lexemes += related
        }
        return lexemes
    }

    /// For each word of the query the forms by which it may match, best first. All words must match: an AND of ORs. Stop words are left out
    /// unless there is nothing else. Empty when the query has no word.
    public func queryTerms(of text: String, language: Language? = nil) -> [[String]] {
        let words = Words(text, scalarsMax: Analyser.scalarsMax)
        let meant = words.words.filter {
            $0.isAcronym || !StopWords.contains(WordForms.text(words.letters[$0.range]), script: $0.script, language: language)
        }
        var terms: [[String]] = []
        for word in meant.isEmpty ? words.words : meant where terms.count < Analyser.queryTermsMax {
            let term = forms(of: word, in: words.letters, language).map(\.text)
            if !terms.contains(term) { terms.append(term) }
        }
        return terms
    }

    private func forms(of word: Word, in letters: [UInt32], _ language: Language?) -> [Lexeme] {
        var forms = WordForms()
        let slice = letters[word.range]
        switch word.script {
        case .hebrew: HebrewForms.add(slice, isAcronym: word.isAcronym, to: &forms)
        case .arabic: ArabicForms.add(slice, to: &forms)
        case .cyrillic:
            forms.add(WordForms.text(slice), .surface)
            forms.add(WordForms.text(RussianStemmer.stem(Array(slice))), .stem)
        case .latin:
            forms.add(WordForms.text(slice), .surface)
            addLatinStems(slice, language, to: &forms)
        default: forms.add(WordForms.text(slice), .surface)
        }
        return forms.lexemes
    }

    private func addLatinStems(_ slice: ArraySlice<UInt32>, _ language: Language?, to forms: inout WordForms) {
        guard slice.allSatisfy({ (0x61...0x7A).contains($0) }) else { return }
        let word = slice.map { UInt8(truncatingIfNeeded: $0) }
        if language != .fr { forms.add(String(decoding: EnglishStemmer.stem(word), as: UTF8.self), .stem) }
        if language != .en { forms.add(String(decoding: FrenchStemmer.stem(word), as: UTF8.self), .stem) }
    }

    /// What an acronym stands for, with or without a prefix before it.
    private func expansion(_ word: ArraySlice<Lexeme>) -> [Lexeme] {
        for form in word { if let expansion = acronyms.expansions[form.text] { return expansion } }
        return []
    }

    /// The acronym of a phrase that ends with the last word. Each word may stand in any of its forms: לביטוח הלאומי is ביטוח לאומי.
    private func acronym(endingAt starts: [Int], _ lexemes: [Lexeme]) -> [Lexeme] {
        var found: [Lexeme] = []
        let last = starts.count - 1
        for form in lexemes[starts[last]...] where form.form <= .stem {
            for phrase in acronyms.phrases[form.text] ?? [] where phrase.before.count <= last {
                let matches = phrase.before.enumerated().allSatisfy { distance, word in
                    let index = last - 1 - distance
                    return lexemes[starts[index]..<starts[index + 1]].contains { $0.text == word && $0.form <= .stem }
                }
                if matches { found.append(Lexeme(text: phrase.acronym, form: .stem)) }
            }
        }
        return found
    }
}
