/// Hebrew by affixes: every split into the particles משה וכלב and a word, then endings, then the consonant skeleton. It over-generates on
/// purpose; the weight of a form says how much to trust it.
enum HebrewForms {
    static func add(_ word: ArraySlice<UInt32>, isAcronym: Bool, to forms: inout WordForms) {
        forms.add(word, .surface)
        var stems = [word]
        for start in affixes.starts(word) { stems.append(word[start...]) }
        for stem in stems.dropFirst() { forms.add(stem, .stem) }
        // Acronyms do not inflect.
        guard !isAcronym else { return }
        var bases: [ArraySlice<UInt32>] = []
        for stem in stems {
            if stem.count <= irregularLettersMax, let singular = irregular[WordForms.hash(stem)] { forms.add(singular, .base) }
            for end in affixes.ends(stem) { bases.append(stem[stem.startIndex..<end]) }
        }
        for base in bases { forms.add(base, .base) }
        for stem in stems { addSkeleton(stem, to: &forms) }
        for base in bases { addSkeleton(base, to: &forms) }
    }

    /// Full and defective spelling differ in ו and י inside a word (רישיון, רשיון). Fewer than three consonants tell too little.
    private static func addSkeleton(_ form: ArraySlice<UInt32>, to forms: inout WordForms) {
        guard form.count >= 3 else { return }
        var skeleton: [UInt32] = [UInt32(UInt8(ascii: "0"))]
        skeleton.reserveCapacity(form.count + 1)
        let last = form.endIndex - 1
        for index in form.indices where index == form.startIndex || index == last || form[index] != 0x05D5 && form[index] != 0x05D9 {
            skeleton.append(form[index])
        }
        if skeleton.count >= 4 { forms.add(skeleton, .skeleton) }
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

    private static let irregularLettersMax = 6

    /// By the hash of a plural that changes the word, its singular: frequent ones that no ending explains.
    private static let irregular: [UInt64: [UInt32]] = Dictionary(
        uniqueKeysWithValues: [
            ("בתי", "בית"), ("בתימ", "בית"), ("ערימ", "עיר"), ("ערי", "עיר"), ("נשימ", "אישה"), ("אנשימ", "איש"), ("בנות", "בת"),
            ("אחיות", "אחות"), ("אחימ", "אח"), ("אבות", "אב"), ("אמהות", "אמ"), ("אימהות", "אימ"),
        ].map { plural, singular in (WordForms.hash(plural.unicodeScalars.map(\.value)), singular.unicodeScalars.map(\.value)) })
}
