import JSONSchema
import Testing
import Values

@Suite struct PatternTests {
    private func matches(_ pattern: String, _ text: String) throws -> Bool {
        try JSONSchema(["pattern": .string(pattern)]).faults(in: .string(text)).isEmpty
    }

    @Test(arguments: [
        ("^a*$", "aaa", true), ("^a*$", "ab", false), ("a+", "xxaayy", true), ("^[0-9]{2,3}$", "12", true), ("^[0-9]{2,3}$", "1234", false),
        ("^(ab|cd)?x$", "cdx", true), ("^(?:ab|cd){2}$", "abcd", true), ("^(?<year>\\d{4})$", "2026", true), ("^.$", "\n", false),
        ("^.$", "🇮", true), ("^\\p{L}+$", "שלום", true), ("^\\p{Script=Hebrew}+$", "שלוm", false), ("^[^\\d,]+$", "a1", false),
        ("^\\W+$", "é", true), ("\\bcat\\b", "a cat sat", true), ("\\bcat\\b", "concat", false), ("^\\u{1F600}$", "😀", true),
        ("^\\ud83d\\ude00$", "😀", true), ("^[\\w-]+$", "a-b_c", true), ("^[a-]$", "-", true), ("^$", "", true), ("^$", "a", false),
        ("^(a|)+$", "aaa", true), ("^(a*)*b$", "aaab", true), ("^[+-]?\\d+$", "-12", true), ("^\\d$", "٣", false), ("^\\cC$", "\u{03}", true),
        ("^x{0}$", "", true), ("^x{2,}$", "xxxx", true), ("a|^b$", "cb", false), ("^\\s$", "\u{FEFF}", true), ("^a$", "a\n", false),
    ])
    func ecmaExamples(pattern: String, text: String, expected: Bool) throws {
        #expect(try matches(pattern, text) == expected)
    }

    /// The classic killers of backtracking engines: they would need 2^5000 steps.
    @Test(arguments: ["^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "^([a-zA-Z]+)*$", "(.*a){12}$"])
    func catastrophicPatternsAnswer(pattern: String) throws {
        #expect(try !matches(pattern, String(repeating: "a", count: 5_000) + "!"))
    }

    /// Compares with a slow but obvious matcher over every text of up to five letters.
    @Test func agreesWithEnumeration() throws {
        var texts = [""]
        var last = [""]
        for _ in 0..<5 {
            last = last.flatMap { [$0 + "a", $0 + "b"] }
            texts += last
        }
        for text in texts {
            #expect(try matches("^a*b?$", text) == (text.drop { $0 == "a" } == "" || text.drop { $0 == "a" } == "b"))
            #expect(try matches("^(ab)+$", text) == (!text.isEmpty && text == String(repeating: "ab", count: text.count / 2)))
            #expect(try matches("^.{2,4}$", text) == (2...4).contains(text.count))
            #expect(try matches("ba", text) == text.contains("ba"))
        }
    }
}
