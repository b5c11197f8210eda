/// The prefixes and endings of a Semitic language, and the finding of what remains without them. A word's forms are slices of it, so that no
/// letter is copied.
struct Affixes: Sendable {
    struct Ending: Sendable {
        let letters: [UInt32]
        /// How many letters must remain.
        let restMin: Int
    }

    let prefixes: Set<[UInt32]>
    let prefixLengthMax: Int
    /// Letters a prefix can be made of.
    let prefixLetters: Set<UInt32>
    /// Prefixes after which two letters are enough to be a word.
    let shortWordPrefixes: Set<[UInt32]>
    /// By the last letter of the ending.
    let endings: [UInt32: [Ending]]

    init(prefixes: [String], shortWordPrefixes: [String], endings: [(String, restMin: Int)]) {
        func letters(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }
        self.prefixes = Set(prefixes.map(letters))
        self.prefixLengthMax = prefixes.map(\.unicodeScalars.count).max() ?? 0
        self.prefixLetters = Set(prefixes.flatMap(letters))
        self.shortWordPrefixes = Set(shortWordPrefixes.map(letters))
        self.endings = Dictionary(
            grouping: endings.map { Ending(letters: letters($0.0), restMin: $0.restMin) }, by: { $0.letters[$0.letters.count - 1] })
    }

    /// Where the word begins without a prefix, one place for every prefix that fits, shortest prefix first.
    func starts(_ word: ArraySlice<UInt32>) -> [Int] {
        var starts: [Int] = []
        for length in 1...max(1, prefixLengthMax) where length + 2 <= word.count {
            guard prefixLetters.contains(word[word.startIndex + length - 1]) else { break }
            let prefix = Array(word.prefix(length))
            guard prefixes.contains(prefix), word.count - length >= 3 || shortWordPrefixes.contains(prefix) else { continue }
            starts.append(word.startIndex + length)
        }
        return starts
    }

    /// Where the word ends without an ending.
    func ends(_ word: ArraySlice<UInt32>) -> [Int] {
        guard let last = word.last, let candidates = endings[last] else { return [] }
        return candidates.compactMap { ending in
            let rest = word.count - ending.letters.count
            return rest >= ending.restMin && word.suffix(ending.letters.count).elementsEqual(ending.letters) ? word.startIndex + rest : nil
        }
    }
}
