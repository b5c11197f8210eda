import Foundation
import Language
import TestKit
import Testing
import Web
@testable import Messages

@Suite struct TemplateTextTests {
    @Test func fieldsAreFilledAndIsolated() {
        let text = TemplateText("שלום ((name)), הבקשה ((number)) התקבלה.")
        #expect(text.required == ["name", "number"])
        #expect(text.filled(["name": "Dana", "number": "12-34"]) == "שלום \u{2068}Dana\u{2069}, הבקשה \u{2068}12-34\u{2069} התקבלה.")
    }

    @Test func digitsAloneBringNothingInvisibleAlong() {
        #expect(TemplateText("((code))").filled(["code": "042917"]) == "042917")
    }

    @Test func valuesCannotTurnTheTextRound() {
        #expect(TemplateText("((a))!").filled(["a": "x\u{202E}y\u{2066}"]) == "\u{2068}xy\u{2069}!")
    }

    @Test(arguments: [("yes", true), ("a reason", true), ("no", false), ("False", false), ("", false), ("  \n", false)])
    func optionalTextHangsOnItsValue(value: String, isShown: Bool) {
        #expect(TemplateText("a((reason??: because))z").filled(["reason": value]) == (isShown ? "a: becausez" : "az"))
        #expect(TemplateText("a((reason??: because))z").required.isEmpty)
    }

    @Test func optionalTextWithoutValueIsLeftOut() { #expect(TemplateText("((x??shown))").filled([:]).isEmpty) }

    @Test(arguments: ["(a)", "((a b))", "((", "((a", "a))", "(( ))", "((??x))", "(((a)))", "", "))((", "((<b>))"])
    func anyOtherParenthesisIsText(source: String) {
        #expect(TemplateText(source).filled(["a": "1"]) == source)
    }

    @Test func valuesAreNotTemplates() {
        #expect(TemplateText("((a))").filled(["a": "((b))", "b": "secret"]) == "\u{2068}((b))\u{2069}")
    }

    @Test func everyTextIsCutWithoutLoss() {
        var random = SplitMix(seed: 7)
        let parts = ["((", "))", "??", "a", "ש", " ", "((a))", "((b??c))", "(", ")"]
        for _ in 0..<500 {
            let count = Int.random(in: 0...12, using: &random)
            let source = (0..<count).compactMap { _ in parts.randomElement(using: &random) }.joined()
            let again = TemplateText(source).pieces.map { piece in
                switch piece {
                case .literal(let text): text
                case .field(let name): "((\(name)))"
                case .optional(let name, let text): "((\(name)??\(text)))"
                }
            }.joined()
            #expect(again == source)
        }
    }
}

struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite struct MessageTemplatesTests {
    /// What Delivery and Identity send.
    static let sent = [
        "case.received", "case.payment-needed", "case.stage", "case.completion-asked", "case.completion-received", "case.approved",
        "case.refused", "case.document-ready", "case.lapsed", "case.fee-refunded", "identity.new-device", "identity.registered-again", "identity.password-changed",
        "identity.code",
    ]
    static let values = [
        "number": "2026-4711-08", "service": "Student discount", "body": "Haifa", "stage": "Review", "date": "22.12.2026",
        "text": "A reason",
        "amount": "374.00", "payment": "p", "device": "Firefox", "address": "192.0.2.7", "time": "12:00", "code": "123456", "minutes": "10",
    ]

    @Test(arguments: sent, Language.allCases) func everyTemplateIsWholeInEveryLanguage(name: String, language: Language) throws {
        let template = try MessageTemplates(Post.site.catalogue).newest(name)
        #expect(template.required.subtracting(Self.values.keys).isEmpty)
        let words = template.words(Self.values, in: language)
        let text = words.subject + words.paragraphs.joined()
        #expect(!words.subject.isEmpty && !words.paragraphs.isEmpty)
        #expect(!text.contains("((") && !text.contains("))") && !text.contains("⟦") && !text.contains("??"))
        #expect(words.subject.firstIndex { $0.isNewline } == nil)
    }

    @Test(arguments: sent) func allLanguagesUseTheSameFields(name: String) throws {
        let texts = try MessageTemplates(Post.site.catalogue).newest(name).texts
        #expect(texts.count == Language.allCases.count)
        #expect(Set(texts.values.map { $0.subject.fields.union($0.body.fields) }).count == 1)
    }

    @Test func textsOfTheModuleHaveNoProblems() { #expect(Post.site.catalogue.problems().filter { $0.key.hasPrefix("messages.") }.isEmpty) }

    @Test func aReasonIsShownOnlyWhenThereIsOne() throws {
        let template = try MessageTemplates(Post.site.catalogue).newest("case.refused")
        var values = Self.values
        #expect(template.words(values, in: .en).paragraphs.contains("The reason: \u{2068}A reason\u{2069}"))
        values["text"] = ""
        #expect(!template.words(values, in: .en).paragraphs.joined().contains("The reason"))
    }

    @Test func aFormerVersionStaysReadable() async throws {
        try await TestDatabases.withFolder { folder in
            let texts = """
                {"template.a.b.1.subject": "ראשון", "template.a.b.1.body": "א", "template.a.b.2.subject": "שני", "template.a.b.2.body": "ב"}
                """
            try Data(texts.utf8).write(to: URL(fileURLWithPath: "\(folder)/he.json"))
            let templates = try MessageTemplates(StringCatalogue(modules: [.init(name: "Messages", folder: folder)]))
            #expect(try templates.newest("a.b").words([:], in: .he).subject == "שני")
            #expect(try templates.template("a.b", version: 1).words([:], in: .he).subject == "ראשון")
            #expect(throws: MessagesError.unknownVersion("a.b", 3)) { try templates.template("a.b", version: 3) }
        }
    }

    @Test func aTemplateWithoutBodyIsRefusedAtStart() async throws {
        try await TestDatabases.withFolder { folder in
            try Data(#"{"template.a.1.subject": "ראשון"}"#.utf8).write(to: URL(fileURLWithPath: "\(folder)/he.json"))
            let catalogue = try StringCatalogue(modules: [.init(name: "Messages", folder: folder)])
            #expect(throws: MessagesError.incompleteTemplate("a", 1)) { try MessageTemplates(catalogue) }
        }
    }
}
