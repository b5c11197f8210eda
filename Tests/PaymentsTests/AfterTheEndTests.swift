import Contracts
import Database
import Jobs
import Language
@testable import Payments
import TestKit
import Testing
import Values

/// What the acquirer says of payments that were over for us.
@Suite struct AfterTheEndTests {
    /// A notification of the acquirer, taken in.
    private func notify(_ stage: Stage, _ id: String) async throws {
        let payment = try await stage.payment(id)
        try await stage.database.write { try stage.payments.enqueue(PaymentJob.ask, payment, in: $0) }
        try await stage.worker.runUntilIdle()
    }

    /// A try that ended in a state, and the amount it was about.
    private func ended(_ stage: Stage, in state: String) async throws -> String {
        guard state == "error" else {
            let id = try await stage.begun()
            stage.acquirer.set(id, state)
            try await stage.payments.ask(id)
            return id
        }
        let id = try await stage.open()
        stage.acquirer.trouble = .refuses
        await #expect(throws: PaymentsError.self) { _ = try await stage.payments.begin(id, by: stage.actor, language: .he) }
        stage.acquirer.trouble = .none
        stage.acquirer.place(id, "started", Stage.fee)
        return id
    }

    @Test(arguments: TestDatabases.engines, ["declined", "cancelled", "error", "expired"])
    func moneyThatComesAfterTheEndCounts(engine: TestEngine, state: String) async throws {
        try await Stage.with(engine) { stage in
            let id = try await ended(stage, in: state)
            #expect(try await stage.state(id) == state)
            stage.acquirer.set(id, "captured")
            try await notify(stage, id)
            #expect(try await stage.history(id).map(\.to) == ["created", "started", state, "captured"])
            #expect(try await stage.history(id).last?.isLate == true)
            #expect(try await stage.told() == ["payment.failed \(state)", "payment.captured"])
        }
    }

