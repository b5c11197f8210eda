import Testing

@testable import Language

/// The integer samples of CLDR's plurals.xml.
private let samples: [(Language, PluralCategory, [Int])] = [
    (.he, .one, [1]), (.he, .two, [2]), (.he, .other, [0] + Array(3...17) + [20, 100, 1_000, 10_000, 100_000, 1_000_000]),
    (.ar, .zero, [0]), (.ar, .one, [1]), (.ar, .two, [2]), (.ar, .few, Array(3...10) + Array(103...110) + [1_003]),
    (.ar, .many, Array(11...26) + [111, 1_011]), (.ar, .other, Array(100...102) + Array(200...202) + [300, 400, 1_000, 10_000, 1_000_000]),
    (.en, .one, [1]), (.en, .other, [0] + Array(2...16) + [100, 1_000, 1_000_000]),
    (.ru, .one, [1, 21, 31, 41, 51, 61, 71, 81, 101, 1_001]),
    (.ru, .few, [2, 3, 4, 22, 23, 24, 32, 33, 34, 42, 43, 44, 52, 53, 54, 62, 102, 1_002]),
    (.ru, .many, [0] + Array(5...19) + [100, 111, 112, 1_000, 10_000, 1_000_000]),
    (.fr, .one, [0, 1]), (.fr, .other, Array(2...16) + [100, 1_000, 10_000, 100_000]), (.fr, .many, [1_000_000, 2_000_000, 3_000_000]),
]

@Test func pluralCategoriesMatchThePublishedSamples() {
    for (language, category, counts) in samples {
        for count in counts {
            #expect(language.pluralCategory(of: count) == category, "\(language) \(count)")
            #expect(language.pluralCategory(of: -count) == category, "\(language) -\(count)")
        }
    }
}

@Test func everyCategoryThatIsPickedIsOneThatTextsMustHave() {
    for language in Language.allCases {
        for count in [Int.min, Int.max] + Array(-300...300) {
            #expect(language.pluralCategories.contains(language.pluralCategory(of: count)))
        }
    }
}
