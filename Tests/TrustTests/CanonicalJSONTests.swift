import Foundation
import Testing
import Trust
import Values

struct CanonicalJSONTests {
    @Test func numbersAreThoseOfTheAppendix() throws {
        let vectors = try Vectors.load("canonical-numbers")
        for pair in vectors["numbers"]?.array ?? [] {
            let bits = try #require(UInt64(pair[0]?.string ?? "", radix: 16))
            let text = try CanonicalJSON.text(of: .double(Double(bitPattern: bits)))
            #expect(text == pair[1]?.string)
        }
        #expect(vectors["numbers"]?.array?.count == 24)
        for refused in vectors["refused"]?.array ?? [] {
            let bits = try #require(UInt64(refused.string ?? "", radix: 16))
            #expect(throws: CanonicalJSONError.notFinite) { try CanonicalJSON.text(of: .double(Double(bitPattern: bits))) }
        }
    }

    @Test func everyNumberReadsBackAsItself() throws {
        var generator = SeededGenerator(8785)
        for _ in 0..<20_000 {
            let value = Double(bitPattern: generator.next())
            guard value.isFinite else { continue }
            let text = try CanonicalJSON.text(of: .double(value))
            #expect(Double(text) == value)
            #expect(text.utf8.count <= 25)
        }
    }

    /// RFC 8785 section 3.2.2.
    @Test func primitiveExample() throws {
        let input = #"""
            {
              "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """#
        let expected = #"""
            {"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}
            """#
        #expect(try CanonicalJSON.text(of: JSON.parse(input)) == expected)
    }

    /// RFC 8785 section 3.2.3: the emoji's surrogates sort before U+FB33 although its scalar is greater.
    @Test func membersSortByCodeUnits() throws {
        let input = #"""
            {"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
             "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"}
            """#
        let text = try CanonicalJSON.text(of: JSON.parse(input))
        let order = ["Carriage Return", "One", "Control", "Latin Small Letter O", "Euro Sign", "Emoji", "Hebrew Letter"]
        let places = try order.map { try #require(text.range(of: $0)?.lowerBound) }
        #expect(places == places.sorted())
    }

    @Test func integersKeepTheirValueOrAreRefused() throws {
        #expect(try CanonicalJSON.text(of: [0, -1, 9_007_199_254_740_992]) == "[0,-1,9007199254740992]")
        #expect(try CanonicalJSON.text(of: .int(1 << 60)) == "1152921504606847000")
        #expect(throws: CanonicalJSONError.inexactInteger(9_007_199_254_740_993)) {
            try CanonicalJSON.text(of: .int(9_007_199_254_740_993))
        }
        #expect(throws: CanonicalJSONError.inexactInteger(.max)) { try CanonicalJSON.text(of: .int(.max)) }
    }

    @Test func depthIsBounded() {
        var value: JSON = 1
        for _ in 0..<CanonicalJSON.depthLimit { value = .array([value]) }
        #expect(throws: CanonicalJSONError.nestedTooDeeply) { try CanonicalJSON.bytes(of: value) }
    }
}
