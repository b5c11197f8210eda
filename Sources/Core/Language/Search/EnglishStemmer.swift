/// M. F. Porter, "An algorithm for suffix stripping", Program 14 (1980). Regions as in his later formulation: a suffix lies in R1 (m > 0)
/// when it begins after the first consonant that follows a vowel, in R2 (m > 1) when after the second such.
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

    private static func isVowel(_ letter: UInt8) -> Bool {
        switch letter {
        case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"), UInt8(ascii: "u"), UInt8(ascii: "y"): true
        default: false
        }
    }

    private static func region(after start: Int, in word: [UInt8]) -> Int {
        guard let vowel = word[start...].firstIndex(where: isVowel) else { return word.count }
        return word[vowel...].firstIndex { !isVowel($0) }.map { $0 + 1 } ?? word.count
    }

    private func ends(_ suffix: StaticString) -> Bool { word[...].ends(with: suffix) }

    private mutating func replace(_ suffix: StaticString, by other: StaticString) {
        word.removeLast(suffix.utf8CodeUnitCount)
        other.withUTF8Buffer { word.append(contentsOf: $0) }
    }

    /// Consonant, vowel, consonant other than w, x and y.
    private func endsShort(_ end: Int) -> Bool {
        guard end >= 3 else { return false }
        let last = word[end - 1]
        guard last != UInt8(ascii: "w"), last != UInt8(ascii: "x"), last != EnglishStemmer.consonantY else { return false }
        return !EnglishStemmer.isVowel(last) && EnglishStemmer.isVowel(word[end - 2]) && !EnglishStemmer.isVowel(word[end - 3])
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
        guard let length = ends("ed") ? 2 : ends("ing") ? 3 : nil,
            word.dropLast(length).contains(where: EnglishStemmer.isVowel) else { return }
        word.removeLast(length)
        if ends("at") || ends("bl") || ends("iz") {
            word.append(UInt8(ascii: "e"))
        } else if word.count >= 2, word[word.count - 1] == word[word.count - 2], EnglishSuffixes.undoubled.contains(word[word.count - 1]) {
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
    private mutating func replaceLongest(_ table: [(suffix: StaticString, by: StaticString)], from region: Int) {
        guard let rule = table.first(where: { ends($0.suffix) }), word.count - rule.suffix.utf8CodeUnitCount >= region else { return }
        replace(rule.suffix, by: rule.by)
    }

    private mutating func removeResidue() {
        guard let suffix = EnglishSuffixes.step4.first(where: { ends($0) }), word.count - suffix.utf8CodeUnitCount >= region2
        else { return }
        if ends("ion"), !ends("sion"), !ends("tion") { return }
        word.removeLast(suffix.utf8CodeUnitCount)
    }

    private mutating func finalE() {
        if ends("e"), word.count - 1 >= region2 || word.count - 1 >= region1 && !endsShort(word.count - 1) { word.removeLast() }
        if ends("ll"), word.count - 1 >= region2 { word.removeLast() }
    }
}

/// The suffix tables of steps 2 to 4, longest first where one ends another.
enum EnglishSuffixes {
    /// Consonants that lose their double when an ending has gone: `hopping`, `hop`.
    static let undoubled = Set("bdfgmnprt".utf8)

    static let step2: [(suffix: StaticString, by: StaticString)] = [
        ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("abli", "able"), ("entli", "ent"), ("ousli", "ous"),
        ("eli", "e"), ("izer", "ize"), ("ization", "ize"), ("ation", "ate"), ("ator", "ate"), ("alli", "al"), ("alism", "al"),
        ("aliti", "al"), ("fulness", "ful"), ("ousness", "ous"), ("iveness", "ive"), ("iviti", "ive"), ("biliti", "ble"),
    ]
    static let step3: [(suffix: StaticString, by: StaticString)] = [
        ("alize", "al"), ("icate", "ic"), ("iciti", "ic"), ("ical", "ic"), ("ative", ""), ("ful", ""), ("ness", ""),
    ]
    static let step4: [StaticString] = [
        "ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ism", "ate", "iti", "ous", "ive", "ize", "ion", "al",
        "er", "ic", "ou",
    ]
}

extension ArraySlice<UInt8> {
    func ends(with suffix: StaticString) -> Bool {
        let length = suffix.utf8CodeUnitCount
        guard count >= length else { return false }
        return suffix.withUTF8Buffer { letters in
            for offset in 0..<length where self[endIndex - length + offset] != letters[offset] { return false }
            return true
        }
    }
}
