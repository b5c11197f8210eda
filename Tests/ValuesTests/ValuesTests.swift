import Testing
@testable import Values

@Suite struct JSONTests {
    @Test func parsesAndWritesBack() throws {
        let text = #"{"a":[1,2.5,"שלום\n",null,true],"b":{"c":-7}}"#
        #expect(try JSON.parse(text).text == text)
    }

    @Test(arguments: [
        "", "{", "[1,]", #"{"a":1,"a":2}"#, "01", "1.", "nul", "\"\u{01}\"", #""\ud800""#, "[1] x", #"{"a" 1}"#, "1e999", "\"\\x\"",
    ])
    func refuses(_ text: String) {
        #expect(throws: JSONSyntaxError.self) { try JSON.parse(text) }
    }

    @Test func refusesBrokenUTF8AndDepth() {
        #expect(throws: JSONSyntaxError.self) { try JSON.parse([0x22, 0xC3, 0x28, 0x22]) }
        #expect(throws: JSONSyntaxError.self) { try JSON.parse(String(repeating: "[", count: 70) + String(repeating: "]", count: 70)) }
    }

    @Test func readsSurrogatePairs() throws {
        #expect(try JSON.parse(#""\ud83d\ude00""#).string == "😀")
    }

    @Test func pointersReadAndSet() throws {
        var value: JSON = ["a": ["b": [1, 2]], "x/y": ["~": "z"]]
        #expect(value.value(at: try #require(JSONPointer("/a/b/1"))) == 2)
        #expect(value.value(at: try #require(JSONPointer("/x~1y/~0"))) == "z")
        #expect(value.value(at: try #require(JSONPointer("/a/b/01"))) == nil)
        value.set(3, at: try #require(JSONPointer("/a/b/-")))
        value.set("new", at: try #require(JSONPointer("/c/d")))
        #expect(value["a"]?["b"] == [1, 2, 3])
        #expect(value["c"]?["d"] == "new")
        value.set(nil, at: try #require(JSONPointer("/a/b/0")))
        #expect(value["a"]?["b"] == [2, 3])
        #expect(JSONPointer("a") == nil)
        #expect(JSONPointer("/x~1y/~0")?.description == "/x~1y/~0")
    }
}

@Suite struct EncodingTests {
    /// RFC 4648 section 10.
    @Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy")])
    func base64(_ plain: String, _ encoded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
        #expect(Base64.decodeURL(Base64.encodeURL(Array(plain.utf8))) == Array(plain.utf8))
    }

    @Test func strictDecoding() {
        #expect(Base64.decode("Zm8") == nil)
        #expect(Base64.decode("Zm9=") == nil)
        #expect(Base64.decodeURL("Zm8=") == nil)
        #expect(Base64.decodeURL("a+b/") == nil)
        #expect(Hex.decode("0g") == nil)
        #expect(Hex.decode("abc") == nil)
    }
}

@Suite struct TimeTests {
    @Test func datesRoundTripOverFourCenturies() {
        for day in stride(from: Int64(-80_000), through: 80_000, by: 37) {
            let date = CalendarDate(daysSince1970: day)
            #expect(date.daysSince1970 == day)
            #expect(CalendarDate(date.description) == date)
        }
    }

    @Test func refusesDaysThatDoNotExist() {
        for text in ["2025-02-29", "2026-13-01", "2026-00-10", "2026-1-01", "26-01-01", "2026-01-32", "٢٠٢٦-01-01"] { #expect(CalendarDate(text) == nil) }
        #expect(CalendarDate("2024-02-29") != nil)
    }

    @Test func knowsWeekdaysAndAges() throws {
        #expect(try #require(CalendarDate("2026-11-23")).weekday == 1)
        let born = try #require(CalendarDate("2000-02-29"))
        #expect(born.age(on: try #require(CalendarDate("2018-02-28"))) == 17)
        #expect(born.age(on: try #require(CalendarDate("2018-03-01"))) == 18)
    }

    @Test func instantsPrintAsRFC3339() {
        #expect(Instant(seconds: 0).description == "1970-01-01T00:00:00Z")
        #expect(Instant(microseconds: -1).description == "1969-12-31T23:59:59Z")
        #expect(Instant(seconds: 1_795_446_837).description == "2026-11-23T15:13:57Z")
        #expect(Instant(microseconds: .min).seconds < 0)
    }

    @Test func idsNeverGoBackwards() {
        let ids = (0..<5_000).map { _ in UUIDv7.next() }
        #expect(ids == ids.sorted())
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy(UUIDv7.isWellFormed))
        #expect(!UUIDv7.isWellFormed("0190-not-an-id"))
    }
}
