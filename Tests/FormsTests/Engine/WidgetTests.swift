@testable import Forms
import Contracts
import Language
import Testing
import Values

@Suite struct WidgetTests {
    static let places = PlaceIndex([
        place(4000, "חיפה", "Haifa", 290_000), place(5000, "תל אביב -יפו", "Tel Aviv - Yafo", 470_000), place(7100, "אשקלון", "Ashkelon", 150_000),
        place(6900, "כפר סבא", "Kefar Sava", 100_000), place(1, "כפר קטן", "Kefar Qatan", 100),
    ])

    static func place(_ code: Int, _ hebrew: String, _ english: String, _ population: Int) -> Locality {
        Locality(code: code, name: LocalizedText([.he: hebrew, .en: english]), district: "", population: population)
    }

    static func field(_ widget: String, _ more: [String: JSON] = [:]) throws -> FormField {
        try FormField(DocumentReader(SampleForm.field("/a/b", widget, more)), inGroup: false)
    }

    private func decode(_ widget: String, _ typed: [String: String], _ more: [String: JSON] = [:]) throws -> Decoded {
        try WidgetTests.field(widget, more).decode(Posted(Dictionary(uniqueKeysWithValues: typed.map { ("a.b\($0)", $1) })), places: WidgetTests.places)
    }

