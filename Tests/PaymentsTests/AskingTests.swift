import Contracts
import Database
import Jobs
import Language
@testable import Payments
import TestKit
import Testing
import Values
import Web

@Suite struct AskingTests {
    @Test(arguments: TestDatabases.engines)
    func confirmedManyTimesIsOneEvent(engine: TestEngine) async throws {
        try await Stage.with(engine) { stage in
            let id = try await stage.begun()
            stage.acquirer.set(id, "captured")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { _ = try await stage.payments.ask(id) } }
                try await group.waitForAll()
            }
            #expect(try await stage.told() == ["payment.captured"])
            #expect(try await stage.history(id).map(\.to) == ["created", "started", "captured"])
            let payment = try await stage.payment(id)
            #expect(payment.cardLastFour == "0018" && payment.paidAt?.seconds == stage.hand.now.seconds && payment.askAt == nil)
        }
    }

    @Test(arguments: TestDatabases.engines)
    func anOlderAnswerThatArrivesLaterIsPassedOver(engine: TestEngine) async throws {
        try await Stage.with(engine) { stage in
            let id = try await stage.begun()
            stage.acquirer.set(id, "pending")
            let older = try #require(stage.acquirer.report(id))
            stage.acquirer.set(id, "captured")
            let newer = try #require(stage.acquirer.report(id))
            for report in [newer, older, newer] { _ = try await stage.database.write { try stage.payments.apply(report, to: id, in: $0) } }
            #expect(try await stage.state(id) == "captured")
            #expect(try await stage.told() == ["payment.captured"])
        }
    }

    @Test func anAnswerAboutAnotherAmountOrOrderIsNotBelieved() async throws {
        try await Stage.with { stage in
            let id = try await stage.begun()
            for (reference, amount) in [(id, Money(minorUnits: 1)), ("somebody-else", Stage.fee)] {
                let report = AcquirerReport(acquirerID: "acq-\(id)", reference: reference, amount: amount, state: "captured", version: 9)
                await #expect(throws: PaymentsError.foreignReport) {
                    _ = try await stage.database.write { try stage.payments.apply(report, to: id, in: $0) }
                }
            }
            #expect(try await stage.state(id) == "started")
            #expect(try await stage.told() == [])
        }
    }

    @Test(arguments: TestDatabases.engines)
    func afterATimeOutTheAcquirerIsAskedAndNothingIsGuessed(engine: TestEngine) async throws {
        try await Stage.with(engine) { stage in
            let id = try await stage.open()
            // The acquirer opened the payment, and its answer was lost.
            stage.acquirer.trouble = .losesAnswers
            await #expect(throws: PaymentsError.acquirerUnavailable) {
                _ = try await stage.payments.begin(id, by: stage.actor, language: .he)
            }
            #expect(try await stage.state(id) == "started")
            // Pressing again leads to the same payment at the acquirer.
            stage.acquirer.trouble = .none
            #expect(try await stage.payments.begin(id, by: stage.actor, language: .he) == "http://acquirer.test/he/checkout/\(id)")
            stage.acquirer.set(id, "captured")
            stage.acquirer.trouble = .down
            stage.hand.move(seconds: 6)
            try await stage.worker.runClocks()
            #expect(try await stage.state(id) == "started")
            stage.acquirer.trouble = .none
            stage.hand.move(seconds: 6)
            try await stage.worker.runClocks()
            #expect(try await stage.state(id) == "captured")
            #expect(try await stage.told() == ["payment.captured"])
        }
    }

    @Test func whatTheAcquirerNeverHeardOfExpiresAfterAnHourAndNotBefore() async throws {
        try await Stage.with { stage in
            let id = try await stage.open()
            stage.acquirer.trouble = .down
            await #expect(throws: PaymentsError.acquirerUnavailable) {
                _ = try await stage.payments.begin(id, by: stage.actor, language: .he)
            }
            stage.hand.move(seconds: 7_200)
            try await stage.worker.runClocks()
            // Two hours without an answer are not an answer.
            #expect(try await stage.state(id) == "started")
            stage.acquirer.trouble = .none
            stage.hand.move(seconds: 3_600)
            try await stage.worker.runClocks()
            #expect(try await stage.state(id) == "expired")
            #expect(try await stage.told() == ["payment.failed expired"])
        }
        try await Stage.with { stage in
            let id = try await stage.open()
            stage.acquirer.trouble = .down
            _ = try? await stage.payments.begin(id, by: stage.actor, language: .he)
            stage.acquirer.trouble = .none
            stage.hand.move(seconds: 600)
            try await stage.worker.runClocks()
            #expect(try await stage.state(id) == "started")
        }
    }

    @Test func aRefusalEndsTheTryAndLeavesTheOrderPayable() async throws {
        try await Stage.with { stage in
            let id = try await stage.open()
            stage.acquirer.trouble = .refuses
            await #expect(throws: PaymentsError.acquirerRefused(code: "no")) {
                _ = try await stage.payments.begin(id, by: stage.actor, language: .he)
            }
            #expect(try await stage.state(id) == "error")
            #expect(try await stage.told() == ["payment.failed error"])
            #expect(try await stage.open() != id)
        }
    }

    @Test(arguments: TestDatabases.engines)
    func heldMoneyIsTakenInAStepOfItsOwn(engine: TestEngine) async throws {
        try await Stage.with(engine, capturesSeparately: true) { stage in
            let id = try await stage.begun()
            stage.acquirer.set(id, "authorised")
            stage.hand.move(seconds: 6)
            try await stage.worker.runClocks()
            #expect(try await stage.history(id).map(\.to) == ["created", "started", "authorised", "captured"])
            #expect(stage.acquirer.log.suffix(2) == ["report", "capture"])
            #expect(try await stage.told() == ["payment.captured"])
        }
    }
}
