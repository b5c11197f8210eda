import Testing

@testable import Language

let analyser = Analyser()

/// The terms of a query as texts.
func terms(_ query: String, language: Language? = nil) -> [[String]] { analyser.terms(of: query, language: language).map { $0.map(\.text) } }

/// Whether a document with this text is found: every term of the query matches by one of its forms.
private func finds(_ query: String, in text: String, _ language: Language? = nil) -> Bool {
    let index = Set(analyser.lexemes(of: text, language: language).map(\.text))
    let terms = terms(query, language: language)
    return !terms.isEmpty && terms.allSatisfy { $0.contains(where: index.contains) }
}

private func surfaces(_ text: String) -> [String] { analyser.lexemes(of: text).filter { $0.form == .surface }.map(\.text) }

@Test func pointsAndFinalLettersFall() {
    #expect(surfaces("שָׁלוֹם") == ["שלומ"])
    #expect(surfaces("\u{FB2A}\u{05B8}לו\u{05B9}ם") == ["שלומ"])
    #expect(surfaces("בֵּית־סֵפֶר") == ["בית", "ספר"])
    let pointed = terms("הַנָּחָה בָּאַרְנוֹנָה לַסטודנטים")
    #expect(pointed == terms("הנחה בארנונה לסטודנטים"))
    #expect(pointed.map(\.first) == ["הנחה", "בארנונה", "לסטודנטימ"])
    #expect(pointed[1].prefix(2) == ["בארנונה", "ארנונה"])
}

@Test(arguments: [
    ("רישיון עסק", "רשיון עסק"), ("רישוי", "רשוי"), ("לבית קפה", "בית קפה"), ("סטודנטים", "סטודנט"), ("סטודנטית", "סטודנטים"),
    ("הנחה בארנונה לסטודנטים", "הנחות בארנונה: סטודנט או סטודנטית"), ("תוכנית", "תכנית"), ("צוהריים", "צהרים"), ("מעוניין", "מעונין"),
    ("ועדה", "הוועדה"), ("נכות", "נכים"), ("זכות", "זכויות"), ("בקשה", "בקשת הרישיון"), ("בית ספר", "בתי ספר"), ("עיר", "בערים"),
    ("קצבה", "קצבאות"), ("גן ילדים", "רישום לגני הילדים"), ("לגן", "גן"), ("רישיון", "לרישיונות"), ("מבחן", "וכשבמבחנים"),
    ("דירתי", "דירה"), ("דירתנו", "הדירה"), ("דירתם", "דירה"), ("בבקשתך", "בקשה"), ("קצבתו", "קצבה"), ("כתובתי", "כתובת"), ("משפחתה", "משפחה"),
    ("אשתי", "אשת"), ("הנחתכם", "הנחה"),
])
func hebrewFormsMeet(one: String, other: String) {
    #expect(finds(one, in: other))
    #expect(finds(other.split(separator: " ").count == one.split(separator: " ").count ? other : one, in: one))
}

@Test func differentWordsStayApart() {
    let pairs = [
        ("לידה", "יד שנייה"), ("רישיון עסק", "רישיון נהיגה"), ("לידה", "פטירה"), ("דרכון", "דירה"), ("בית", "בת"), ("שיר", "שור"), ("moving", "mother"),
    ]
    for (query, text) in pairs {
        #expect(!finds(query, in: text), "\(query) / \(text)")
    }
}

