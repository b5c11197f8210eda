/// The prefixes and endings of a Semitic language, and the finding of what remains without them. A word's forms are slices of it, so that
/// no letter is copied.
struct Affixes: Sendable {
    struct Ending: Sendable {
        let code: UInt64
        let length: Int
        /// How many letters must remain.
        let restMin: Int
    }

    private let prefixes: Set<UInt64>
    private let prefixLengthMax: Int
    /// Prefixes after which two letters are enough to be a word.
    private let shortWordPrefixes: Set<UInt64>
    private let endings: [Ending]
    /// A bit for each last letter an ending can have.
    private let endingLetters: UInt128
    /// A bit for each letter a prefix can be made of.
    private let prefixLetters: UInt128

    init(prefixes: [String], shortWordPrefixes: [String], endings: [(String, restMin: Int)]) {
        func letters(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }
        self.prefixes = Set(prefixes.map { Affixes.code(letters($0)) })
        self.prefixLengthMax = prefixes.map(\.unicodeScalars.count).max() ?? 0
        self.shortWordPrefixes = Set(shortWordPrefixes.map { Affixes.code(letters($0)) })
        self.endings = endings.map { text, restMin in
            Ending(code: Affixes.code(letters(text)), length: text.unicodeScalars.count, restMin: restMin)
        }
        endingLetters = endings.reduce(0) { bits, ending in ending.0.unicodeScalars.last.map { bits | Affixes.bit($0.value) } ?? bits }
        prefixLetters = prefixes.flatMap(letters).reduce(0) { $0 | Affixes.bit($1) }
    }

    /// Letters of one script differ in their last seven bits, so an affix of up to nine letters is one number.
    private static func code(_ letters: some Sequence<UInt32>) -> UInt64 { letters.reduce(0) { $0 << 7 | UInt64($1 & 0x7F) } }
    private static func bit(_ letter: UInt32) -> UInt128 { 1 << UInt128(letter & 0x7F) }

    /// Where the word begins without a prefix, one place for every prefix that fits, shortest prefix first.
    func starts(_ word: ArraySlice<UInt32>) -> [Int] {
        var starts: [Int] = []
        var code: UInt64 = 0
        for length in 1...max(1, prefixLengthMax) {
            guard length + 2 <= word.count else { break }
            let letter = word[word.startIndex + length - 1]
            guard prefixLetters & Affixes.bit(letter) != 0 else { break }
            code = code << 7 | UInt64(letter & 0x7F)
            guard prefixes.contains(code), word.count - length >= 3 || shortWordPrefixes.contains(code) else { continue }
            starts.append(word.startIndex + length)
        }
        return starts
    }

    /// Where the word ends without an ending.
    func ends(_ word: ArraySlice<UInt32>) -> [Int] {
        guard let last = word.last, endingLetters & Affixes.bit(last) != 0 else { return [] }
        var ends: [Int] = []
        for ending in endings where word.count - ending.length >= ending.restMin {
            if Affixes.code(word.suffix(ending.length)) == ending.code { ends.append(word.endIndex - ending.length) }
        }
        return ends
    }
}
