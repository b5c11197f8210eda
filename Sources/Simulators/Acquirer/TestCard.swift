/// The only cards this acquirer takes: it is a simulator, and a real card must never be typed into it. Each does one thing a real bank
/// may do. The numbers pass the Luhn check and belong to nobody.
struct TestCard: Sendable, Hashable {
    enum Behaviour: String, Sendable, CaseIterable {
        case approved, declined
        case insufficientFunds = "insufficient-funds"
        case lostCard = "lost-card"
        /// The bank asks the person for a code (EMV 3-D Secure challenge).
        case challenge
        /// The bank takes its time and then agrees.
        case pending
        /// The bank takes its time and then declines.
        case pendingDeclined = "pending-declined"
        /// The bank does not answer in time, the session is closed as expired, and then the bank agrees after all.
        case late
        /// Approved, and each notification is sent three times.
        case duplicateNotices = "duplicate-notices"
        /// Approved, and the notifications come late, the newest first.
        case delayedNotices = "delayed-notices"
    }

    let number: String
    let behaviour: Behaviour

    /// The code of every challenge.
    static let challengeCode = "123456"

    static let all: [TestCard] = [
        TestCard(number: "4580000000000000", behaviour: .approved), TestCard(number: "4580000000000018", behaviour: .challenge),
        TestCard(number: "4580000000000026", behaviour: .declined), TestCard(number: "4580000000000034", behaviour: .insufficientFunds),
        TestCard(number: "4580000000000042", behaviour: .lostCard), TestCard(number: "4580000000000059", behaviour: .pending),
        TestCard(number: "4580000000000067", behaviour: .pendingDeclined), TestCard(number: "4580000000000075", behaviour: .late),
        TestCard(number: "4580000000000083", behaviour: .duplicateNotices),
        TestCard(number: "4580000000000091", behaviour: .delayedNotices),
    ]

    static func find(_ number: String) -> TestCard? { all.first { $0.number == number } }

    /// `4580 0000 0000 0000`
    var grouped: String {
        var text = ""
        for (index, digit) in number.enumerated() {
            if index > 0, index.isMultiple(of: 4) { text += " " }
            text.append(digit)
        }
        return text
    }

    var lastFour: String { String(number.suffix(4)) }
    var brand: String { "Visa" }
}
