/// Acronyms and what they stand for. An acronym is found by its words and the words by their acronym.
public struct Acronyms: Sendable {
    struct Phrase: Sendable {
        /// The hashes of the words before the last one, nearest first.
        let before: [UInt64]
        let acronym: [Lexeme]
    }

    /// By the hash of the acronym, with its mark and without, the lexemes of its words.
    let expansions: [UInt64: [Lexeme]]
    /// By the hash of their last word.
    let phrases: [UInt64: [Phrase]]

    /// From pairs as people write them: `("עו״ד", "עורך דין")`.
    public init(_ pairs: [(acronym: String, phrase: String)]) {
        var expansions: [UInt64: [Lexeme]] = [:]
        var phrases: [UInt64: [Phrase]] = [:]
        for pair in pairs {
            let acronym = Words(pair.acronym, scalarsMax: 40)
            let phrase = Words(pair.phrase, scalarsMax: 200)
            let hashes = phrase.words.map { WordForms.hash(phrase.letters[$0.range]) }
            guard let range = acronym.words.first?.range, let last = hashes.last else { continue }
            let short = acronym.letters[range]
            var forms = WordForms()
            forms.add(Acronyms.marked(short), .stem)
            if !Acronyms.isEverydayWord(short) { forms.add(short, .base) }
            let words = zip(phrase.words, hashes).map { Lexeme(phrase.letters[$0.range], .stem, key: $1) }
            for key in forms.lexemes.map(\.key) { expansions[key, default: []] += words }
            phrases[last, default: []].append(Phrase(before: hashes.dropLast().reversed(), acronym: forms.lexemes))
        }
        self.expansions = expansions
        self.phrases = phrases
    }

    static func marked(_ letters: ArraySlice<UInt32>) -> [UInt32] { [Lexeme.acronymMark] + letters }

    /// Whether the letters of an acronym are a word that people use: then they mean the acronym only with its sign. Others are often
    /// typed without it (צהל, תז).
    static func isEverydayWord(_ letters: ArraySlice<UInt32>) -> Bool {
        letters.count <= everydayLettersMax && everydayWords.contains(WordForms.hash(letters))
    }

    private static let everydayLettersMax = 4
    private static let everydayWords = Set(["עוד", "תא", "ביד", "פת"].map { WordForms.hash($0.unicodeScalars.map(\.value)) })

    /// Everyday Hebrew ones; a caller with its own field's acronyms gives its own list.
    public static let common = Acronyms([
        ("עו״ד", "עורך דין"), ("רו״ח", "רואה חשבון"), ("ת״ז", "תעודת זהות"), ("צה״ל", "צבא הגנה לישראל"), ("מע״מ", "מס ערך מוסף"),
        ("חו״ל", "חוץ לארץ"), ("ארה״ב", "ארצות הברית"), ("בל״ל", "ביטוח לאומי"), ("מל״ל", "ביטוח לאומי"), ("בי״ס", "בית ספר"),
        ("עו״ס", "עובד סוציאלי"), ("מד״א", "מגן דוד אדום"), ("קופ״ח", "קופת חולים"), ("ח״פ", "חברה פרטית"), ("רמ״י", "רשות מקרקעי ישראל"),
        ("חל״ד", "חופשת לידה"), ("חל״ת", "חופשה ללא תשלום"), ("דו״ח", "דין וחשבון"), ("יו״ר", "יושב ראש"), ("בי״ד", "בית דין"),
        ("בימ״ש", "בית משפט"), ("ת״א", "תל אביב"), ("פ״ת", "פתח תקווה"), ("ראשל״צ", "ראשון לציון"), ("תב״ע", "תוכנית בניין עיר"),
        ("תמ״א", "תוכנית מתאר ארצית"), ("שב״ס", "שירות בתי הסוהר"),
    ])
}
