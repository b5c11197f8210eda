@testable import Catalogue
import Foundation
import Language
import Testing
import Values

@Suite struct TitleIndexTests {
    private let analyser = Analyser()

    /// Services with these titles and keywords; everything else is of the first one of the project's content.
    private func services(_ titles: [(name: String, keywords: [String])]) throws -> [PublicService] {
        let model = try #require(try DemoCountry.content().services.first).document
        return try titles.enumerated().map { number, title in
            var document = model
            document["id"] = .string("s\(number)")
            document["rank"] = .null
            document["name"] = ["he": .string(title.name), "en": "Service"]
            document["keywords"] = ["he": .strings(title.keywords), "en": ["service"]]
            return try #require(PublicService(document: document))
        }
    }

    private func answers(_ query: String, _ services: [PublicService]) -> (full: [Int], related: [Int]) {
        TitleSearch(analyser.terms(of: query, language: .he), TitleIndex(services, .he, analyser)).answers()
    }

    @Test func titlesComeBeforeKeywordsAndWordsInOrderFirst() throws {
        let services = try services([
            ("אישור כללי", ["רישיון עסק"]), ("עסק ורישיון לנהיגה בו", ["א"]), ("רישיון עסק", ["ב"]), ("גן ילדים", ["ג"]), ("רישיון נהיגה", ["ד"]),
        ])
        let found = answers("רישיון עסק", services)
        #expect(found.full == [2, 1, 0])
        #expect(found.related == [4])
    }

    /// Full and defective spelling are one word; what meets only in the consonants of two bases is a guess.
    @Test func formsAreWorthTheirTrustOnBothSides() throws {
        let services = try services([("רישיון נהיגה", ["א"]), ("שינוי כתובת", ["ב"]), ("גירושין", ["ג"])])
        #expect(answers("רשיון", services).full == [0])
        #expect(answers("לרשיון", services).full == [0])
        #expect(answers("מכתב", services).full.isEmpty && answers("מכתב", services).related == [1])
        #expect(answers("מגרש", services).full.isEmpty && answers("מגרש", services).related == [2])
    }

    @Test func nothingIsHeldByAnEmptyIndex() {
        #expect(!TitleIndex([], .he, analyser).holds(1))
        #expect(answers("דרכון", []).full.isEmpty && answers("", []).related.isEmpty)
    }

    @Test func oneEditIsFoundAndTwoAreNot() throws {
        let services = try services([("דרכון", ["passport"])])
        let (titles, vocabulary) = (TitleIndex(services, .he, analyser), Vocabulary(services, .he, analyser))
        // A letter left out, added, exchanged for another and with its neighbour.
        for word in ["דרכן", "דרקכון", "דרבון", "דכרון"] {
            #expect(vocabulary.corrected(word, titles) == "דרכון", "\(word)")
        }
        for word in ["דרכון", "דרבוט", "דרן", "נורכד", "רכוןד", "", String(repeating: "ד", count: 300)] {
            #expect(vocabulary.corrected(word, titles) == nil, "\(word)")
        }
        #expect(vocabulary.corrected("חידוש דכרון", titles) == "חידוש דרכון")
    }

    @Test func oneEditIsMeasuredExactly() {
        func isOneEdit(_ one: String, _ other: String) -> Bool {
            Vocabulary.isOneEdit(Array(one.unicodeScalars), Array(other.unicodeScalars))
        }
        for (one, other) in [("abc", "ab"), ("abc", "bc"), ("abc", "abxc"), ("abc", "abd"), ("abc", "acb"), ("ab", "ba"), ("a", "b")] {
            #expect(isOneEdit(one, other) && isOneEdit(other, one), "\(one) \(other)")
        }
        for (one, other) in [("abc", "abc"), ("abc", "bcd"), ("abc", "cba"), ("abcd", "badc"), ("abc", "a"), ("ab", "cab d")] {
            #expect(!isOneEdit(one, other) && !isOneEdit(other, one), "\(one) \(other)")
        }
    }
}
