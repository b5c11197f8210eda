@testable import Registers
import Testing
import Values

/// Numbers often used as examples in public documentation of the check digit.
@Test(arguments: ["000000018", "123456782", "000000000", "123456789", "12345678", "1234567820", "12345678x"])
func checkDigit(number: String) {
    #expect(NationalNumber.isValid(number) == ["000000018", "123456782"].contains(number))
}

@Test func changingOneDigitIsNoticed() {
    var random = SeededRandom(seed: 7)
    for _ in 0..<500 {
        let number = NationalNumber.person(random.below(6_999_997))
        var digits = Array(number.utf8)
        let place = random.below(9)
        digits[place] = 0x30 + (digits[place] - 0x30 + UInt8(random.between(1, 9))) % 10
        #expect(NationalNumber.isValid(number))
        #expect(!NationalNumber.isValid(String(decoding: digits, as: UTF8.self)))
    }
}

@Test func rangesDoNotMeet() {
    for index in stride(from: 0, to: 6_999_997, by: 70_001) {
        #expect((61...67).contains(Int(NationalNumber.person(index).prefix(2)) ?? 0))
    }
    for index in stride(from: 0, to: 999_983, by: 10_007) { #expect(NationalNumber.business(index).hasPrefix("69")) }
    #expect(Set((0..<100_000).map(NationalNumber.person)).count == 100_000)
    #expect(Set((0..<20_000).map(NationalNumber.business)).count == 20_000)
}

@Test(arguments: [
    (2026, 10, "2026-27", "תשפ״ז"), (2026, 9, "2025-26", "תשפ״ו"), (2014, 11, "2014-15", "תשע״ה"), (1954, 10, "1954-55", "תשט״ו"),
    (1999, 10, "1999-00", "תש״ס"),
])
func academicYears(year: Int, month: Int, name: String, hebrew: String) throws {
    let academic = AcademicYear(on: try #require(CalendarDate(year: year, month: month, day: 1)))
    #expect(academic.name == name)
    #expect(academic.hebrewName == hebrew)
}

@Test func commaSeparatedValues() {
    let text = "\u{FEFF}a,b\r\n\"x, \"\"y\"\"\",2\n\"שורה\nשנייה\",\n"
    #expect(CSV.rows(Array(text.utf8)) == [["a", "b"], ["x, \"y\"", "2"], ["שורה\nשנייה", ""]])
}

@Test(arguments: [
    ("הרצל", "12", true), ("רחוב הרצל", " 12 ", true), ("רח' הרצל", "12", true), ("Herzl", "12", true), ("הרצל", "13", false),
    ("ביאליק", "12", false),
])
func addressesAsPeopleWriteThem(street: String, house: String, agrees: Bool) {
    let held: JSON = [
        "birthDate": "1990-01-01", "address": ["localityCode": 4000, "street": "הרצל", "streetLatin": "Herzl", "house": "12"],
    ]
    #expect(AddressComparison.agrees(["localityCode": "4000", "street": .string(street), "house": .string(house)], with: held) == agrees)
    #expect(!AddressComparison.agrees(["localityCode": "5000", "street": .string(street), "house": .string(house)], with: held))
    #expect(!AddressComparison.agrees(["birthDate": "1990-01-02", "house": .string(house)], with: held))
}
