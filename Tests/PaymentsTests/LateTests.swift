import Contracts
import Database
import Jobs
import Language
@testable import Payments
import TestKit
import Testing
import Values

@Suite struct LateTests {
    @Test(arguments: TestDatabases.engines)
    func moneyThatComesAfterTheTimeRanOutCounts(engine: TestEngine) async throws {
        try await Stage.with(engine) { stage in
            let id = try await stage.begun()
            stage.acquirer.set(id, "expired")
            try await stage.payments.ask(id)
            stage.acquirer.set(id, "captured")
            stage.hand.move(seconds: 601)
            try await stage.worker.runClocks()
            let history = try await stage.history(id)
            #expect(history.map(\.to) == ["created", "started", "expired", "captured"])
            #expect(history.map(\.isLate) == [false, false, false, true])
            #expect(try await stage.told() == ["payment.failed expired", "payment.captured"])
        }
    }

    @Test(arguments: TestDatabases.engines)
    func theSecondMoneyForAnOrderGoesBackByItself(engine: TestEngine) async throws {
        try await Stage.with(engine) { stage in
            let late = try await stage.begun()
            stage.acquirer.set(late, "expired")
            try await stage.payments.ask(late)
            let second = try await stage.begun()
            #expect(second != late)
            stage.acquirer.set(second, "captured")
            try await stage.payments.ask(second)
            stage.acquirer.set(late, "captured")
            try await stage.payments.ask(late)
            #expect(try await stage.state(late) == "refunding")
            try await stage.worker.runUntilIdle()
            #expect(try await stage.state(late) == "refunded")
            #expect(try await stage.state(second) == "captured")
            #expect(try await stage.told() == ["payment.failed expired", "payment.captured", "payment.refunded refunded"])
        }
    }

    @Test(arguments: TestDatabases.engines)
    func lateMoneyEndsTheTryThatFollowed(engine: TestEngine) async throws {
        for begins in [false, true] {
            try await Stage.with(engine) { stage in
                let late = try await stage.begun()
                stage.acquirer.set(late, "expired")
                try await stage.payments.ask(late)
                let second = begins ? try await stage.begun() : try await stage.open()
                stage.acquirer.set(late, "captured")
                try await stage.payments.ask(late)
                try await stage.worker.runUntilIdle()
                #expect(try await stage.state(second) == "cancelled")
                #expect(try await stage.open() == late)
                #expect(try await stage.told() == ["payment.failed expired", "payment.captured"])
            }
        }
    }

    @Test func heldMoneyOfAPaidOrderIsLetGo() async throws {
        try await Stage.with(capturesSeparately: true) { stage in
            let late = try await stage.begun()
            stage.acquirer.set(late, "expired")
            try await stage.payments.ask(late)
            let second = try await stage.begun()
            stage.acquirer.set(second, "captured")
            try await stage.payments.ask(second)
            stage.acquirer.set(late, "authorised")
            try await stage.payments.ask(late)
            #expect(try await stage.state(late) == "cancelled")
            #expect(stage.acquirer.log.contains("capture") == false)
        }
    }

    @Test func aRefundWaitsUntilTheAcquirerAnswers() async throws {
        try await refunding { stage, id in
            stage.acquirer.trouble = .down
            try await stage.worker.runUntilIdle()
            #expect(try await stage.state(id) == "refunding")
            stage.acquirer.trouble = .none
            stage.hand.move(seconds: 600)
            try await stage.worker.runUntilIdle()
            #expect(try await stage.state(id) == "refunded")
            #expect(try await stage.told() == ["payment.captured", "payment.refunded refunded"])
        }
    }

    @Test func aRefusedRefundStaysPaidAndAnOperatorSeesIt() async throws {
        try await refunding { stage, id in
            stage.acquirer.refusesRefunds = true
            try await stage.worker.runUntilIdle()
            #expect(try await stage.state(id) == "captured")
            let dead = try await stage.database.read { try JobQueue.dead(limit: 5, in: $0) }
            #expect(dead.map(\.type) == ["payments.refund"])
            #expect(try await stage.told() == ["payment.captured"])
        }
    }

    private func refunding(_ body: @Sendable (Stage, String) async throws -> Void) async throws {
        try await Stage.with { stage in
            let id = try await stage.begun()
            stage.acquirer.set(id, "captured")
            let paid = try await stage.payments.ask(id)
            _ = try await stage.database.write { try stage.payments.startRefund(paid, by: PaymentActor.platform, in: $0) }
            try await body(stage, id)
        }
    }

    @Test(arguments: TestDatabases.engines)
    func givingUpStopsWhatIsNotPaidAndNothingElse(engine: TestEngine) async throws {
        try await Stage.with(engine) { stage in
            let unbegun = try await stage.open()
            try await stage.payments.withdraw(unbegun, by: stage.actor)
            #expect(try await stage.state(unbegun) == "cancelled")
            let begun = try await stage.begun()
            try await stage.payments.withdraw(begun, by: stage.actor)
            #expect(try await stage.state(begun) == "cancelled")
            #expect(stage.acquirer.state(begun) == "cancelled")
            // The card went through while the person pressed the button.
            let paid = try await stage.begun()
            stage.acquirer.set(paid, "captured")
            try await stage.payments.withdraw(paid, by: stage.actor)
            #expect(try await stage.state(paid) == "captured")
            #expect(try await stage.told().last == "payment.captured")
        }
    }
}
