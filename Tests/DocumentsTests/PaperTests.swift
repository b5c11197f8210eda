import Contracts
import Database
import Jobs
import Language
import TestKit
import Testing
import Trust
import Values
import Web
@testable import Documents

@Suite struct PaperTests {
    @Test(arguments: PaperKind.allCases, Language.allCases)
    func everyPaperIsWholeInEveryLanguage(kind: PaperKind, language: Language) async throws {
        try await TestDatabases.with(.sqlite) { database in
            let archive = try await Archive(database)
            let id = try await archive.order(Archive.order(template: kind.rawValue, language: language, value: "<b>\"&'"))
            let document = try #require(try await archive.found(id))
            try await archive.worker.runUntilIdle()
            let html = String(decoding: try #require(archive.press.made.first), as: UTF8.self)
            #expect(html.contains("<html lang=\"\(language.rawValue)\" dir=\"\(language.direction)\">"))
            #expect(html.contains("&lt;b&gt;&quot;&amp;&#39;") && !html.contains("<b>"))
            #expect(html.contains(document.code.description) && html.contains("zamin.example/verify") && html.contains("2026-4711-08"))
            #expect(!html.contains("⟦") && !html.contains("{{") && !html.contains("[["))
            #expect(html.contains("<p>שורה ראשונה</p>\n<p>שורה שנייה</p>"))
        }
    }

    @Test func theHebrewPaperHasPlaceAndBothDates() async throws {
        try await TestDatabases.with(.sqlite) { database in
            let archive = try await Archive(database)
            try await archive.order()
            try await archive.worker.runUntilIdle()
            let html = String(decoding: try #require(archive.press.made.first), as: UTF8.self)
            #expect(html.contains("ניתן בחיפה, י״ג בכסלו תשפ״ז, 23 בנובמבר 2026"))
            #expect(html.contains("www.haifa.muni.il<") && html.contains("04-8356356"))
        }
    }

    @Test func textsOfTheModuleHaveNoProblems() {
        #expect(Archive.site.catalogue.problems().filter { $0.key.hasPrefix("documents.") }.isEmpty)
    }
}

@Suite struct VerificationCodeTests {
    @Test func codesAreReadAsPeopleTypeThem() throws {
        let code = try #require(VerificationCode("7K2M-9QXA-04TD"))
        #expect(code.description == "7K2M-9QXA-04TD")
        for typed in ["7k2m9qxa04td", " 7K2M 9QXA 04TD ", "7K2M–9QXA–O4TD", "7k2m-9qxa-o4td"] { #expect(VerificationCode(typed) == code) }
        #expect(VerificationCode("iIlL-0000-0000") == VerificationCode("1111-0000-0000"))
    }

    @Test(arguments: [
        "", "7K2M", "7K2M-9QXA-04TDX", "7K2M-9QXA-04T!", "7K2U-9QXA-04TD", "שלום-שלום-שלום", "0000000000000000000000",
        "0000-0000-000\u{0}",
    ])
   
    func anythingElseIsNoCode(typed: String) { #expect(VerificationCode(typed) == nil) }

    @Test func lengthIsBounded() { #expect(VerificationCode(String(repeating: " ", count: 1_000_000) + "7K2M9QXA04TD") == nil) }

    @Test func randomCodesDifferAndReadBack() {
        let codes = (0..<2_000).map { _ in VerificationCode.random() }
        #expect(Set(codes).count == codes.count)
        #expect(codes.allSatisfy { VerificationCode($0.description) == $0 })
    }
}
