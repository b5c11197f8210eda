extension Formats {
    /// A distance in days as people say it: `היום`, `מחר`, `in 3 days`, `قبل يومين`. Positive is the future.
    public static func relativeDays(_ days: Int, in language: Language) -> String {
        let words = relativeWords(language)
        switch days {
        case 0: return words.today
        case 1: return words.tomorrow
        case -1: return words.yesterday
        default:
            let category = language.pluralCategory(of: days)
            let span = words.span[category] ?? words.span[.other] ?? "{count}"
            let size = Int64(exactly: days.magnitude) ?? .max
            let text = CatalogueText(span).filled(["count": number(size, in: language)])
            return CatalogueText(days > 0 ? words.future : words.past).filled(["span": text])
        }
    }

    private struct RelativeWords {
        let today, tomorrow, yesterday, future, past: String
        let span: [PluralCategory: String]
    }

    private static func relativeWords(_ language: Language) -> RelativeWords {
        switch language {
        case .he:
            RelativeWords(
                today: "היום", tomorrow: "מחר", yesterday: "אתמול", future: "בעוד {span}", past: "לפני {span}",
                span: [.two: "יומיים", .other: "{count} ימים"])
        case .ar:
            RelativeWords(
                today: "اليوم", tomorrow: "غدًا", yesterday: "أمس", future: "خلال {span}", past: "قبل {span}",
                span: [.two: "يومين", .few: "{count} أيام", .many: "{count} يومًا", .other: "{count} يوم"])
        case .en:
            RelativeWords(
                today: "today", tomorrow: "tomorrow", yesterday: "yesterday", future: "in {span}", past: "{span} ago",
                span: [.other: "{count} days"])
        case .ru:
            RelativeWords(
                today: "сегодня", tomorrow: "завтра", yesterday: "вчера", future: "через {span}", past: "{span} назад",
                span: [.one: "{count} день", .few: "{count} дня", .many: "{count} дней"])
        case .fr:
            RelativeWords(
                today: "aujourd’hui", tomorrow: "demain", yesterday: "hier", future: "dans {span}", past: "il y a {span}",
                span: [.other: "{count} jours"])
        }
    }
}
