/// A light stemmer for French on letters without accents, in the manner of J. Savoy ("Light stemming approaches for the French, Portuguese,
/// German and Hungarian languages", 2006): number, gender, infinitive and -ment, no derivation.
enum FrenchStemmer {
    static func stem(_ word: [UInt8]) -> [UInt8] {
        var stem = word[...]
        func ends(_ suffix: String) -> Bool { stem.count > suffix.utf8.count && stem.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) }
        func drop(_ suffix: String, restMin: Int) {
            if ends(suffix), stem.count - suffix.utf8.count >= restMin { stem = stem.dropLast(suffix.utf8.count) }
        }
        if ends("aux"), !ends("eaux"), stem.count >= 6 {
            stem = stem.dropLast(3) + Array("al".utf8)[...]
        } else {
            drop("x", restMin: 4)
        }
        drop("s", restMin: 3)
        drop("ement", restMin: 5)
        drop("e", restMin: 3)
        drop("e", restMin: 3)
        drop("r", restMin: 4)
        drop("e", restMin: 3)
        if stem.count > 3, let last = stem.last, stem.dropLast().last == last { stem = stem.dropLast() }
        return Array(stem)
    }
}
