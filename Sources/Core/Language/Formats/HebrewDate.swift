public import Values

/// A day of the Hebrew calendar, as a hint beside the civil date (a Hebrew day begins on the evening before). Arithmetic after Dershowitz
/// and Reingold, "Calendrical Calculations", chapter on the Hebrew calendar.
public struct HebrewDate: Sendable, Hashable {
    /// Anno mundi: 5787 began in September 2026.
    public let year: Int
    /// From 1 = Tishrei; in a leap year 6 = Adar I and 7 = Adar II, so that Elul is 13.
    public let month: Int
    public let day: Int

    public init(_ date: CalendarDate) {
        // Day 1 of the reckoning, 1 Tishrei 1, was 7 October 3761 BCE (Julian), which is day −2,092,590 of 1970.
        let target = Int(date.daysSince1970) + 2_092_590
        var year = target * 98_496 / 35_975_351
        while HebrewDate.newYear(year + 1) <= target { year += 1 }
        var rest = target - HebrewDate.newYear(year)
        var month = 1
        let lengths = HebrewDate.monthLengths(year)
        while rest >= lengths[month - 1], month < lengths.count {
            rest -= lengths[month - 1]
            month += 1
        }
        (self.year, self.month, self.day) = (year, month, rest + 1)
    }

    static func isLeap(_ year: Int) -> Bool { (7 * year + 1) % 19 < 7 }

    /// Days from the reckoning's first day to 1 Tishrei of a year: the mean conjunction, moved by the four postponements.
    static func newYear(_ year: Int) -> Int {
        let day = conjunctionDay(year)
        // A year of 356 days, or one before it of 382, cannot be: the new year moves on.
        if conjunctionDay(year + 1) - day == 356 { return day + 2 }
        return day - conjunctionDay(year - 1) == 382 ? day + 1 : day
    }

    private static func conjunctionDay(_ year: Int) -> Int {
        let months = (235 * year - 234) / 19
        let parts = 12_084 + 13_753 * months
        let day = 29 * months + parts / 25_920
        return (3 * (day + 1)) % 7 < 3 ? day + 1 : day
    }

    private static func monthLengths(_ year: Int) -> [Int] {
        let length = newYear(year + 1) - newYear(year)
        let heshvan = length % 10 == 5 ? 30 : 29
        let kislev = length % 10 == 3 ? 29 : 30
        let adars = isLeap(year) ? [30, 29] : [29]
        return [30, heshvan, kislev, 29, 30] + adars + [30, 29, 30, 29, 30, 29]
    }

    /// `י״ב בכסלו תשפ״ז`: day and year in letters, the thousands left out.
    public var text: String {
        "\(HebrewDate.numeral(day)) ב\(monthName) \(HebrewDate.numeral(year % 1_000 == 0 ? year / 1_000 : year % 1_000))"
            + (year % 1_000 == 0 ? " אלפים" : "")
    }

    private var monthName: String {
        let adars = HebrewDate.isLeap(year) ? ["אדר א׳", "אדר ב׳"] : ["אדר"]
        let names = ["תשרי", "חשוון", "כסלו", "טבת", "שבט"] + adars + ["ניסן", "אייר", "סיוון", "תמוז", "אב", "אלול"]
        return names[month - 1]
    }

    /// 1…999 in Hebrew letters, with geresh or gershayim; 15 and 16 are written 9+6 and 9+7.
    static func numeral(_ value: Int) -> String {
        let hundreds = ["", "ק", "ר", "ש", "ת", "תק", "תר", "תש", "תת", "תתק"]
        let tens = ["", "י", "כ", "ל", "מ", "נ", "ס", "ע", "פ", "צ"]
        let ones = ["", "א", "ב", "ג", "ד", "ה", "ו", "ז", "ח", "ט"]
        let rest = value % 100
        let tail = rest == 15 ? "טו" : rest == 16 ? "טז" : tens[rest / 10] + ones[rest % 10]
        let letters = hundreds[value / 100 % 10] + tail
        return letters.unicodeScalars.count == 1 ? letters + "׳" : "\(letters.dropLast())״\(letters.suffix(1))"
    }
}

extension Formats {
    /// The Hebrew calendar's day, in Hebrew letters.
    public static func hebrewDate(_ date: CalendarDate) -> String { HebrewDate(date).text }
}