    /// A request was withdrawn: its fee is asked of nobody any more, whether she had begun to pay or not.
    @Test(arguments: TestDatabases.engines, [false, true])
    func anOrderThatIsGivenUpCannotBePaid(engine: TestEngine, isBegun: Bool) async throws {
        try await Stage.with(engine) { stage in
            let id = isBegun ? try await stage.begun() : try await stage.open()
            let reference = try await stage.payment(id).reference
            try await stage.database.write { try stage.payments.giveUp(reference: reference, in: $0) }
            try await stage.worker.runUntilIdle()
            #expect(try await stage.state(id) == "cancelled")
            if isBegun { #expect(stage.acquirer.state(id) == "cancelled") }
            #expect(try await stage.payments.begin(id, by: stage.actor, language: .he) == nil)
            // No further try is offered, nor opened for a page that was still on the screen.
            let browser = Browser(try stage.dispatcher(), session: Stage.person)
            let page = await browser.get("/en/pay/\(id)")
            #expect(page.text.contains("no longer due") && !page.text.contains("/again"))
            #expect(await browser.post("/en/pay/\(id)/again").location == "/en/pay/\(id)")
        }
    }

    @Test(arguments: TestDatabases.engines, ["declined", "cancelled", "error"])
    func ofAnOrderThatIsPaidItGoesBack(engine: TestEngine, state: String) async throws {
        try await Stage.with(engine) { stage in
            let late = try await ended(stage, in: state)
            let second = try await stage.begun()
            stage.acquirer.set(second, "captured")
            try await stage.payments.ask(second)
            stage.acquirer.set(late, "captured")
            try await notify(stage, late)
            #expect(try await stage.state(late) == "refunded" && stage.acquirer.state(late) == "refunded")
            #expect(try await stage.state(second) == "captured")
            #expect(try await stage.told() == ["payment.failed \(state)", "payment.captured", "payment.refunded refunded"])
        }
    }

    @Test(arguments: TestDatabases.engines)
    func moneyGivenBackAtTheAcquirerIsHeardOf(engine: TestEngine) async throws {
        try await Stage.with(engine) { stage in
            let id = try await stage.begun()
            stage.acquirer.set(id, "captured")
            try await notify(stage, id)
            stage.acquirer.set(id, "refunded")
            for _ in 0..<2 { try await notify(stage, id) }
            #expect(try await stage.state(id) == "refunded")
            #expect(try await stage.told() == ["payment.captured", "payment.refunded refunded"])
            // The order can be paid anew.
            #expect(try await stage.open() != id)
        }
    }

    @Test(arguments: TestDatabases.engines)
    func whatWasGivenUpWhileItBeganSendsNobodyToPay(engine: TestEngine) async throws {
        try await Stage.with(engine) { stage in
            let id = try await stage.open()
            stage.acquirer.whileBeginning { _ = try? await stage.payments.withdraw(id, by: stage.actor) }
            #expect(try await stage.payments.begin(id, by: stage.actor, language: .he) == nil)
            #expect(try await stage.state(id) == "cancelled" && stage.acquirer.state(id) == "started")
            stage.acquirer.trouble = .down
            try await stage.worker.runUntilIdle()
            stage.acquirer.trouble = .none
            stage.hand.move(seconds: 60)
            try await stage.worker.runUntilIdle()
            #expect(stage.acquirer.state(id) == "cancelled")
            #expect(try await stage.told() == ["payment.failed cancelled"])
        }
    }

    @Test(arguments: TestDatabases.engines)
    func moneyPaidBesideGivingUpIsNotLost(engine: TestEngine) async throws {
        try await Stage.with(engine) { stage in
            let id = try await stage.open()
            stage.acquirer.whileBeginning { _ = try? await stage.payments.withdraw(id, by: stage.actor) }
            _ = try await stage.payments.begin(id, by: stage.actor, language: .he)
            // Before our question to close it arrives.
            stage.acquirer.set(id, "captured")
            try await stage.worker.runUntilIdle()
            #expect(try await stage.state(id) == "captured")
            #expect(try await stage.told() == ["payment.failed cancelled", "payment.captured"])
        }
    }

    @Test(arguments: TestDatabases.engines)
    func heldMoneyThatComesLateBesideAnotherTryIsTaken(engine: TestEngine) async throws {
        try await Stage.with(engine, capturesSeparately: true) { stage in
            let late = try await ended(stage, in: "expired")
            let second = try await stage.begun()
            stage.acquirer.set(late, "authorised")
            try await notify(stage, late)
            #expect(try await stage.state(late) == "captured")
            #expect(try await stage.state(second) == "cancelled")
            #expect(try await stage.told() == ["payment.failed expired", "payment.captured"])
        }
    }

    @Test(arguments: TestDatabases.engines)
    func aTryFailsOnceHoweverOftenItIsTold(engine: TestEngine) async throws {
        try await Stage.with(engine, capturesSeparately: true) { stage in
            let id = try await ended(stage, in: "expired")
            let held = AcquirerReport(acquirerID: "acq-\(id)", reference: id, amount: Stage.fee, state: "authorised", version: 7)
            let over = AcquirerReport(acquirerID: "acq-\(id)", reference: id, amount: Stage.fee, state: "expired", version: 8)
            for report in [held, over] { _ = try await stage.database.write { try stage.payments.apply(report, to: id, in: $0) } }
            #expect(try await stage.history(id).map(\.to) == ["created", "started", "expired", "authorised", "expired"])
            #expect(try await stage.told() == ["payment.failed expired"])
        }
    }

    @Test func whoHearsThatATryFailedKnowsWhatAndWhy() async throws {
        try await Stage.with { stage in
            let id = try await stage.begun()
            stage.acquirer.set(id, "declined", failure: "lost-card")
            try await stage.payments.ask(id)
            let event = try await stage.database.read { connection in
                try connection.first("SELECT event_key, payload FROM jobs_event WHERE type = 'payment.failed'", []) {
                    (key: try $0.text(0), payload: try $0.json(1))
                }
            }
            let reference = Stage.order().reference
            #expect(event?.key == reference)
            #expect(
                event?.payload == [
                    "payment": .string(id), "reference": .string(reference), "product": "business-licence-fee", "state": "declined",
                    "failure": "lost-card",
                ])
        }
    }

    @Test(arguments: TestDatabases.engines)
    func anOrderThatCannotBeServedIsGivenBack(engine: TestEngine) async throws {
        try await Stage.with(engine) { stage in
            let (failed, reference) = (try await ended(stage, in: "declined"), Stage.order().reference)
            let id = try await stage.begun()
            stage.acquirer.set(id, "captured")
            try await stage.payments.ask(id)
            for _ in 0..<2 { try await stage.database.write { try stage.payments.refund(reference: reference, in: $0) } }
            try await stage.worker.runUntilIdle()
            #expect(try await stage.state(id) == "refunded" && stage.acquirer.state(id) == "refunded")
            #expect(try await stage.state(failed) == "declined")
            #expect(try await stage.told() == ["payment.failed declined", "payment.captured", "payment.refunded refunded"])
        }
    }

    @Test func theCaseIsTheOneTheOrderNames() async throws {
        try await Stage.with { stage in
            let order = Stage.order()
            let elsewhere = PaymentOrder(
                reference: "0199a000-0000-7000-8000-0000000000cc", product: order.product, payerID: order.payerID, bodyID: order.bodyID,
                amount: order.amount, description: order.description, returnPath: "/me", caseID: order.reference)
            let id = try await stage.open(elsewhere)
            #expect(try await stage.payment(id).caseID == order.reference)
            #expect(stage.audit.all.last?.caseID == order.reference)
        }
    }
}
