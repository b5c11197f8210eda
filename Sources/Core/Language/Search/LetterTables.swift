/// Letter by letter what folding turns into what.
enum LetterTables {
    /// U+05D0…05EA with the five final forms as their ordinary letters.
    static let hebrewWithoutFinals: [UInt32] = "אבגדהוזחטיככלממננסעפפצצקרשת".unicodeScalars.map(\.value)

    /// U+FB1D…FB4F, letters with points fused on; `-` where there is no letter.
    static let hebrewPresentation: [String] =
        "י - יי ע א ד ה כ ל מ ר ת - ש ש ש ש א א א ב ג ד ה ו ז - ט י כ כ ל - מ - נ ס - פ פ - צ ק ר ש ת ו ב כ פ אל".split(separator: " ")
        .map(String.init)

    /// U+FE80…FEFC, the positional shapes: each letter with the count of its shapes, in the order of the block.
    static let arabicPresentation: [[UInt32]] = {
        let shapes: [(String, Int)] = [
            ("ء", 1), ("آ", 2), ("أ", 2), ("ؤ", 2), ("إ", 2), ("ئ", 4), ("ا", 2), ("ب", 4), ("ة", 2), ("ت", 4), ("ث", 4), ("ج", 4),
            ("ح", 4), ("خ", 4), ("د", 2), ("ذ", 2), ("ر", 2), ("ز", 2), ("س", 4), ("ش", 4), ("ص", 4), ("ض", 4), ("ط", 4), ("ظ", 4),
            ("ع", 4), ("غ", 4),
            ("ف", 4), ("ق", 4), ("ك", 4), ("ل", 4), ("م", 4), ("ن", 4), ("ه", 4), ("و", 2), ("ى", 2), ("ي", 4), ("لا", 8),
        ]
        return shapes.flatMap { letters, count in Array(repeating: letters.unicodeScalars.map(\.value), count: count) }
    }()

    /// U+00C0…017F without accents; `-` for the two signs among them.
    static let latin: [String] = """
        a a a a a a ae c e e e e i i i i d n o o o o o - o u u u u y th ss a a a a a a ae c e e e e i i i i d n o o o o o - o u
        u u u y th y a a a a a a c c c c c c c c d d d d e e e e e e e e e e g g g g g g g g h h h h i i i i i i i i i i ij ij j
        j k k q l l l l l l l l l l n n n n n n n n n o o o o o o oe oe r r r r r r s s s s s s s s t t t t t t u u u u u u u u
        u u u u w w y y y z z z z z z s
        """.split(whereSeparator: \.isWhitespace).map(String.init)

    /// U+FB00…FB06.
    static let latinLigatures = ["ff", "fi", "fl", "ffi", "ffl", "st", "st"]
}
