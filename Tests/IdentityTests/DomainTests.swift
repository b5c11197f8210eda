@testable import Identity
import Contracts
import Language
import Testing
import Values

@Suite struct NationalNumberTests {
    @Test(arguments: ["600000012", "600000020", "000000018", "123456782", "039337423"])
    func acceptsRightNumbers(_ number: String) { #expect(NationalNumber(number)?.digits == number) }

    @Test(arguments: [
        "", "0", "000000000", "600000013", "1234", "6000000120", "60000001a", "６００", "600 000 012 0", String(repeating: "1", count: 5_000),
        "-", "12345678-",
    ])
    func refusesOthers(_ text: String) { #expect(NationalNumber(text) == nil) }

    @Test(arguments: ["60-000001-2", " 600 000 012 ", "٦٠٠٠٠٠٠١٢", "600000012\u{200F}"])
    func readsWhatPeopleType(_ text: String) { #expect(NationalNumber(text)?.digits == "600000012") }

    @Test func addsZerosInFront() { #expect(NationalNumber("18") == nil && NationalNumber("00018")?.digits == "000000018") }

    /// The check digit finds every single wrong digit and all transpositions of neighbours but 0 and 9.
    @Test func findsMistypedDigits() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<500 {
            let eight = (0..<8).map { _ in Int.random(in: 0...9, using: &generator) }
            guard eight.contains(where: { $0 != 0 }) else { continue }
            let digits = eight + [NationalNumber.checkDigit(of: eight)]
            #expect(NationalNumber(digits.map(String.init).joined()) != nil)
            for place in 0..<9 {
                var wrong = digits
                wrong[place] = (wrong[place] + Int.random(in: 1...9, using: &generator)) % 10
                #expect(NationalNumber(wrong.map(String.init).joined()) == nil)
                guard place < 8, digits[place] != digits[place + 1], Set([digits[place], digits[place + 1]]) != [0, 9] else { continue }
                var swapped = digits
                swapped.swapAt(place, place + 1)
                #expect(NationalNumber(swapped.map(String.init).joined()) == nil)
            }
        }
    }
}

/// SplitMix64: the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
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

@Suite struct EvidenceLedgerTests {
    private func row(_ source: String, _ owner: String, _ result: EvidenceRow.Result = .match, _ method: EvidenceRow.Method = .comparison)
        -> EvidenceRow
    {
        EvidenceRow(
            id: UUIDv7.next(), source: source, ownerID: owner, method: method, fields: [], result: result, agreementID: "",
            registrationID: "",
            at: Instant(seconds: 0))
    }

    @Test func levelFollowsFromTheRows() {
        let population = row("population", "population-authority"), addresses = row("addresses", "national-insurance")
        #expect(EvidenceLedger(rows: []).proofLevel() == 0)
        #expect(EvidenceLedger(rows: [population]).proofLevel() == 1)
        #expect(EvidenceLedger(rows: [population, addresses]).proofLevel() == 2)
        #expect(EvidenceLedger(rows: [population, row("borders", "population-authority")]).proofLevel() == 1)
        #expect(EvidenceLedger(rows: [population, row("addresses", "national-insurance", .noMatch)]).proofLevel() == 1)
        #expect(EvidenceLedger(rows: [population, row("addresses", "", .unavailable)]).proofLevel() == 1)
        #expect(EvidenceLedger(rows: [row("population", "population-authority", .match, .inPerson)]).proofLevel() == 3)
        #expect(EvidenceLedger(rows: [population, row("lists", "national-insurance", .match, .lookup)]).proofLevel() == 1, "a look proves nothing")
        #expect(EvidenceLedger(rows: [row("card", "x", .noMatch, .smartCard), population]).proofLevel() == 1)
    }

    @Test func aWithdrawnSourceGradesEverybodyAnew() {
        let ledger = EvidenceLedger(rows: [row("population", "population-authority"), row("addresses", "national-insurance")])
        #expect(ledger.proofLevel(withdrawnSources: ["addresses"]) == 1)
        #expect(ledger.proofLevel(withdrawnSources: ["addresses", "population"]) == 0)
    }
}

@Suite struct BackOffTests {
    private let start = Instant(seconds: 1_000)

    private func failing(_ times: Int, every seconds: Int64 = 1) -> (BackOff, Instant) {
        var (backOff, time) = (BackOff(firstAt: start, lastAt: start), start)
        for _ in 0..<times { time = time.adding(seconds: seconds); backOff = backOff.counting(at: time) }
        return (backOff, time)
    }

    @Test func tenTriesAreFreeThenWaitsDouble() {
        #expect(failing(9).0.secondsToWait(at: failing(9).1) == 0)
        for (times, wait) in [(10, 60), (11, 120), (12, 240), (13, 480), (14, 900), (40, 900), (5_000, 900)] {
            let (backOff, time) = failing(times)
            #expect(backOff.secondsToWait(at: time) == wait)
            #expect(backOff.secondsToWait(at: time.adding(seconds: Int64(wait) - 1)) == 1)
            #expect(backOff.secondsToWait(at: time.adding(seconds: Int64(wait))) == 0)
        }
    }

    @Test func slowFailuresAreForgotten() {
        let (backOff, time) = failing(30, every: 120)
        #expect(backOff.secondsToWait(at: time) == 0)
    }

    @Test func quietForgetsAll() {
        let (backOff, time) = failing(14)
        #expect(backOff.counting(at: time.adding(seconds: 901)).failures == 1)
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:DB8::1", "2001:db8:0:0::/64"),
        ("::1", "0:0:0:0::/64"),
        ("fe80::1%eth0", "fe80:0:0:0::/64"),
    ])
    func ipv6CountsByNetwork(_ address: String, _ network: String) { #expect(RemoteNetwork.of(address) == network) }
}

@Suite struct PasswordRulesTests {
    private let rules = PasswordRules(
        common: CommonPasswords(["jerusalem", "password", "correcthorsebatterystaple", "iloveyouforever"]), breached: nil)

    @Test(arguments: [
        ("short", PasswordRules.Fault.short), ("elevenchars", .short), ("Jerusalem!!1948", .common), ("p@ssw0rd!!!2026", .common),
        ("correcthorsebatterystaple", .common), ("aaaaaaaaaaaaaaa", .common), ("abcabcabcabcabc", .common), ("123456789012345", .common),
        ("נועהברק2004!", .personal), ("600000012abcd", .personal), ("Noa.Barak1234", .personal),
        (String(repeating: "é", count: 600), .long),
    ])
    func refuses(_ password: String, _ fault: PasswordRules.Fault) {
        #expect(rules.fault(in: password, personal: ["600000012", "נועה", "ברק", "2004", "noa.barak"]) == fault)
    }

    @Test(arguments: ["orange tractor sings", "сорок два синих кота", "תפוז מנגן על הגג", "x7#Kq!29vLp0z", "noa barak likes green tea"])
    func accepts(_ password: String) {
        #expect(rules.fault(in: password, personal: ["600000012", "נועה", "noa", "barak"]) == nil)
    }
}

@Suite struct ReadingTests {
    @Test(arguments: [
        ("/services/x", "/services/x"), ("/he/me/cases", "/me/cases"), ("/me?tab=1", "/me?tab=1"), ("/he", "/"), ("/", "/"),
    ])
    func keepsLocalPaths(_ text: String, _ path: String) { #expect(LocalPath.read(text) == path) }

    @Test(arguments: [
        "//evil.example", "/\\evil.example", "https://evil.example", "evil.example", "/he//evil.example", "///", "/a\r\nSet-Cookie:x",
        "/sign-in",
        "/en/sign-out", "/register/code", "/sign-in?next=/", "/..//evil", "/a/../b", "", "javascript:alert(1)",
        "/" + String(repeating: "a", count: 2_000),
    ])
    func refusesOtherTargets(_ text: String) { #expect(LocalPath.read(text) == nil) }

    @Test func readsEMail() {
        #expect(ContactDetails.email("Noa.Barak+x@Example.ORG") == "Noa.Barak+x@example.org")
        for wrong in [
            "", "a", "a@b", "a@b@c.de", "@b.de", "a@.de", "a..b@c.de", "a@b.d\r\n", "a b@c.de", "a@-b.de", "a@1.2",
            String(repeating: "a", count: 65) + "@b.de",
        ] {
            #expect(ContactDetails.email(wrong) == nil, "\(wrong)")
        }
        #expect(ContactDetails.masked("noa@example.org") == "n•••@example.org")
    }

    @Test func readsTelephones() {
        #expect(ContactDetails.phone("050-123 4567") == "0501234567")
        #expect(ContactDetails.phone("+972 50 1234567") == "0501234567")
        #expect(ContactDetails.phone("02-6291234") == "026291234")
        #expect(ContactDetails.phone("+33 1 23 45 67 89") == "+33123456789")
        for wrong in ["", "1", "050", "abc", "+", "+0123456789", "05012345678", "001234567890"] {
            #expect(ContactDetails.phone(wrong) == nil, "\(wrong)")
        }
    }

    @Test func readsCodes() {
        #expect(OneTimeCode.read(" 123 456 ") == "123456")
        for wrong in ["", "12345", "1234567", "12345a", "123456 7"] { #expect(OneTimeCode.read(wrong) == nil) }
    }

    @Test func namesDevices() {
        let chrome = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Mobile Safari/537.36"
        #expect(Device(userAgent: chrome) == Device(browser: "Chrome", system: "Android"))
        #expect(Device(userAgent: nil) == Device(browser: "", system: ""))
    }

    @Test func findsLocalities() {
        let finder = LocalityFinder(TestBodies().localities)
        #expect(
            finder.code("חיפה") == 4000 && finder.code(" haifa ") == 4000 && finder.code("תל אביב־יפו") == 5000
                && finder.code("3000") == 3000)
        #expect(finder.code("Zohar") == nil && finder.code("Zohar (112)") == 112 && finder.code("זוהר") == 111)
        #expect(finder.code("Zohar (999)") == nil && finder.code("") == nil && finder.code("()") == nil)
        #expect(finder.suggestions("tel av", in: .en) == ["Tel Aviv - Yafo"])
        #expect(finder.names[.en]?.contains("Zohar (112)") == true)
    }

    @Test func aRegistrationSurvivesItsJSON() {
        var registration = Registration(id: "r", next: "/x")
        #expect(registration.nextStep == .number && !registration.mayShow(.birth))
        registration.number = .national("600000012")
        (registration.birthDate, registration.cardIssueDate) = (CalendarDate("2004-03-14"), CalendarDate("2020-05-11"))
        #expect(registration.nextStep == .address && registration.mayShow(.number))
        registration.localityCode = 4000
        registration.proof = .init(subjectID: "s", givenName: "נ", familyName: "ב", birthDate: CalendarDate("2004-03-14")!)
        #expect(registration.nextStep == .contact && !registration.mayShow(.number) && !registration.mayShow(.address))
        (registration.email, registration.phone, registration.passwordHash) = ("a@b.de", "050", "h")
        #expect(registration.nextStep == .code && Registration(json: registration.json) == registration)
    }
}
