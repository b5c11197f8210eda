/// The Russian stemmer of M. F. Porter's Snowball (snowballstem.org/algorithms/russian), on lower-case letters with ё as е. Endings are
/// looked for behind the first vowel only.
struct RussianStemmer {
    private var word: [UInt32]
    /// Behind the first vowel.
    private let regionV: Int
    private let region2: Int

    static func stem(_ word: [UInt32]) -> [UInt32] {
        var stemmer = RussianStemmer(word)
        stemmer.run()
        return stemmer.word
    }

    private static let vowels = Set("аеиоуыэюя".unicodeScalars.map(\.value))

    private init(_ letters: [UInt32]) {
        word = letters
        let first = letters.firstIndex(where: RussianStemmer.vowels.contains)
        regionV = first.map { $0 + 1 } ?? letters.count
        // Behind the first consonant after a vowel, twice.
        var position = 0
        for _ in 0..<2 {
            let vowel = letters[position...].firstIndex(where: RussianStemmer.vowels.contains) ?? letters.count
            position = letters[vowel...].firstIndex { !RussianStemmer.vowels.contains($0) }.map { $0 + 1 } ?? letters.count
        }
        region2 = position
    }

    private mutating func run() {
        if !remove(RussianEndings.gerund) {
            _ = remove(RussianEndings.reflexive)
            if remove(RussianEndings.adjective) {
                _ = remove(RussianEndings.participle)
            } else if !remove(RussianEndings.verb) {
                _ = remove(RussianEndings.noun)
            }
        }
        _ = remove(RussianEndings.finalI)
        if let ending = longest(RussianEndings.derivational), word.count - ending.letters.count >= region2 {
            word.removeLast(ending.letters.count)
        }
        tidyUp()
    }

    private mutating func tidyUp() {
        let n = "н".unicodeScalars.map(\.value)
        if remove(RussianEndings.superlative) {
            if endsInRegion(n + n) { word.removeLast() }
        } else if endsInRegion(n + n) {
            word.removeLast()
        } else {
            _ = remove(RussianEndings.softSign)
        }
    }

    private func endsInRegion(_ letters: [UInt32]) -> Bool {
        word.count - letters.count >= regionV && word.suffix(letters.count).elementsEqual(letters)
    }

    private func longest(_ endings: [RussianEndings.Ending]) -> RussianEndings.Ending? { endings.first { endsInRegion($0.letters) } }

    /// Removes the longest ending of the class; one that must follow а or я and does not is left, and no shorter one is tried.
    private mutating func remove(_ endings: [RussianEndings.Ending]) -> Bool {
        guard let ending = longest(endings) else { return false }
        if ending.afterA {
            let index = word.count - ending.letters.count - 1
            guard index >= regionV, word[index] == 0x0430 || word[index] == 0x044F else { return false }
        }
        word.removeLast(ending.letters.count)
        return true
    }
}

/// The classes of endings, each sorted longest first.
enum RussianEndings {
    struct Ending: Sendable {
        let letters: [UInt32]
        /// Counts only behind а or я.
        let afterA: Bool
    }

    static let gerund = endings("ив ивши ившись ыв ывши ывшись", afterA: "в вши вшись")
    static let reflexive = endings("ся сь")
    static let adjective = endings(
        "ее ие ые ое ими ыми ей ий ый ой ем им ым ом его ого ему ому их ых ую юю ая яя ою ею")
    static let participle = endings("ивш ывш ующ", afterA: "ем нн вш ющ щ")
    static let verb = endings(
        "ила ыла ена ейте уйте ите или ыли ей уй ил ыл им ым ен ило ыло ено ят ует уют ит ыт ены ить ыть ишь ую ю",
        afterA: "ла на ете йте ли й л ем н ло но ет ют ны ть ешь нно")
    static let noun = endings(
        "а ев ов ие ье е иями ями ами еи ии и ией ей ой ий й иям ям ием ем ам ом о у ах иях ях ы ь ию ью ю ия ья я")
    static let finalI = endings("и")
    static let derivational = endings("ост ость")
    static let superlative = endings("ейш ейше")
    static let softSign = endings("ь")

    private static func endings(_ always: String, afterA: String = "") -> [Ending] {
        func list(_ text: String, _ afterA: Bool) -> [Ending] {
            text.split(separator: " ").map { Ending(letters: $0.unicodeScalars.map(\.value), afterA: afterA) }
        }
        return (list(always, false) + list(afterA, true)).sorted { $0.letters.count > $1.letters.count }
    }
}
