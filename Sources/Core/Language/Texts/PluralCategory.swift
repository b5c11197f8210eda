/// The plural category of a whole number (Unicode CLDR, plural rules for cardinals, release 42 and later).
public enum PluralCategory: String, CaseIterable, Sendable {
    case zero, one, two, few, many, other
}

extension Language {
    /// The categories a text with a count must have in this language.
    public var pluralCategories: [PluralCategory] {
        switch self {
        case .he: [.one, .two, .other]
        case .ar: [.zero, .one, .two, .few, .many, .other]
        case .en: [.one, .other]
        case .ru: [.one, .few, .many, .other]
        case .fr: [.one, .many, .other]
        }
    }

    /// The category of a count; the sign does not matter.
    public func pluralCategory(of count: Int) -> PluralCategory {
        let n = count.magnitude
        switch self {
        case .he: return n == 1 ? .one : n == 2 ? .two : .other
        case .en: return n == 1 ? .one : .other
        case .fr: return n <= 1 ? .one : n.isMultiple(of: 1_000_000) ? .many : .other
        case .ar: return Language.arabicCategory(n)
        case .ru: return Language.russianCategory(n)
        }
    }

    private static func arabicCategory(_ n: UInt) -> PluralCategory {
        switch (n, n % 100) {
        case (0, _): .zero
        case (1, _): .one
        case (2, _): .two
        case (_, 3...10): .few
        case (_, 11...99): .many
        default: .other
        }
    }

    /// Whole numbers never fall into `other` in Russian: it is for fractions.
    private static func russianCategory(_ n: UInt) -> PluralCategory {
        switch (n % 10, n % 100) {
        case (1, let hundreds) where hundreds != 11: .one
        case (2...4, let hundreds) where !(12...14).contains(hundreds): .few
        default: .many
        }
    }
}