    @Test(arguments: [
        ("000000018", "000000018"), ("18", nil), ("00018", "000000018"), ("123456782", "123456782"), ("12345678-2", "123456782"),
        ("123456789", nil), ("000000000", nil), ("1234567820", nil), ("٠٠٠٠٠٠٠١٨", "000000018"), ("12345678a", nil), ("", nil),
    ] as [(String, String?)])
    func nationalNumbers(typed: String, expected: String?) { #expect(NationalNumber.read(typed) == expected) }

    /// Exactly one last digit completes any eight, and changing one digit is always noticed.
    @Test func theCheckDigitFindsEveryWrongDigit() {
        var random = Seeded(7)
        for _ in 0..<500 {
            let head = (0..<8).map { _ in Int.random(in: 0...9, using: &random) }.map(String.init).joined()
            let valid = (0...9).filter { NationalNumber.isValid(head + "\($0)") }
            #expect(valid.count == 1)
            let digits = Array((head + "\(valid[0])").utf8)
            for position in 0..<9 {
                for digit in UInt8(0x30)...0x39 where digit != digits[position] {
                    var changed = digits
                    changed[position] = digit
                    #expect(!NationalNumber.isValid(String(decoding: changed, as: UTF8.self)))
                }
            }
        }
    }

    @Test(arguments: [
        ("050-123-4567", "+972501234567"), ("0501234567", "+972501234567"), ("+972 50 123 4567", "+972501234567"), ("972-50-1234567", "+972501234567"),
        ("+972 (0)50 1234567", "+972501234567"), ("02-629 1234", "+97226291234"), ("0722501234", "+972722501234"), ("00972501234567", "+972501234567"),
        ("050123456", nil), ("1234567", nil), ("+44 20 7946 0958", "+442079460958"), ("+1", nil), ("06-1234567", nil), ("phone", nil),
        ("٠٥٠١٢٣٤٥٦٧", "+972501234567"),
    ] as [(String, String?)])
    func phones(typed: String, expected: String?) { #expect(PhoneNumber.read(typed) == expected) }

    @Test func amounts() throws {
        for (typed, agorot) in [("1234", 123_400), ("1,234.5", 123_450), ("₪ 1,234.56", 123_456), ("0", 0), ("12 345", 1_234_500), ("٣٫٥", 350)] as [(String, Int64)] {
            #expect(try decode("money", ["": typed]) == .value(.int(agorot)), "\(typed)")
        }
        for typed in ["-5", "1.234", "12,34", "abc", "1e5", ".", "9999999999999999", "1,2345"] {
            #expect(try decode("money", ["": typed]) == .fault("money"), "\(typed)")
        }
        #expect(try decode("number", ["": "1,200"]) == .value(1_200))
        #expect(try decode("number", ["": "12.5"]) == .fault("whole-number"))
        #expect(try decode("number", ["": "12.5"], ["decimals": 1]) == .value(12.5))
        #expect(try decode("number", ["": "-3"]) == .value(-3))
    }

    @Test func dates() throws {
        #expect(try decode("date", [".day": "1", ".month": "2", ".year": "2026"]) == .value("2026-02-01"))
        #expect(try decode("date", [".day": "30", ".month": "2", ".year": "2026"]) == .fault("date", part: "day"))
        #expect(try decode("date", [".day": "1", ".month": "13", ".year": "2026"]) == .fault("date", part: "month"))
        #expect(try decode("date", [".day": "1", ".month": "2", ".year": "26"]) == .fault("date-year", part: "year"))
        #expect(try decode("date", [".day": "1", ".year": "2026"]) == .fault("date-part", part: "month"))
        #expect(try decode("date", [".day": "", ".month": "", ".year": ""]) == .absent)
        #expect(try decode("date", [".day": "99999999999999999999", ".month": "1", ".year": "2026"]) == .fault("date", part: "day"))
    }

    @Test func addresses() throws {
        let value: JSON = ["localityCode": 5000, "locality": "תל אביב -יפו", "street": "הרצל", "house": "12"]
        for town in ["תל אביב-יפו", "תל אביב יפו", "tel aviv - yafo", "5000"] {
            #expect(try decode("address", [".locality": town, ".street": " הרצל ", ".house": "12"]) == .value(value), "\(town)")
        }
        #expect(try decode("address", [".locality": "כפר", ".house": "1"]) == .fault("locality-near", part: "locality", arguments: ["near": "כפר סבא Kefar Sava · כפר קטן Kefar Qatan"]))
        #expect(try decode("address", [".locality": "Atlantis", ".house": "1"]) == .fault("locality", part: "locality"))
        #expect(try decode("address", [".locality": "חיפה"]) == .fault("house-missing", part: "house"))
        #expect(try decode("address", [".street": "הרצל"]) == .fault("locality-missing", part: "locality"))
        #expect(try decode("address", [:]) == .absent)
    }

    @Test func accountsPeopleAndBusinesses() throws {
        #expect(try decode("bankAccount", [".bank": "12", ".branch": "7", ".account": "123-456"]) == .value(["bank": 12, "branch": "007", "account": "123456"]))
        #expect(try decode("bankAccount", [".bank": "99", ".branch": "7", ".account": "123456"]) == .fault("bank", part: "bank"))
        #expect(try decode("person", [".givenName": "דנה", ".familyName": "לוי", ".nationalNumber": "18"]) == .fault("national-number", part: "nationalNumber"))
        #expect(
            try decode("person", [".givenName": "דנה", ".familyName": "לוי", ".nationalNumber": "00018"])
                == .value(["givenName": "דנה", "familyName": "לוי", "nationalNumber": "000000018"]))
        #expect(try decode("business", [".number": "123456782", ".name": "Café"]) == .value(["number": "123456782", "name": "Café"]))
        #expect(try decode("email", ["": "a@b.co.il"]) == .value("a@b.co.il"))
        #expect(try decode("email", ["": "a@b"]) == .fault("email"))
    }

    @Test func hostileTextIsTamed() throws {
        #expect(try decode("text", ["": "\u{202E}abc\u{2066} "]) == .value("abc"))
        #expect(try decode("text", ["": String(repeating: "א", count: 10_000)]) == .fault("too-long", arguments: ["limit": "300"]))
        #expect(try decode("text", ["": " \u{A0}\n "]) == .absent)
        #expect(try decode("longText", ["": "a\r\nb"]) == .value("a\nb"))
        #expect(try decode("choice", ["": "tent"], ["options": SampleForm.choices]) == .fault("choice"))
        #expect(try decode("yesNo", ["": "maybe"]) == .fault("choose"))
    }

    @Test func answersInWords() throws {
        let folder = "\(Country.root)/Sources/Components/Forms/Strings"
        let catalogue = try StringCatalogue(modules: [.init(name: "Forms", folder: folder)])
        func text(_ widget: String, _ value: JSON, _ language: Language) throws -> String {
            AnswerText(language: language, catalogue: catalogue, places: WidgetTests.places).text(value, of: try WidgetTests.field(widget))
        }
        #expect(try text("date", "2026-11-22", .he) == "22 בנובמבר 2026 (י״ב בכסלו תשפ״ז)")
        #expect(try text("date", "2026-11-22", .en) == "22 November 2026")
        let address: JSON = ["localityCode": 4000, "locality": "חיפה", "street": "הרצל", "house": "12", "apartment": "3"]
        #expect(try text("address", address, .he) == "הרצל 12, דירה 3, חיפה")
        #expect(try text("address", address, .en) == "הרצל 12, flat 3, Haifa")
        #expect(try text("bankAccount", ["bank": 10, "branch": "800", "account": "12345"], .en) == "Bank Leumi, branch 800, account 12345")
        #expect(try text("locality", 4000, .ru) == "חיפה")
        #expect(try text("phone", "+972501234567", .fr) == "050-123-4567")
    }

    /// What is typed again from an answer is read as the same answer.
    @Test func encodingAndDecodingAgree() throws {
        let samples: [(String, JSON, [String: JSON])] = [
            ("text", "שלום עולם", [:]), ("number", -42, [:]), ("number", 2.5, ["decimals": 2]), ("money", 123_456, [:]), ("money", 5, [:]),
            ("date", "2026-11-23", [:]), ("yesNo", true, [:]), ("yesNo", false, [:]), ("declaration", true, [:]), ("nationalNumber", "000000018", [:]),
            ("phone", "+972501234567", [:]), ("phone", "+442079460958", [:]), ("email", "a@b.co", [:]), ("choice", "own", ["options": SampleForm.choices]),
            ("choices", ["rent", "parents"], ["options": SampleForm.choices]), ("bankAccount", ["bank": 10, "branch": "800", "account": "12345"], [:]),
            ("address", ["localityCode": 4000, "locality": "חיפה", "street": "הרצל", "house": "1א", "apartment": "3"], [:]),
            ("person", ["givenName": "A", "familyName": "B", "nationalNumber": "000000018"], [:]), ("business", ["number": "123456782", "name": "C"], [:]),
        ]
        for (widget, value, more) in samples {
            let field = try WidgetTests.field(widget, more)
            for language in Language.allCases {
                #expect(field.decode(field.encode(value, language: language, places: WidgetTests.places), places: WidgetTests.places) == .value(value), "\(widget)")
            }
        }
    }

    /// No text whatsoever makes a widget crash.
    @Test func anyTextIsAnswered() throws {
        var random = Seeded(11)
        let alphabet: [Character] = Array("0123456789-+.,()/ אבגabc٣₪@\u{202E}\u{0}\n\r😀é")
        let parts = ["", ".day", ".month", ".year", ".locality", ".street", ".house", ".bank", ".branch", ".account", ".number", ".name", ".givenName"]
        for widget in Widget.allCases where widget != .group {
            let options: [String: JSON] = widget == .choice || widget == .choices ? ["options": SampleForm.choices] : [:]
            for _ in 0..<200 {
                let typed = Dictionary(uniqueKeysWithValues: parts.map { part in
                    (part, String((0..<Int.random(in: 0...14, using: &random)).compactMap { _ in alphabet.randomElement(using: &random) }))
                })
                _ = try decode(widget.rawValue, typed, options)
            }
        }
    }
}
