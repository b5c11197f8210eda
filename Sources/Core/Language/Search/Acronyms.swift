/// Acronyms and what they stand for. An acronym is found by its words and the words by their acronym.
public struct Acronyms: Sendable {
    /// The folded acronym, as in a lexeme, with the lexemes of its expansion.
    let expansions: [String: [Lexeme]]
    /// Phrases by their last word: the words before it, nearest first, and the acronym.
    let phrases: [String: [(before: [String], acronym: String)]]

    /// From pairs as people write them: `("עו״ד", "עורך דין")`.
    public init(_ pairs: [(acronym: String, phrase: String)]) {
        func surfaces(_ text: String) -> [String] {
            let words = Words(text, scalarsMax: 200)
            return words.words.map { WordForms.text(words.letters[$0.range]) }
        }
        var expansions: [String: [Lexeme]] = [:]
        var phrases: [String: [(before: [String], acronym: String)]] = [:]
        for pair in pairs {
            let words = surfaces(pair.phrase)
            guard let acronym = surfaces(pair.acronym).first, let last = words.last else { continue }
            expansions[acronym, default: []] += words.map { Lexeme(text: $0, form: .stem) }
            phrases[last, default: []].append((words.dropLast().reversed(), acronym))
        }
        self.expansions = expansions
        self.phrases = phrases
    }

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
