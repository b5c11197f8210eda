@testable import Acquirer
import Testing
import Values
import Web

@Suite struct CardTests {
    private let today = CalendarDate(year: 2026, month: 11, day: 23)!

    @Test func theCheckDigitFindsEveryWrongDigitAndMostSwaps() {
        for card in TestCard.all {
            #expect(CardEntry.passesLuhn(card.number))
            let digits = Array(card.number)
            for place in digits.indices {
                for digit in "0123456789" where digit != digits[place] {
                    var wrong = digits
                    wrong[place] = digit
                    #expect(!CardEntry.passesLuhn(String(wrong)))
                }
            }
        }
        // ISO/IEC 7812-1, annex B, and the number that every textbook uses.
        #expect(CardEntry.passesLuhn("79927398713"))
        #expect(!CardEntry.passesLuhn("79927398710"))
        #expect(!CardEntry.passesLuhn(""))
        #expect(!CardEntry.passesLuhn("4580x"))
    }

    @Test func everyBehaviourHasOneCard() {
        #expect(Set(TestCard.all.map(\.behaviour)) == Set(TestCard.Behaviour.allCases))
        #expect(Set(TestCard.all.map(\.number)).count == TestCard.all.count)
    }

    @Test func readsWhatPeopleType() {
        for number in ["4580000000000000", "4580 0000 0000 0000", "4580-0000-0000-0000", " 4580 0000 00000000 "] {
            for expiry in ["11/26", "1126", "11 / 26", "11/2026", "01/30"] {
                let read = CardEntry.read(Fields([("number", number), ("expiry", expiry), ("code", "123"), ("name", "דנה לוי")]), on: today)
                #expect(read.entry?.card.behaviour == .approved && read.faults == [], "\(number) \(expiry)")
            }
        }
    }

    @Test func saysEverythingThatIsWrong() {
        func faults(_ number: String, _ expiry: String = "12/30", _ code: String = "123", _ name: String = "Dana") -> [CardEntry.Fault] {
            CardEntry.read(Fields([("number", number), ("expiry", expiry), ("code", code), ("name", name)]), on: today).faults
        }
        let good = "4580000000000000"
        #expect(CardEntry.read(Fields(), on: today).faults == [.numberMissing, .expiryWrong, .codeWrong, .nameMissing])
        #expect(faults("4580000000000001") == [.numberWrong])
        #expect(faults("1234") == [.numberWrong])
        #expect(faults(String(repeating: "0", count: 10_000)) == [.numberWrong])
        #expect(faults("٤٥٨٠٠٠٠٠٠٠٠٠٠٠٠٠") == [.numberWrong])
        // A number that could be somebody's.
        #expect(faults("4111111111111111") == [.notATestCard])
        for expiry in ["10/26", "12/2025"] { #expect(faults(good, expiry) == [.expiryPast], "\(expiry)") }
        for expiry in ["13/30", "00/30", "1/2", "12/1999", "12/30000", "aa/bb", String(repeating: "1", count: 999)] {
            #expect(faults(good, expiry) == [.expiryWrong], "\(expiry)")
        }
        for code in ["", "12", "1234", "abc", "١٢٣"] { #expect(faults(good, "12/30", code) == [.codeWrong], "\(code)") }
        for name in ["", "   ", String(repeating: "x", count: 10_000)] { #expect(faults(good, "12/30", "123", name) == [.nameMissing]) }
    }
}
