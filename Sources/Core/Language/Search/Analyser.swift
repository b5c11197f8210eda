/// Turns text into the forms that search compares: the same for what is indexed and what is asked, and for both stores (a store's own
/// tokenisers break pointed words and acronyms). For FTS5 the lexemes are written with spaces between; for PostgreSQL they are an array.
///
///     analyser.lexemes(of: "לבית הקפה")        // לבית בית … הקפה קפה …
///     analyser.terms(of: "רישיון עסק")         // [["רישיונ", …, "0רשנ"], ["עסק", "0עסק"]]: every list must match by one of its forms
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

    /// The forms of all words in their order, each word's best form first; a word that comes twice is there twice, for ranking by
    /// frequency. The language matters for Latin letters only: without it both the English and the French stem are given.
    public func lexemes(of text: String, language: Language? = nil, scalarsMax: Int = Analyser.scalarsMax) -> [Lexeme] {
        let words = Words(text, scalarsMax: scalarsMax)
        var lexemes: [Lexeme] = []
        lexemes.reserveCapacity(words.words.count * 6)
        var forms = WordForms()
        // What phrases look back at: the hashes of the surface and stems of all words, and where each word's begin.
        var hashes: [UInt64] = []
        var starts: [Int] = []
        for word in words.words {
            forms.removeAll()
            add(word, of: words.letters, language, to: &forms)
            lexemes += forms.lexemes
            starts.append(hashes.count)
            for lexeme in forms.lexemes where lexeme.form <= .stem { hashes.append(lexeme.key) }
            guard word.script == .hebrew || word.script == .latin else { continue }
            if word.isAcronym {
                lexemes += hashes[starts[starts.count - 1]...].lazy.compactMap { acronyms.expansions[$0] }.first ?? []
            } else {
                addAcronyms(starts, hashes, to: &lexemes)
            }
        }
        return lexemes
    }

    /// For each word of the query the forms by which it may match, best first. All words must match: an AND of ORs. Stop words are left out
    /// unless there is nothing else. Empty when the query has no word.
    public func terms(of text: String, language: Language? = nil) -> [[Lexeme]] {
        let words = Words(text, scalarsMax: Analyser.scalarsMax)
        let meant = words.words.filter {
            $0.isAcronym || !StopWords.contains(WordForms.text(words.letters[$0.range]), script: $0.script, language: language)
        }
        var terms: [[Lexeme]] = []
        for word in meant.isEmpty ? words.words : meant where terms.count < Analyser.queryTermsMax {
            var forms = WordForms()
            add(word, of: words.letters, language, to: &forms)
            if !terms.contains(forms.lexemes) { terms.append(forms.lexemes) }
        }
        return terms
    }

    private func add(_ word: Word, of letters: [UInt32], _ language: Language?, to forms: inout WordForms) {
        let slice = letters[word.range]
        switch word.script {
        case .hebrew: HebrewForms.add(slice, isAcronym: word.isAcronym, to: &forms)
        case .arabic: ArabicForms.add(slice, to: &forms)
        case .cyrillic:
            forms.add(slice, .surface)
            forms.add(RussianStemmer.stem(Array(slice)), .stem)
        case .latin:
            forms.add(slice, .surface)
            addLatinStems(slice, language, to: &forms)
        default: forms.add(slice, .surface)
        }
    }

    private func addLatinStems(_ slice: ArraySlice<UInt32>, _ language: Language?, to forms: inout WordForms) {
        guard slice.allSatisfy({ (0x61...0x7A).contains($0) }) else { return }
        let word = slice.map { UInt8(truncatingIfNeeded: $0) }
        if language != .fr { forms.add(EnglishStemmer.stem(word).map(UInt32.init), .stem) }
        if language != .en { forms.add(FrenchStemmer.stem(word).map(UInt32.init), .stem) }
    }

    /// The acronym of a phrase that ends with the last word. Each word may stand with a prefix: לביטוח הלאומי is ביטוח לאומי.
    private func addAcronyms(_ starts: [Int], _ hashes: [UInt64], to lexemes: inout [Lexeme]) {
        let last = starts.count - 1
        for hash in hashes[starts[last]...] {
            for phrase in acronyms.phrases[hash] ?? [] where phrase.before.count <= last {
                let matches = phrase.before.enumerated().allSatisfy { distance, word in
                    hashes[starts[last - 1 - distance]..<starts[last - distance]].contains(word)
                }
                if matches { lexemes += phrase.acronym }
            }
        }
    }
}
