/// Hebrew by affixes: every split into the particles משה וכלב and a word, then endings, then the consonant skeleton. It over-generates on
/// purpose; the weight of a form says how much to trust it.
enum HebrewForms {
    static func add(_ word: ArraySlice<UInt32>, isAcronym: Bool, to forms: inout WordForms) {
        forms.add(WordForms.text(word), .surface)
        let starts = affixes.starts(word)
        for start in starts { forms.add(WordForms.text(word[start...]), .stem) }
        // Acronyms do not inflect.
        guard !isAcronym else { return }
        let stems = [word] + starts.map { word[$0...] }
        let bases = stems.flatMap { stem in affixes.ends(stem).map { stem[stem.startIndex..<$0] } }
        for stem in stems {
            if let singular = irregular[Array(stem)] { forms.add(singular, .base) }
        }
        for base in bases { forms.add(WordForms.text(base), .base) }
        for form in stems + bases { addSkeleton(form, to: &forms) }
    }

    /// Full and defective spelling differ in ו and י inside a word (רישיון, רשיון). Fewer than three consonants tell too little.
    private static func addSkeleton(_ form: ArraySlice<UInt32>, to forms: inout WordForms) {
        guard form.count >= 3 else { return }
        let inner = form.startIndex + 1..<form.endIndex - 1
        let skeleton = form.indices.filter { !inner.contains($0) || form[$0] != 0x05D5 && form[$0] != 0x05D9 }.map { form[$0] }
        if skeleton.count >= 3 { forms.add(WordForms.text(skeleton, marker: UInt8(ascii: "0")), .skeleton) }
    }

    /// ו first, then a conjunction, then a preposition, then the article, any of them absent.
    private static let affixes: Affixes = {
        var prefixes: [String] = []
        for and in ["", "ו"] {
            for that in ["", "ש", "כש", "מש", "לכש"] {
                for preposition in ["", "ב", "כ", "ל", "מ", "ה", "בה", "כה", "לה", "מה", "מב", "מל"] {
                    prefixes.append(and + that + preposition)
                }
            }
        }
        return Affixes(
            prefixes: prefixes.filter { !$0.isEmpty }, shortWordPrefixes: ["ב", "ה", "ל"],
            endings: [
                ("ימ", 2), ("ינ", 3), ("ות", 2), ("יות", 3), ("ויות", 2), ("אות", 2), ("ה", 2), ("ת", 3), ("ית", 3), ("י", 2),
            ])
    }()

    /// Plurals that change the word, folded, with their singular: frequent ones that no ending explains.
    private static let irregular: [[UInt32]: String] = Dictionary(
        uniqueKeysWithValues: [
            ("בתי", "בית"), ("בתימ", "בית"), ("ערימ", "עיר"), ("ערי", "עיר"), ("נשימ", "אישה"), ("אנשימ", "איש"), ("בנות", "בת"), ("אחיות", "אחות"),
            ("אחימ", "אח"), ("אבות", "אב"), ("אמהות", "אמ"), ("אימהות", "אימ"),
        ].map { ($0.unicodeScalars.map(\.value), $1) })
}
