import Testing
import Values

@testable import Language

private func day(_ text: String) -> CalendarDate { CalendarDate(text)! }
private func utc(_ date: String, _ hour: Int, _ minute: Int = 0) -> Instant {
    Instant(seconds: day(date).daysSince1970 * 86_400 + Int64(hour * 3_600 + minute * 60))
}

@Test func datesInEveryLanguage() {
    let texts = Language.allCases.map { Formats.date(day("2026-11-22"), in: $0) }
    #expect(texts == ["22 בנובמבר 2026", "22 نوفمبر 2026", "22 November 2026", "22 ноября 2026 г.", "22 novembre 2026"])
    let short = Language.allCases.map { Formats.date(day("2026-03-05"), in: $0, style: .short) }
    #expect(short == ["05.03.2026", "05/03/2026", "05/03/2026", "05.03.2026", "05/03/2026"])
    #expect(Formats.date(day("2026-01-01"), in: .fr) == "1er janvier 2026")
    #expect(Formats.weekdayName(day("2026-11-22").weekday, in: .he) == "יום ראשון")
    #expect(Formats.monthName(13, in: .he) == "" && Formats.weekdayName(-1, in: .en) == "")
}

@Test func timesAreIsraels() {
    let texts = Language.allCases.map { Formats.dateTime(utc("2026-11-22", 15, 13), in: $0) }
    #expect(
        texts == [
            "22 בנובמבר 2026 בשעה 17:13", "22 نوفمبر 2026 الساعة 17:13", "22 November 2026 at 17:13", "22 ноября 2026 г. в 17:13",
            "22 novembre 2026 à 17:13",
        ])
    #expect(Formats.dateTime(utc("2026-07-01", 22, 5), in: .he, style: .short) == "02.07.2026, 01:05")
    #expect(Formats.time(utc("2026-07-01", 6)) == "09:00")
}

/// Friday of the change in spring and Saturday night in autumn, as the IANA time zone database has them.
@Test(arguments: [
    ("2013-03-29", "2013-10-26"), ("2016-03-25", "2016-10-29"), ("2021-03-26", "2021-10-30"), ("2024-03-29", "2024-10-26"),
    ("2025-03-28", "2025-10-25"), ("2026-03-27", "2026-10-24"), ("2029-03-23", "2029-10-27"), ("2035-03-23", "2035-10-27"),
])
func summerTimeChanges(begin: String, end: String) {
    #expect(Formats.time(utc(begin, 0).adding(seconds: -1)) == "01:59")
    #expect(Formats.time(utc(begin, 0)) == "03:00")
    #expect(Formats.time(utc(end, 23).adding(seconds: -1)) == "01:59")
    #expect(Formats.time(utc(end, 23)) == "01:00")
    #expect(IsraelTime.date(utc(end, 23)) == day(end).adding(days: 1))
}

@Test func wallTimeAndInstantAgree() {
    var random = SeededRandom(seed: 7)
    for _ in 0..<2_000 {
        let instant = Instant(seconds: Int64.random(in: 1_356_998_400...2_145_916_800, using: &random) / 60 * 60)
        let local = IsraelTime.local(instant)
        let back = IsraelTime.instant(local.date, hour: local.hour, minute: local.minute)
        // The hour that comes twice names two instants, the first of which is meant.
        #expect(back == instant || back == instant.adding(seconds: -3_600) && IsraelTime.local(back) == local)
    }
    #expect(IsraelTime.local(IsraelTime.instant(day("2026-03-27"), hour: 2, minute: 30)).hour == 3)
    #expect(IsraelTime.instant(day("2026-10-25"), hour: 1, minute: 30) == utc("2026-10-24", 22, 30))
    #expect(IsraelTime.local(Instant(microseconds: .max)).date.year == 9_999)
    #expect(IsraelTime.local(Instant(microseconds: .min)).date.year == 1)
}

@Test(arguments: [
    ("1948-05-14", "ה׳ באייר תש״ח"), ("2026-11-22", "י״ב בכסלו תשפ״ז"), ("2024-02-29", "כ׳ באדר א׳ תשפ״ד"),
    ("2024-03-24", "י״ד באדר ב׳ תשפ״ד"), ("2025-09-23", "א׳ בתשרי תשפ״ו"), ("2000-01-01", "כ״ג בטבת תש״ס"),
    ("1967-06-07", "כ״ח באייר תשכ״ז"), ("2022-03-18", "ט״ו באדר ב׳ תשפ״ב"), ("2023-10-07", "כ״ב בתשרי תשפ״ד"),
    ("2024-10-02", "כ״ט באלול תשפ״ד"), ("2025-01-15", "ט״ו בטבת תשפ״ה"), ("2025-01-16", "ט״ז בטבת תשפ״ה"),
    ("2239-09-30", "א׳ בתשרי ו׳ אלפים"), ("1900-01-01", "א׳ בשבט תר״ס"),
])
func hebrewCalendar(date: String, expected: String) {
    #expect(Formats.hebrewDate(day(date)) == expected)
}

