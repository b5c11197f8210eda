/// Words that a query says and does not mean. They are indexed like any other word.
enum StopWords {
    static func contains(_ word: String, script: FoldedUnit.Kind, language: Language?) -> Bool {
        switch script {
        case .hebrew: hebrew.contains(word)
        case .arabic: arabic.contains(word)
        case .cyrillic: russian.contains(word)
        case .latin: language != .fr && english.contains(word) || language != .en && french.contains(word)
        default: false
        }
    }

    /// Lists are written as people write and folded like any text.
    private static func folded(_ text: String) -> Set<String> {
        let words = Words(text, scalarsMax: text.unicodeScalars.count)
        return Set(words.words.map { WordForms.text(words.letters[$0.range]) })
    }

    private static let hebrew = folded(
        """
        של על את עם או אם כי לא גם הוא היא זה זו זאת אני אנחנו יש אין כל אל מן בין עד לפי רק איך מה מי איפה מתי למה האם אבל כדי כמו
        לי לנו שלי שלנו אצל תוך ב ה ו כ ל מ ש רוצה צריך צריכה אפשר
        """)
    private static let arabic = folded("في من على إلى عن مع هو هي أن إن أو ما هذا هذه التي الذي كيف لا كل بين عند لي أنا و أريد متى أين")
    private static let russian = folded(
        """
        и в во не что он она они на я с со как а то все так но да ты к у же вы за бы по только мне из о об от до при для или если где
        когда мой моя мои мы это ли
        """)
    private static let english = folded(
        """
        a an and are as at be by can do does for from how i if in is it me my of on or our that the their this to was we what when where
        which who will with you your
        """)
    private static let french = folded(
        """
        a à au aux avec ce ces cette comment dans de des du elle en est et il ils je la le les leur leurs ma mes mon nous on ou où par pour
        qu que quel quelle quels quelles qui sa se ses son sont sur ta tes ton un une vos votre vous y
        """)
}
