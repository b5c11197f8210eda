import Values

/// An academic year, from 1 October.
struct AcademicYear: Sendable, Hashable {
    /// The civil year in which it began.
    let began: Int

    init(on date: CalendarDate) { began = date.month >= 10 ? date.year : date.year - 1 }

    var firstDay: CalendarDate? { CalendarDate(year: began, month: 10, day: 1) }
    /// `2026-27`
    var name: String { "\(began)-\(String((began + 1) % 100 + 100).dropFirst())" }

    /// The Hebrew year most of it lies in, in letters: תשפ״ז. For the years 5,600 to 5,999.
    var hebrewName: String {
        var rest = began + 3_761 - 5_000
        var letters = ""
        for (value, letter) in AcademicYear.hundredsAndTens where rest >= value {
            while rest >= value { letters += letter; rest -= value }
        }
        // 15 and 16 are written 9+6 and 9+7, so that no name of God is written.
        if letters.hasSuffix("י"), rest == 5 || rest == 6 { letters.removeLast(); letters += "ט"; rest += 1 }
        if rest > 0 { letters += AcademicYear.units[rest - 1] }
        guard let last = letters.popLast() else { return "" }
        return letters + "״" + String(last)
    }

    private static let hundredsAndTens = [
        (400, "ת"), (300, "ש"), (200, "ר"), (100, "ק"), (90, "צ"), (80, "פ"), (70, "ע"), (60, "ס"), (50, "נ"), (40, "מ"), (30, "ל"),
        (20, "כ"), (10, "י"),
    ]
    private static let units = ["א", "ב", "ג", "ד", "ה", "ו", "ז", "ח", "ט"]
}
