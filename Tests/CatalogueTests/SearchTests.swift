import Catalogue
import Contracts
import Database
import Foundation
import Language
import TestKit
import Testing

/// What people type, in whose page, and the service that must come first.
private let typed: [(query: String, reader: Language, first: String)] = [
    ("הנחה בארנונה לסטודנטים", .he, "arnona-discount-student"), ("הנחה בארנונה", .he, "arnona-discount-student"),
    ("ארנונה סטודנט", .he, "arnona-discount-student"), ("הנחות ארנונה לסטודנטית", .he, "arnona-discount-student"),
    ("רישיון עסק בית קפה", .he, "business-licence-cafe"), ("רשיון עסק לבית קפה", .he, "business-licence-cafe"),
    ("רישוי עסקים", .he, "business-licence-cafe"), ("בית קפה", .he, "business-licence-cafe"), ("דרכון", .he, "passport-renewal"),
    ("דרכונים", .he, "passport-renewal"), ("לדרכון", .he, "passport-renewal"), ("חידוש הדרכון", .he, "passport-renewal"),
    ("דַּרְכּוֹן", .he, "passport-renewal"), ("הֲנָחָה בָּאַרְנוֹנָה", .he, "arnona-discount-student"),
    ("קצבת ילדים", .he, "child-allowance"), ("קִצְבַּת יְלָדִים", .he, "child-allowance"), ("וקצבת הילדים", .he, "child-allowance"),
    ("ביטוח לאומי אבטלה", .he, "unemployment-benefit"), ("דמי אבטלה", .he, "unemployment-benefit"),
    ("בל״ל אבטלה", .he, "unemployment-benefit"), ("ת״ז", .he, "identity-card"), ("תעודת זהות", .he, "identity-card"),
    ("תעודת־זהות", .he, "identity-card"), ("תז", .he, "identity-card"), ("מעבר דירה", .he, "change-of-address"),
    ("שינוי כתובת", .he, "change-of-address"), ("החזר מס", .he, "tax-refund"),
    ("חידוש רשיון נהיגה", .he, "driving-licence-renewal"), ("טסט לרכב", .he, "annual-vehicle-licence"),
    ("נסח טאבו", .he, "land-registry-extract"), ("היתר בניה", .he, "building-permit"), ("עוסק פטור", .he, "open-sole-trader"),
    ("גמלת סיעוד", .he, "nursing-care-benefit"), ("חופשת לידה", .he, "maternity-allowance"),
    ("תעודת לידה", .he, "birth-registration"), ("תו חניה נכה", .he, "disability-parking-permit"),
    ("moving house", .en, "change-of-address"), ("change my address", .en, "change-of-address"),
    ("passport", .en, "passport-renewal"), ("renewing a passport", .en, "passport-renewal"),
    ("student discount", .en, "arnona-discount-student"), ("arnona", .en, "arnona-discount-student"),
    ("business license cafe", .en, "business-licence-cafe"), ("coffee shop licence", .en, "business-licence-cafe"),
    ("unemployment", .en, "unemployment-benefit"), ("passport", .he, "passport-renewal"),
    ("moving house", .he, "change-of-address"), ("جواز سفر", .ar, "passport-renewal"), ("جوازات السفر", .ar, "passport-renewal"),
    ("الأرنونا للطلاب", .ar, "arnona-discount-student"), ("загранпаспорт", .ru, "passport-renewal"),
    ("скидка на арнону", .ru, "arnona-discount-student"), ("пособие по безработице", .ru, "unemployment-benefit"),
    ("passeport", .fr, "passport-renewal"), ("renouveler mon passeport", .fr, "passport-renewal"),
    ("allocations familiales", .fr, "child-allowance"), ("réduction étudiant", .fr, "arnona-discount-student"),
    ("reduction etudiant", .fr, "arnona-discount-student"), ("trademark", .fr, "trademark-registration"),
]

/// What looks like a service only without its vowels, prefixes and endings, and must not be answered with it.
private let misleading: [(query: String, not: String)] = [
    ("מכתב", "change-of-address"), ("מורה", "disability-parking-permit"), ("מגרש", "divorce-file"), ("לידה", "vehicle-ownership-transfer"),
]

