/// Arabic light stemming after "light10" (Larkey, Ballesteros, Connell 2007): article and particles, then endings, on folded letters.
enum ArabicForms {
    static func add(_ word: ArraySlice<UInt32>, to forms: inout WordForms) {
        forms.add(word, .surface)
        let starts = affixes.starts(word)
        for start in starts { forms.add(word[start...], .stem) }
        for stem in [word] + starts.map({ word[$0...] }) {
            for end in affixes.ends(stem) { forms.add(stem[stem.startIndex..<end], .base) }
        }
    }

    private static let affixes = Affixes(
        prefixes: ["ال", "وال", "بال", "كال", "فال", "وبال", "لل", "ولل", "و", "ب", "ل", "ف", "ك", "وب", "ول"],
        shortWordPrefixes: ["ال", "وال", "بال", "لل"],
        endings: [
            ("ها", 3), ("ان", 3), ("ات", 3), ("ون", 3), ("ين", 3), ("يه", 3), ("ه", 3), ("ي", 3), ("هم", 3), ("كم", 3), ("نا", 3),
        ])
}
