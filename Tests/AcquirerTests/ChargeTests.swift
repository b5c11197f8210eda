@testable import Acquirer
import Language
import Testing
import Values

@Suite struct ChargeTests {
    private let start = Instant(seconds: 1_800_000_000)
    private let delays = Charge.Delays(pendingSeconds: 20, lateSeconds: 60)

    private func charge(manual: Bool = false) -> Charge {
        Charge(
            id: "c", merchantID: "shop", reference: "r", amount: Money(minorUnits: 10_000), description: "", language: .he, returnURL: "",
            isManual: manual, token: "t", createdAt: start, expiresAt: start.adding(seconds: 1_800), changedAt: start,
            dueAt: start.adding(seconds: 1_800))
    }

    private func paid(_ behaviour: TestCard.Behaviour, manual: Bool = false) throws -> Charge {
        var charge = charge(manual: manual)
        _ = try charge.pay(try #require(TestCard.all.first { $0.behaviour == behaviour }), delays: delays, at: start)
        return charge
    }

    @Test func eachCardDoesWhatItSays() throws {
        let now: [TestCard.Behaviour: Charge.State] = [
            .approved: .captured, .challenge: .challenged, .declined: .declined, .insufficientFunds: .declined, .lostCard: .declined,
            .pending: .pending, .pendingDeclined: .pending, .late: .expired, .duplicateNotices: .captured, .delayedNotices: .captured,
        ]
        for behaviour in TestCard.Behaviour.allCases { #expect(try paid(behaviour).state == now[behaviour], "\(behaviour)") }
        #expect(try paid(.insufficientFunds).failure == "insufficient-funds")
        let then: [(TestCard.Behaviour, Int64, Charge.State)] = [
            (.pending, 20, .captured), (.pendingDeclined, 20, .declined), (.late, 60, .captured),
        ]
        for (behaviour, seconds, state) in then {
            var charge = try paid(behaviour)
            let before = charge
            charge.advance(to: start.adding(seconds: seconds - 1))
            #expect(charge == before)
            charge.advance(to: start.adding(seconds: seconds))
            #expect(charge.state == state && charge.version == before.version + 1 && charge.dueAt == nil, "\(behaviour)")
        }
    }

    @Test func theChallengeForgivesTwoWrongCodes() throws {
        var charge = try paid(.challenge)
        for code in ["000000", ""] {
            try charge.answerChallenge(code, at: start)
            #expect(charge.state == .challenged)
        }
        var right = charge
        try right.answerChallenge("123456", at: start)
        #expect(right.state == .captured && right.captured == 10_000)
        try charge.answerChallenge("999999", at: start)
        #expect(charge.state == .declined && charge.failure == "authentication-failed")
        #expect(throws: AcquirerError.notPossible(state: "declined")) { try charge.answerChallenge("123456", at: start) }
    }

    @Test func whatNobodyFinishesExpires() throws {
        for fresh in [charge(), try paid(.challenge)] {
            var charge = fresh
            charge.advance(to: start.adding(seconds: 1_799))
            #expect(charge == fresh)
            charge.advance(to: start.adding(seconds: 1_800))
            #expect(charge.state == .expired && charge.dueAt == nil)
        }
    }

    @Test func moneyIsHeldThenTakenThenGivenBackAndNeverMoreThanThereIs() throws {
        var charge = try paid(.approved, manual: true)
        #expect(charge.state == .authorised && charge.captured == 0)
        #expect(throws: AcquirerError.notAvailable(10_000)) { try charge.capture(10_001, at: start) }
        #expect(throws: AcquirerError.notPossible(state: "authorised")) { try charge.refund(1, at: start) }
        try charge.capture(9_000, at: start)
        #expect(throws: AcquirerError.notPossible(state: "captured")) { try charge.capture(1_000, at: start) }
        #expect(throws: AcquirerError.notPossible(state: "captured")) { try charge.cancel(at: start) }
        try charge.refund(4_000, at: start)
        #expect(charge.state == .partiallyRefunded)
        #expect(throws: AcquirerError.notAvailable(5_000)) { try charge.refund(5_001, at: start) }
        try charge.refund(5_000, at: start)
        #expect(charge.state == .refunded && charge.refunded == charge.captured)
        #expect(throws: AcquirerError.notPossible(state: "refunded")) { try charge.refund(1, at: start) }
    }

    /// Whatever is tried in whatever order, the sums stay within one another and every change raises the version.
    @Test func noSequenceMakesMoney() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            var charge = charge(manual: Bool.random(using: &generator))
            var time = start
            for _ in 0..<12 {
                let before = charge
                time = time.adding(seconds: Int64.random(in: 0...900, using: &generator))
                switch Int.random(in: 0..<6, using: &generator) {
                case 0: _ = try? charge.pay(TestCard.all.randomElement(using: &generator)!, delays: delays, at: time)
                case 1: try? charge.answerChallenge(["123456", "1"].randomElement(using: &generator)!, at: time)
                case 2: try? charge.capture(Int64.random(in: -1...11_000, using: &generator), at: time)
                case 3: try? charge.refund(Int64.random(in: -1...11_000, using: &generator), at: time)
                case 4: try? charge.cancel(at: time)
                default: charge.advance(to: time)
                }
                #expect(0 <= charge.refunded && charge.refunded <= charge.captured && charge.captured <= 10_000)
                if charge.state != before.state { #expect(charge.version > before.version) }
                if [.declined, .cancelled, .refunded].contains(before.state) { #expect(charge.state == before.state) }
            }
        }
    }
}