@Suite(.filledCatalogue) struct SearchTests {
    @Test(arguments: TestDatabases.engines) func theRightServiceComesFirst(engine: TestEngine) async throws {
        let catalogue = try FilledCatalogue.of(engine)
        for item in typed {
            let outcome = try await catalogue.search(item.query, language: item.reader, limit: 20)
            let found = outcome.services.map(\.id) + outcome.related.map(\.id)
            #expect(found.first == item.first, "\(item.query) found \(found.prefix(4))")
            #expect(!outcome.isCorrected, "\(item.query)")
        }
    }

    @Test(arguments: TestDatabases.engines) func likenessIsNoAnswer(engine: TestEngine) async throws {
        let catalogue = try FilledCatalogue.of(engine)
        for item in misleading {
            let outcome = try await catalogue.search(item.query, language: .he, limit: 20)
            #expect(!outcome.services.map(\.id).contains(item.not), "\(item.query) found \(outcome.services.map(\.id).prefix(4))")
        }
        #expect(try await catalogue.search("לידה", language: .he, limit: 20).services.first?.id == "birth-registration")
    }

    /// A word that no title or keyword holds is looked for in the other texts, and what holds it in the title stays before it.
    @Test(arguments: TestDatabases.engines) func otherTextsAnswerWhereTitlesDoNot(engine: TestEngine) async throws {
        let catalogue = try FilledCatalogue.of(engine)
        let word = "plumber"
        let titles = catalogue.inventory.services.flatMap { [$0.name.text(in: .en)] + $0.keywords[.en] }
        #expect(!titles.contains { $0.lowercased().contains(word) })
        #expect(try await catalogue.search(word, language: .en, limit: 20).services.map(\.id) == ["water-meter-complaint"])
    }

    @Test(arguments: TestDatabases.engines) func misspeltWordsAreGuessed(engine: TestEngine) async throws {
        let catalogue = try FilledCatalogue.of(engine)
        let cases: [(String, Language, String, String)] = [
            ("דרכוון", .he, "דרכון", "passport-renewal"), ("דכרון", .he, "דרכון", "passport-renewal"), 
            ("passprt", .en, "passport", "passport-renewal"),
            ("загранпаспрт", .ru, "загранпаспорт", "passport-renewal"), ("pasport", .fr, "passport", "passport-renewal"),
        ]
        for (query, reader, meant, first) in cases {
            let outcome = try await catalogue.search(query, language: reader, limit: 20)
            #expect(outcome.services.first?.id == first,
                "\(query) found \(outcome.services.map(\.id).prefix(3)) for \(outcome.suggestion ?? "nothing")")
            guard outcome.suggestion != nil else { continue }
            #expect(outcome.suggestion?.lowercased() == meant && outcome.isCorrected, "\(query) → \(outcome.suggestion ?? "")")
        }
    }

    @Test(arguments: TestDatabases.engines) func whatIsNotThereIsNotFound(engine: TestEngine) async throws {
        let catalogue = try FilledCatalogue.of(engine)
        for query in [
            "", "   ", "״״", "xqzwvkj", "צצצקקק", "?*\"'()", "NEAR(a b)", "a OR b AND", "\u{202E}",
            String(repeating: "צצצקקק ", count: 5_000),
        ] {
            let outcome = try await catalogue.search(query, language: .he, limit: 20)
            #expect(outcome.services.map(\.id) == [], "\(query.prefix(20)) found \(outcome.services.map(\.id).prefix(3))")
        }
        // Words of which only some are known give related services, and never claim to be the answer.
        let partial = try await catalogue.search("דרכון לצצצקקק", language: .he, limit: 20)
        #expect(partial.services.isEmpty && partial.related.first?.id == "passport-renewal")
        #expect(try await catalogue.search("דרכון", language: .he, limit: 1).services.count == 1)
    }

    /// Every service is found first or second by its own title, in every language it has.
    @Test(arguments: TestDatabases.engines) func everyServiceIsFoundByItsTitle(engine: TestEngine) async throws {
        let catalogue = try FilledCatalogue.of(engine)
        for service in catalogue.inventory.services {
            for language in service.name.languages {
                let outcome = try await catalogue.search(service.name[language] ?? "", language: language, limit: 3)
                #expect(outcome.services.first?.id == service.id, "\(service.id) \(language) found \(outcome.services.map(\.id))")
            }
        }
    }
}
