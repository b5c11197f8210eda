import Testing
import Values

@testable import Language

@Test(arguments: [
    ("he", Language.he), ("he-IL,he;q=0.9,en-US;q=0.8", .he), ("iw", .he), ("en-GB", .en), ("AR-il", .ar), ("de, fr;q=0.5", .fr),
    ("en;q=0.2, ru;q=0.9", .ru), ("fr-Latn-CA-x-private", .fr), ("de-DE", .he), ("", .he), ("*", .he), ("*;q=0.5, ru;q=0.1", .he),
    ("he;q=0, *", .ar), ("he;q=0, ar;q=0, *;q=0.1", .en), ("en;q=0", .he), ("ru , fr", .ru), (" \tfr ;q=1.000 , ru;q=0.999", .fr),
    ("en;q=0.5;q=0.9, ru;q=0.8", .en),
])
func acceptLanguageIsNegotiated(field: String, expected: Language) {
    #expect(Language.negotiate(acceptLanguage: field) == expected)
}

@Test(arguments: [
    "en;q=2", "en;q=.", "en;q=00000", "en;q=1x", "en;q=0..1", "en;q=1.5", "en;q=-1", "en;q=.5", "en;q=0.1234", "en;q=1.001", "en;q=", "en;level=1", "en_US!", ";;;,,,", "é", "\u{0}", "q=1",
])
func malformedRangesArePassedOver(field: String) {
    #expect(Language.negotiate(acceptLanguage: field) == .he)
    #expect(Language.negotiate(acceptLanguage: field + ", ru;q=0.1") == .ru)
}

@Test func anEndlessFieldIsCut() {
    #expect(Language.negotiate(acceptLanguage: String(repeating: "xx,", count: 500_000) + "ru") == .he)
    #expect(Language.negotiate(acceptLanguage: "ru," + String(repeating: "a-", count: 500_000)) == .ru)
}

@Test func directionsAndNames() {
    #expect(Language.allCases.map(\.direction) == ["rtl", "rtl", "ltr", "ltr", "ltr"])
    #expect(Language.allCases.map(\.ownName) == ["עברית", "العربية", "English", "Русский", "Français"])
    #expect(Language.standard == .he)
}

@Test func localizedTextFallsBackAndTellsSo() throws {
    let text = try LocalizedText(json: JSON.parse(#"{"he": "שלום", "en": "Hello", "ru": ""}"#))
    #expect(text.text(in: .en) == "Hello")
    #expect(text.reading(in: .fr) == LocalizedText.Reading(text: "שלום", language: .he))
    #expect(text.reading(in: .ru).language == .he)
    #expect(text.languages == [.he, .en])
    #expect(LocalizedText([.en: "Hello", .fr: "Bonjour"]).reading(in: .ar) == LocalizedText.Reading(text: "Hello", language: .en))
    #expect(LocalizedText([.fr: "Bonjour"]).reading(in: .ar).language == .fr)
    #expect(LocalizedText([:]).text(in: .he) == "")
    #expect(try LocalizedText(json: text.json) == text)
}

@Test func localizedTextRefusesOtherShapes() {
    #expect(throws: LocalizedTextError.notAnObject) { try LocalizedText(json: "text") }
    #expect(throws: LocalizedTextError.unknownLanguage("de")) { try LocalizedText(json: ["de": "Hallo"]) }
    #expect(throws: LocalizedTextError.notText(.he)) { try LocalizedText(json: ["he": 3]) }
}

@Test func isolatesHoldTheirContent() {
    #expect(Bidi.isolateLTR("03-1234567") == "\u{2066}03-1234567\u{2069}")
    // A control in the text cannot break out of the isolate.
    #expect(Bidi.isolateLTR("a\u{2069}\u{202E}b") == "\u{2066}ab\u{2069}")
}
