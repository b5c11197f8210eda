/// M. F. Porter, "An algorithm for suffix stripping", Program 14 (1980). Regions as in his later formulation: a suffix lies in R1 (m > 0) when
/// it begins after the first consonant that follows a vowel, in R2 (m > 1) when after the second such.
struct EnglishStemmer {
    private var word: [UInt8]
    private var region1: Int
    private var region2: Int

    /// The stem of a word of lower-case ASCII letters; two letters or fewer stay as they are.
    static func stem(_ word: [UInt8]) -> [UInt8] {
        guard word.count > 2 else { return word }
        var stemmer = EnglishStemmer(word)
        stemmer.run()
        return stemmer.word.map { $0 == consonantY ? UInt8(ascii: "y") : $0 }
    }

    /// y that is a consonant, at the beginning and after a vowel, stands as Y meanwhile.
    private static let consonantY = UInt8(ascii: "Y")

    private init(_ letters: [UInt8]) {
        word = letters
        for index in word.indices where word[index] == UInt8(ascii: "y") && (index == 0 || EnglishStemmer.isVowel(word[index - 1])) {
            word[index] = EnglishStemmer.consonantY
        }
        region1 = EnglishStemmer.region(after: 0, in: word)
        region2 = EnglishStemmer.region(after: region1, in: word)
    }

    private mutating func run() {
        plural()
        pastAndGerund()
        finalY()
        replaceLongest(EnglishSuffixes.step2, from: region1)
        replaceLongest(EnglishSuffixes.step3, from: region1)
        removeResidue()
        finalE()
    }

    private static func isVowel(_ letter: UInt8) -> Bool { "aeiouy".utf8.contains(letter) }

    private static func region(after start: Int, in word: [UInt8]) -> Int {
        guard let vowel = word[start...].firstIndex(where: isVowel) else { return word.count }
        return word[vowel...].firstIndex { !isVowel($0) }.map { $0 + 1 } ?? word.count
    }

    private func ends(_ suffix: String) -> Bool { word.count >= suffix.utf8.count && word.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) }
    private mutating func replace(_ suffix: String, by other: String) {
        word.removeLast(suffix.utf8.count)
        word += Array(other.utf8)
    }

    /// Consonant, vowel, consonant other than w, x and y.
    private func endsShort(_ end: Int) -> Bool {
        guard end >= 3 else { return false }
        let last = word[end - 1]
        return !EnglishStemmer.isVowel(last) && !"wxY".utf8.contains(last) && EnglishStemmer.isVowel(word[end - 2])
            && !EnglishStemmer.isVowel(word[end - 3])
    }

    private mutating func plural() {
        if ends("sses") { replace("sses", by: "ss") } else if ends("ies") { replace("ies", by: "i") } else if ends("s"), !ends("ss") {
            word.removeLast()
        }
    }

    private mutating func pastAndGerund() {
        if ends("eed") {
            if word.count - 3 >= region1 { replace("eed", by: "ee") }
            return
        }
        guard let suffix = ["ed", "ing"].first(where: { ends($0) }),
            word.dropLast(suffix.utf8.count).contains(where: EnglishStemmer.isVowel) else { return }
        word.removeLast(suffix.utf8.count)
        if ["at", "bl", "iz"].contains(where: { ends($0) }) {
            word.append(UInt8(ascii: "e"))
        } else if word.count >= 2, word[word.count - 1] == word[word.count - 2], "bdfgmnprt".utf8.contains(word[word.count - 1]) {
            word.removeLast()
        } else if word.count == region1, endsShort(word.count) {
            word.append(UInt8(ascii: "e"))
        }
    }

    private mutating func finalY() {
        guard let last = word.last, last == UInt8(ascii: "y") || last == EnglishStemmer.consonantY,
            word.dropLast().contains(where: EnglishStemmer.isVowel) else { return }
        word[word.count - 1] = UInt8(ascii: "i")
    }

    /// Only the longest suffix that fits is tried, whether or not it lies in the region.
    private mutating func replaceLongest(_ table: [(suffix: String, by: String)], from region: Int) {
        guard let rule = table.first(where: { ends($0.suffix) }), word.count - rule.suffix.utf8.count >= region else { return }
        replace(rule.suffix, by: rule.by)
    }

    private mutating func removeResidue() {
        guard let suffix = EnglishSuffixes.step4.first(where: { ends($0) }), word.count - suffix.utf8.count >= region2 else { return }
        if suffix == "ion" {
            guard word.count > 3, "st".utf8.contains(word[word.count - 4]) else { return }
        }
        word.removeLast(suffix.utf8.count)
    }

    private mutating func finalE() {
        if ends("e"), word.count - 1 >= region2 || word.count - 1 >= region1 && !endsShort(word.count - 1) { word.removeLast() }
        if ends("ll"), word.count - 1 >= region2 { word.removeLast() }
    }
}

/// The suffix tables of steps 2 to 4, longest first where one ends another.
enum EnglishSuffixes {
    static let step2: [(suffix: String, by: String)] = [
        ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("abli", "able"), ("entli", "ent"), ("ousli", "ous"),
        ("eli", "e"), ("izer", "ize"), ("ization", "ize"), ("ation", "ate"), ("ator", "ate"), ("alli", "al"), ("alism", "al"),
        ("aliti", "al"), ("fulness", "ful"), ("ousness", "ous"), ("iveness", "ive"), ("iviti", "ive"), ("biliti", "ble"),
    ]
    static let step3: [(suffix: String, by: String)] = [
        ("alize", "al"), ("icate", "ic"), ("iciti", "ic"), ("ical", "ic"), ("ative", ""), ("ful", ""), ("ness", ""),
    ]
    static let step4 = [
        "ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ism", "ate", "iti", "ous", "ive", "ize", "ion", "al", "er", "ic", "ou",
    ]
}