@Test func hebrewDaysFollowOneAnother() {
    var previous = HebrewDate(day("1990-01-01"))
    for offset in 1...14_000 {
        let next = HebrewDate(day("1990-01-01").adding(days: offset))
        let sameMonth = next.year == previous.year && next.month == previous.month && next.day == previous.day + 1
        let nextMonth = next.day == 1 && (29...30).contains(previous.day) && next.year == previous.year && next.month == previous.month + 1
        let nextYear = next.day == 1 && next.month == 1 && next.year == previous.year + 1 && previous.day == 29
        #expect(sameMonth || nextMonth || nextYear)
        // The new year never falls on a Sunday, Wednesday or Friday.
        if nextYear { #expect(![0, 3, 5].contains(day("1990-01-01").adding(days: offset).weekday)) }
        previous = next
    }
}

@Test func numbersAndAmounts() {
    #expect(Language.allCases.map { Formats.number(1_234_567, in: $0) } == [
        "1,234,567", "1,234,567", "1,234,567", "1\u{A0}234\u{A0}567", "1\u{202F}234\u{202F}567",
    ])
    #expect([0, 999, 1_000, -1_000].map { Formats.number($0, in: .en) } == ["0", "999", "1,000", "-1,000"])
    #expect(Formats.number(-5, in: .he) == "\u{200E}-5")
    #expect(Formats.number(Int64.min, in: .en) == "-9,223,372,036,854,775,808")
    #expect(Formats.number(3.14159, decimals: 2, in: .ru) == "3,14" && Formats.number(-0.5, decimals: 0, in: .en) == "-1")
    #expect(Formats.number(0.05, decimals: 2, in: .en) == "0.05" && Formats.number(.nan, decimals: 1, in: .en) == "–")
    let fee = Money(minorUnits: 123_450)
    #expect(Language.allCases.map { Formats.money(fee, in: $0) } == [
        "\u{2067}1,234.50\u{A0}₪\u{2069}", "\u{2067}1,234.50\u{A0}₪\u{2069}", "₪1,234.50", "1\u{A0}234,50\u{A0}₪", "1\u{202F}234,50\u{A0}₪",
    ])
    #expect(Formats.money(Money(minorUnits: 37_400), in: .en, trimsZeros: true) == "₪374")
    #expect(Formats.money(Money(minorUnits: 37_405), in: .en, trimsZeros: true) == "₪374.05")
    #expect(Formats.money(Money(minorUnits: -5), in: .en) == "-₪0.05")
    #expect(Formats.money(Money(minorUnits: -5), in: .he) == "\u{2067}\u{200E}-0.05\u{A0}₪\u{2069}")
    #expect(Formats.money(Money(minorUnits: 100, currency: "CHF"), in: .en) == "CHF\u{A0}1.00")
}

@Test func fileSizes() {
    #expect([0, 1, 1_000, 1_001, 999_999, 1_000_000, 1_549_999, 10_000_000, 2_500_000_000].map { Formats.fileSize($0, in: .en) } == [
        "0\u{A0}KB", "1\u{A0}KB", "1\u{A0}KB", "2\u{A0}KB", "1,000\u{A0}KB", "1\u{A0}MB", "1.5\u{A0}MB", "10\u{A0}MB", "2.5\u{A0}GB",
    ])
    #expect(Formats.fileSize(1_500_000, in: .fr) == "1,5\u{A0}Mo" && Formats.fileSize(1_500_000, in: .he) == "\u{2066}1.5\u{A0}MB\u{2069}")
    #expect(Formats.fileSize(-1, in: .en) == "0\u{A0}KB")
}

@Test func relativeDays() {
    #expect([0, 1, -1, 2, -2, 3, -20].map { Formats.relativeDays($0, in: .he) } == [
        "היום", "מחר", "אתמול", "בעוד יומיים", "לפני יומיים", "בעוד 3 ימים", "לפני 20 ימים",
    ])
    #expect([2, 3, 11, 100, -2].map { Formats.relativeDays($0, in: .ar) } == [
        "خلال يومين", "خلال 3 أيام", "خلال 11 يومًا", "خلال 100 يوم", "قبل يومين",
    ])
    #expect([0, 1, 3, -3].map { Formats.relativeDays($0, in: .en) } == ["today", "tomorrow", "in 3 days", "3 days ago"])
    #expect([2, 5, 21, -21].map { Formats.relativeDays($0, in: .ru) } == ["через 2 дня", "через 5 дней", "через 21 день", "21 день назад"])
    #expect([3, -3].map { Formats.relativeDays($0, in: .fr) } == ["dans 3 jours", "il y a 3 jours"])
    #expect(Formats.relativeDays(.min, in: .en).hasSuffix("days ago"))
}

/// SplitMix64: the same sequence in every run.
struct SeededRandom: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
