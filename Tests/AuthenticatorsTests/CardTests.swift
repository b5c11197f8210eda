@testable import Authenticators
import TestAuthenticators
import Testing
import Values

/// Certificates of smart cards, by the authority of `Tests/cards`.
@Suite struct CardTests {
    private static let now = Instant(seconds: 1_795_000_000)

    private func check(_ card: String, revocations: String = "revocations", at time: Instant = now) -> Result<CardCertificate, CardFault> {
        let cards = TestCards.shared
        let authorities = CardAuthorities(
            authoritiesPath: "\(cards.folder)/authorities.pem", revocationsPath: "\(cards.folder)/\(revocations).pem")
        return Result { () throws(CardFault) in try authorities.check(cards.der(card), at: time) }
    }

    @Test(arguments: ["good", "bare"])
    func aCardOfOursNamesItsHolder(card: String) throws {
        #expect(try check(card).get().nationalNumber == "600000012")
        #expect(try check("good").get().serialNumber == "1001")
    }

    @Test func othersAreNot() {
        #expect(check("expired") == .failure(.expired))
        #expect(check("revoked") == .failure(.revoked))
        #expect(check("nobody") == .failure(.noNumber))
        for card in ["stranger", "mail"] {
            guard case .failure(.untrusted) = check(card) else { Issue.record("\(card) is believed"); continue }
        }
        let cards = TestCards.shared
        let authorities = CardAuthorities(authoritiesPath: "\(cards.folder)/authorities.pem", revocationsPath: "\(cards.folder)/revocations.pem")
        for junk in [[], [0x30], Array("-----BEGIN CERTIFICATE-----".utf8), Array(cards.der("good").dropLast())] {
            #expect(Result { () throws(CardFault) in try authorities.check(junk, at: Self.now) } == .failure(.unreadable))
        }
        var altered = cards.der("good")
        altered[altered.count - 4] ^= 1
        guard case .failure(.untrusted) = Result(catching: { () throws(CardFault) in try authorities.check(altered, at: Self.now) }) else {
            Issue.record("an altered signature is believed")
            return
        }
    }

    /// Without a list of revoked cards that is whole and new, none is believed.
    @Test(arguments: ["old-revocations", "strange-revocations", "missing"])
    func noListNoTrust(list: String) {
        guard case .failure(.noRevocationList) = check("good", revocations: list) else { Issue.record("\(list) is enough"); return }
    }

    @Test(arguments: [
        ("PNOIL-600000012", "600000012"), ("600000012", "600000012"), ("PNOFR-600000012", nil), ("PNOIL-60000001", nil), ("", nil), ("PNOIL-60000001٢", nil),
    ])
    func numbersOfHolders(text: String, wanted: String?) { #expect(CardAuthorities.nationalNumber(text) == wanted) }
}
