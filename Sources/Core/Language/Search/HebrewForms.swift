/// Hebrew by affixes: every split into the particles משה וכלב and a word, then endings, then the consonant skeleton. It over-generates on
/// purpose; the weight of a form says how much to trust it.
enum HebrewForms {
    static func add(_ word: ArraySlice<UInt32>, isAcronym: Bool, to forms: inout WordForms) {
        let stems = [word] + affixes.starts(word).map { word[$0...] }.filter(isWord)
        // Acronyms do not inflect.
        if isAcronym { return addAcronym(stems, to: &forms) }
        forms.add(word, .surface)
        for stem in stems.dropFirst() { forms.add(stem, .stem) }
        let bases = stems.flatMap { HebrewForms.bases(of: $0, isWhole: $0.count == word.count) }
        for base in bases { forms.add(base, .base) }
        for stem in stems { addSkeleton(stem, .spelling, to: &forms) }
        for base in bases { addSkeleton(base[...], .skeleton, to: &forms) }
    }

    private static func addAcronym(_ stems: [ArraySlice<UInt32>], to forms: inout WordForms) {
        for (number, stem) in stems.enumerated() { forms.add(Acronyms.marked(stem), number == 0 ? .surface : .stem) }
        guard !stems.contains(where: Acronyms.isEverydayWord) else { return }
        for stem in stems { forms.add(stem, .base) }
    }

    /// Whether this can stand behind a prefix: ו, a letter and ה cannot, for מורה (a teacher) and הורה (a parent) have none.
    private static func isWord(_ stem: ArraySlice<UInt32>) -> Bool { stem.count != 3 || stem.first != vav || stem.last != he }

    /// The word without each ending that it can have; a feminine one that says whose it is (דירתי, my flat) in its other two states (דירה,
    /// דירת). A prefix, two letters and ה are too little to go by: לידה (birth) is no יד (hand).
    private static func bases(of stem: ArraySlice<UInt32>, isWhole: Bool) -> [[UInt32]] {
        var bases: [[UInt32]] = []
        if stem.count <= irregularLettersMax, let singular = irregular[WordForms.hash(stem)] { bases.append(singular) }
        for end in affixes.ends(stem) {
            let rest = stem[stem.startIndex..<end]
            if isWhole || rest.count > 2 || stem.last != he { bases.append(Array(rest)) }
        }
        for end in possessives.ends(stem) {
            let rest = Array(stem[stem.startIndex..<end])
            bases += [rest + [he], rest + [tav]]
        }
        return bases
    }

    /// Full and defective spelling differ in ו and י inside a word (רישיון, רשיון). Fewer than three consonants tell too little.
    private static func addSkeleton(_ word: ArraySlice<UInt32>, _ form: Lexeme.Form, to forms: inout WordForms) {
        guard word.count >= 3 else { return }
        var skeleton: [UInt32] = [UInt32(UInt8(ascii: "0"))]
        skeleton.reserveCapacity(word.count + 1)
        let last = word.endIndex - 1
        for index in word.indices where index == word.startIndex || index == last || word[index] != vav && word[index] != yod {
            skeleton.append(word[index])
        }
        if skeleton.count >= 4 { forms.add(skeleton, form) }
    }

    /// ו first, then a conjunction, then a preposition, then the article, any of them absent. But ש stands before a noun only with one of
    /// the others between them: שמורה is a reserve, not "that a teacher".
    private static let affixes: Affixes = {
        var prefixes: [String] = []
        for and in ["", "ו"] {
            for that in ["", "ש", "כש", "מש", "לכש"] {
                for preposition in ["", "ב", "כ", "ל", "מ", "ה", "בה", "כה", "לה", "מה", "מב", "מל"] where that.isEmpty || !preposition.isEmpty {
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

    /// The ת of a feminine word with whose it is: my, our, his, her, your and their.
    private static let possessives = Affixes(
        prefixes: [], shortWordPrefixes: [],
        endings: [
            ("תי", 2), ("תנו", 2), ("תו", 3), ("תה", 3), ("תכ", 3), ("תמ", 3), ("תנ", 3), ("תכמ", 2), ("תכנ", 2), ("תהמ", 2), ("תהנ", 2),
        ])

    private static let (he, vav, yod, tav): (UInt32, UInt32, UInt32, UInt32) = (0x05D4, 0x05D5, 0x05D9, 0x05EA)

    private static let irregularLettersMax = 6

    /// By the hash of a plural that changes the word, its singular: frequent ones that no ending explains.
    private static let irregular: [UInt64: [UInt32]] = Dictionary(
        uniqueKeysWithValues: [
            ("בתי", "בית"), ("בתימ", "בית"), ("ערימ", "עיר"), ("ערי", "עיר"), ("נשימ", "אישה"), ("אנשימ", "איש"), ("בנות", "בת"),
            ("אחיות", "אחות"), ("אחימ", "אח"), ("אבות", "אב"), ("אמהות", "אמ"), ("אימהות", "אימ"),
        ].map { plural, singular in (WordForms.hash(plural.unicodeScalars.map(\.value)), singular.unicodeScalars.map(\.value)) })
}
