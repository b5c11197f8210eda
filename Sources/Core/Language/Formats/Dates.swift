public import Values

/// How dates, numbers and amounts are written in the five languages, after Unicode CLDR where it has a form, with Western digits throughout
/// (as Arabic is printed in Israel).
public enum Formats {
    public enum DateStyle: Sendable {
        /// `22 בנובמבר 2026`
        case long
        /// `22.11.2026`
        case short
    }

    public static func date(_ date: CalendarDate, in language: Language, style: DateStyle = .long) -> String {
        switch style {
        case .long: longDate(date, language)
        case .short: shortDate(date, separator: language == .he || language == .ru ? "." : "/")
        }
    }

    /// Date and time in Israel: `22 בנובמבר 2026 בשעה 17:13`, `22.11.2026, 17:13`.
    public static func dateTime(_ instant: Instant, in language: Language, style: DateStyle = .long) -> String {
        let local = IsraelTime.local(instant)
        let day = date(local.date, in: language, style: style)
        let time = clock(hour: local.hour, minute: local.minute)
        guard style == .long else { return language == .ar ? "\(day)، \(time)" : "\(day), \(time)" }
        return switch language {
        case .he: "\(day) בשעה \(time)"
        case .ar: "\(day) الساعة \(time)"
        case .en: "\(day) at \(time)"
        case .ru: "\(day) в \(time)"
        case .fr: "\(day) à \(time)"
        }
    }

    /// The time in Israel on the 24-hour clock, the same in all five languages: `17:13`.
    public static func time(_ instant: Instant) -> String {
        let local = IsraelTime.local(instant)
        return clock(hour: local.hour, minute: local.minute)
    }

    static func clock(hour: Int, minute: Int) -> String { "\(twoDigits(hour)):\(twoDigits(minute))" }
    static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

    private static func shortDate(_ date: CalendarDate, separator: String) -> String {
        "\(twoDigits(date.day))\(separator)\(twoDigits(date.month))\(separator)\(date.year)"
    }

    private static func longDate(_ date: CalendarDate, _ language: Language) -> String {
        let month = monthName(date.month, in: language)
        return switch language {
        case .he: "\(date.day) ב\(month) \(date.year)"
        case .ar, .en: "\(date.day) \(month) \(date.year)"
        case .ru: "\(date.day) \(month) \(date.year) г."
        case .fr: "\(date.day == 1 ? "1er" : "\(date.day)") \(month) \(date.year)"
        }
    }

    /// The month (1…12) as it stands in a date; Russian in the genitive.
    public static func monthName(_ month: Int, in language: Language) -> String {
        let names = months[language] ?? []
        return names.indices.contains(month - 1) ? names[month - 1] : ""
    }

    /// The day of the week, 0 = Sunday … 6 = Saturday.
    public static func weekdayName(_ weekday: Int, in language: Language) -> String {
        let names = weekdays[language] ?? []
        return names.indices.contains(weekday) ? names[weekday] : ""
    }

    private static let months: [Language: [String]] = [
        .he: ["ינואר", "פברואר", "מרץ", "אפריל", "מאי", "יוני", "יולי", "אוגוסט", "ספטמבר", "אוקטובר", "נובמבר", "דצמבר"],
        .ar: ["يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"],
        .en: [
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
        ],
        .ru: [
            "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря",
        ],
        .fr: [
            "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
        ],
    ]

    private static let weekdays: [Language: [String]] = [
        .he: ["יום ראשון", "יום שני", "יום שלישי", "יום רביעי", "יום חמישי", "יום שישי", "יום שבת"],
        .ar: ["الأحد", "الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت"],
        .en: ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
        .ru: ["воскресенье", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота"],
        .fr: ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"],
    ]
}
