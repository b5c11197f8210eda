/// A light stemmer for French on letters without accents, in the manner of J. Savoy ("Light stemming approaches for the French, Portuguese,
/// German and Hungarian languages", 2006): number, gender, infinitive and -ment, no derivation.
enum FrenchStemmer {
    static func stem(_ word: [UInt8]) -> [UInt8] {
        var stem = word[...]
        func drop(_ suffix: StaticString, restMin: Int) {
            let rest = stem.count - suffix.utf8CodeUnitCount
            if rest >= restMin, stem.ends(with: suffix) { stem = stem.prefix(rest) }
        }
        if stem.ends(with: "aux"), !stem.ends(with: "eaux"), stem.count >= 6 {
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
