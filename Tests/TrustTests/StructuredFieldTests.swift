import Testing

@testable import Trust

struct StructuredFieldTests {
    /// Examples of RFC 8941 section 3 that stay themselves.
    @Test func valuesReadBack() throws {
        let values = [
            "en=\"Applepie\", da=:w4ZibGV0w6ZydGU=:", "a=?0, b, c;foo=bar", "rating=1.5, feelings=(joy sadness)",
            "a=(1 2), b=3, c=4;aa=bb, d=(5 6);valid",
            "sig=(\"a\" \"b\";q=9 \"c\");created=1;keyid=\"x\\\"y\\\\\"", "a=-0.125, b=-15, c=*/x:y", "e=()",
        ]
        for value in values { #expect(try StructuredFieldParser.dictionary(value).text == value) }
    }

    @Test func otherWritingsAreBroughtToOne() throws {
        #expect(try StructuredFieldParser.dictionary("  a=1 ,\t b = 2".replacing(" = ", with: "=")).text == "a=1, b=2")
        #expect(try StructuredFieldParser.dictionary("a=1, b=2, a=3").text == "a=3, b=2")
        #expect(try StructuredFieldParser.dictionary("a=(  1   2 );  x;y=?1").text == "a=(1 2);x;y")
        #expect(try StructuredFieldParser.dictionary("a=1.0, b=1.50, c=0.100, d=00012").text == "a=1.0, b=1.5, c=0.1, d=12")
        #expect(try StructuredFieldParser.dictionary("a=1;x=1;y;x=2").text == "a=1;x=2;y")
        #expect(try StructuredFieldParser.dictionary("").entries.isEmpty)
        #expect(try StructuredFieldParser.dictionary("a=?1").text == "a")
    }

    @Test func everythingElseIsRefused() {
        let refused = [
            "a=1,", ",a=1", "a=1 b=2", "A=1", "1a=1", "a=", "a=(", "a=(1", "a=(1,2)", "a=(1\t2)", "a=\"", "a=\"x",
            "a=\"\\x\"", "a=\"é\"", "a=\"\u{1}\"",
            "a=:AA", "a=:A:", "a=:AA A:",
            "a=?2", "a=?", "a=1.", "a=.5", "a=1.2345", "a=1234567890123456", "a=1234567890123.1", "a=--1", "a=-",
            "a=1;", "a=1;X", "a=1;x=", "a=é", "a==1", "a=(1)b", "a=1;x=(1)", "a=@1", "\ta=1", String(repeating: "a", count: 16 * 1024 + 1),
            (0..<300).map { "k\($0)" }.joined(separator: ","),
        ]
        for value in refused {
            #expect(throws: StructuredFieldError.self, "\(value.prefix(40))") { try StructuredFieldParser.dictionary(value) }
        }
    }

    @Test func randomBytesNeverTrap() {
        var generator = SeededGenerator(8941)
        let alphabet = Array("abc019-.\"\\:?=;,() *%é\t".utf8)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...24, using: &generator)
            let bytes = (0..<count).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            guard let first = try? StructuredFieldParser.dictionary(String(decoding: bytes, as: UTF8.self)) else { continue }
            #expect(try! StructuredFieldParser.dictionary(first.text) == first)
        }
    }
}
