/// Numbers of people and of businesses: eight digits and a check digit (the same weights of 1 and 2 as ISO/IEC 7812 has).
///
/// Everybody made up here has a number that begins with 6. To our knowledge no series for residents begins so (theirs begin with 0, 2
/// and 3; 4, 8 and 9 belong to the Palestinian register, 5 to companies and associations, 7 to foreigners' files), so that a number of
/// this demo country meets no living person. Within it: `600…` the personas, `61…` to `67…` everybody else, `68…` the businesses of
/// personas, `69…` all other businesses. Software that sorts businesses by the leading 5 must not be tested with these.
enum NationalNumber {
    static func checkDigit(of eight: Int) -> Int {
        var (rest, sum, weight) = (eight, 0, 2)
        while rest > 0 {
            let product = rest % 10 * weight
            sum += product > 9 ? product - 9 : product
            weight = 3 - weight
            rest /= 10
        }
        return (10 - sum % 10) % 10
    }

    static func complete(_ eight: Int) -> String {
        let digits = String(eight * 10 + checkDigit(of: eight))
        return String(repeating: "0", count: max(0, 9 - digits.utf8.count)) + digits
    }

    static func isValid(_ text: String) -> Bool {
        guard text.utf8.count == 9, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text), number > 0 else {
            return false
        }
        return checkDigit(of: number / 10) == number % 10
    }

    /// Different for each index below 6,999,997, and in no visible order: an affine map modulo a prime.
    static func person(_ index: Int) -> String { complete(61_000_000 + (index * 4_325_761 + 1_234_567) % 6_999_997) }
    /// Different for each index below 999,983.
    static func business(_ index: Int) -> String { complete(69_000_000 + (index * 611_953 + 98_765) % 999_983) }
}