@Test func acronymsAreFoundBothWays() {
    for spelling in ["צה\"ל", "צה״ל", "צה''ל", "צה”ל", "צה׳׳ל"] { #expect(surfaces(spelling) == ["1צהל"], "\(spelling)") }
    for spelling in ["צה\"ל", "צה״ל", "צהל", "צה''ל", "צה”ל", "צה׳׳ל"] {
        #expect(finds(spelling, in: "שירות בצה״ל"))
        #expect(finds(spelling, in: "צבא הגנה לישראל"))
    }
    #expect(finds("ביטוח לאומי", in: "דמי לידה מבל״ל"))
    #expect(finds("ביטוח לאומי", in: "קצבה של בל״ל"))
    #expect(finds("בל\"ל", in: "תשלום לביטוח הלאומי"))
    #expect(surfaces("עו\"ד") == ["1עוד"] && finds("עורך דין", in: "ייצוג של עו״ד"))
    #expect(surfaces("ת.ז.") == ["1תז"] && finds("ת.ז", in: "צילום תעודת זהות") && finds("ת״ז", in: "מספר ת.ז."))
    #expect(surfaces("ב\"הארץ\" 'שלום'") == ["ב", "הארצ", "שלומ"])
    #expect(surfaces("צ'ק ג׳ינס רח'") == ["צק", "גינס", "רח"])
    #expect(surfaces("U.S.A.") == ["usa"])
}

/// עו״ד is a lawyer and עוד is more; תז is nothing but the acronym.
@Test func acronymsAreNoWords() {
    #expect(!finds("עוד", in: "ייצוג של עו״ד") && !finds("עו״ד", in: "עוד מידע") && !finds("לעו״ד", in: "לעוד מידע"))
    #expect(finds("עו״ד", in: "עורך דין") && finds("לעו״ד", in: "עו״ד") && !finds("עוד", in: "עורך דין"))
    #expect(!finds("בי״ד", in: "ביד אחת") && !finds("תא", in: "ת״א"))
    #expect(finds("תז", in: "ת״ז") && finds("תז", in: "תעודת זהות") && finds("צהל", in: "צבא הגנה לישראל") && finds("תב״ל", in: "תבל"))
    #expect(analyser.lexemes(of: "עו״ד ועוד 1 A4").filter { $0.form == .surface }.map(\.letters) == ["עוד", "ועוד", "1", "a4"])
}

@Test func lexemesOfOneTextHaveOneKey() {
    let lexemes = analyser.lexemes(of: "רישיון רשיון לרישיון license licences عوائل")
    #expect(Set(lexemes.map(\.key)).count == Set(lexemes.map(\.text)).count)
    for lexeme in lexemes { #expect(lexeme.key == Lexeme.key(lexeme.text.unicodeScalars)) }
}

@Test func otherLanguages() {
    #expect(finds("moving house", in: "When you move house", .en) && finds("move house", in: "Moving houses"))
    #expect(finds("impôts étudiante", in: "L’impôt des etudiants", .fr) && finds("l'impot", in: "impôt"))
    #expect(surfaces("qu'aujourd’hui citizen's") == ["aujourdhui", "citizen"])
    #expect(finds("скидка студентам", in: "Скидки для студента") && finds("ёлка", in: "ЕЛКИ"))
    #expect(surfaces("и\u{0306}од") == ["йод"] && surfaces("Йод") == ["йод"])
    #expect(finds("رخصة", in: "للرُّخْصـــة") && finds("المدرسة الابتدائية", in: "مدرسه إبتدائيّة"))
    #expect(surfaces("ﻻ") == ["لا"] && surfaces("١٢٣") == ["123"])
    #expect(surfaces("e\u{0301}te\u{0301} Œuvre straße Ａ４ ﬁn") == ["ete", "oeuvre", "strasse", "a4", "fin"])
}

@Test func scriptsAndNumbersMix() {
    #expect(surfaces("טופס 1301 ב-2023, ב2024 B2B 1,234 3.5") == ["טופס", "1301", "ב", "2023", "ב", "2024", "b2b", "1234", "3", "5"])
    #expect(surfaces("אבגabcабв") == ["אבג", "abc", "абв"])
    #expect(finds("passport דרכון", in: "דרכון (passport)"))
}

@Test func stopWordsLeaveTheQueryUnlessAlone() {
    #expect(terms("איך אני מקבל הנחה").map(\.first) == ["מקבל", "הנחה"])
    #expect(terms("how do I get the licence").map(\.first) == ["get", "licence"])
    #expect(terms("של").map(\.first) == ["של"])
    #expect(terms("the thé", language: .fr).map(\.first) == ["the"])
    #expect(terms("on", language: .en).map(\.first) == ["on"])
    #expect(terms("  ,!? \u{0}") == [])
}

@Test func bestFormsComeFirst() {
    for text in ["וללימודים", "business licences", "возможностями", "والمدارس"] {
        for term in terms(text) { #expect(Set(term).count == term.count) }
        let forms = analyser.lexemes(of: text).map(\.form)
        #expect(forms.first == .surface && forms.contains { $0 != .surface })
    }
    #expect(analyser.lexemes(of: "וללימודים").map(\.form) == analyser.lexemes(of: "וללימודים").map(\.form).sorted())
    #expect(Lexeme.Form.allCases.map(\.weight) == Lexeme.Form.allCases.map(\.weight).sorted(by: >))
}
