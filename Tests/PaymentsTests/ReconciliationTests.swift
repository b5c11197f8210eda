import Contracts
import Database
import Jobs
import Language
@testable import Payments
import TestKit
import Testing
import Values

@Suite struct ReconciliationTests {
    private func line(_ reference: String, _ kind: SettlementLine.Kind = .capture, _ amount: Money = Stage.fee) -> SettlementLine {
        SettlementLine(acquirerID: "acq-\(reference)", reference: reference, kind: kind, amount: amount)
    }

    private func today(_ stage: Stage) -> CalendarDate { IsraelTime.date(stage.hand.now) }

    /// What was written down, as `reference problem`.
    private func differences(_ stage: Stage) async throws -> [String] {
        try await stage.database.read { connection in
            try connection.query("SELECT reference, problem FROM payments_difference ORDER BY day, reference, problem", []) {
                "\(try $0.text(0)) \(try $0.text(1))"
            }
        }
    }

    private func days(_ stage: Stage) async throws -> [String] {
        try await stage.database.read { try $0.query("SELECT day FROM payments_settlement ORDER BY day", []) { try $0.text(0) } }
    }

    private func paid(_ stage: Stage, _ reference: String) async throws -> String {
        let id = try await stage.open(Stage.order(reference))
        _ = try await stage.payments.begin(id, by: stage.actor, language: .he)
        stage.acquirer.set(id, "captured")
        try await stage.payments.ask(id)
        return id
    }

    @Test(arguments: TestDatabases.engines)
    func aFileThatAgreesLeavesNothing(engine: TestEngine) async throws {
        try await Stage.with(engine) { stage in
            let id = try await paid(stage, "0199a000-0000-7000-8000-0000000000a1")
            let day = today(stage)
            stage.acquirer.settle(day, [line(id)])
            try await stage.payments.reconcileDue()
            // The day is not over.
            #expect(try await days(stage) == [])
            stage.hand.move(seconds: 2 * 86_400)
            for _ in 0..<2 { try await stage.payments.reconcileDue() }
            #expect(try await days(stage) == [day.description, day.adding(days: 1).description])
            #expect(try await differences(stage) == [])
        }
    }

    @Test(arguments: TestDatabases.engines)
    func whatDiffersIsWrittenDown(engine: TestEngine) async throws {
        try await Stage.with(engine) { stage in
            let day = today(stage)
            let less = try await paid(stage, "0199a000-0000-7000-8000-0000000000a1")
            let missing = try await paid(stage, "0199a000-0000-7000-8000-0000000000a2")
            let back = try await paid(stage, "0199a000-0000-7000-8000-0000000000a3")
            let begun = try await stage.open(Stage.order("0199a000-0000-7000-8000-0000000000a4"))
            _ = try await stage.payments.begin(begun, by: stage.actor, language: .he)
            stage.acquirer.settle(
                day, [line(less, .capture, Money(minorUnits: 100)), line(back), line(back, .refund), line(begun), line("somebody's")])
            stage.hand.move(seconds: 86_400)
            try await stage.payments.reconcileDue()
            let expected = [
                "\(less) amount", "\(missing) not-settled", "\(back) not-refunded", "\(begun) not-paid", "somebody's unknown",
            ]
            #expect(try await differences(stage) == expected.sorted())
        }
    }

    /// A notification that was lost for good is made up for by the file.
    @Test(arguments: TestDatabases.engines)
    func theAcquirerIsAskedAboutWhatDiffers(engine: TestEngine) async throws {
        try await Stage.with(engine) { stage in
            let day = today(stage)
            let (unheard, back) = (try await stage.begun(), try await paid(stage, "0199a000-0000-7000-8000-0000000000a1"))
            stage.acquirer.set(unheard, "declined")
            try await stage.payments.ask(unheard)
            stage.acquirer.set(unheard, "captured")
            stage.acquirer.set(back, "refunded")
            stage.acquirer.settle(day, [line(unheard), line(back), line(back, .refund)])
            stage.hand.move(seconds: 86_400)
            try await stage.payments.reconcileDue()
            try await stage.worker.runUntilIdle()
            #expect(try await stage.state(unheard) == "captured")
            #expect(try await stage.state(back) == "refunded")
        }
    }

    @Test func aDayWithoutItsFileIsReadLaterAndNoneIsLeftOut() async throws {
        try await Stage.with { stage in
            let id = try await paid(stage, "0199a000-0000-7000-8000-0000000000a1")
            let day = today(stage)
            stage.acquirer.settle(day, [line(id)])
            stage.acquirer.trouble = .down
            stage.hand.move(seconds: 86_400)
            try await stage.payments.reconcileDue()
            #expect(try await days(stage) == [])
            stage.acquirer.trouble = .none
            stage.hand.move(seconds: 2 * 86_400)
            try await stage.payments.reconcileDue()
            #expect(try await days(stage) == (0..<3).map { day.adding(days: $0).description })
            #expect(try await differences(stage) == [])
        }
    }

    @Test func theFileOfTheAcquirerIsReadAsItIsWritten() async throws {
        try await Loopback.with(.sqlite) { chain in
            let id = try await chain.database.write { try chain.payments.open(Stage.order(), in: $0) }
            _ = await chain.person.get("/he/pay/\(id)")
            let away = await chain.person.post("/he/pay/\(id)")
            let checkout = "/" + away.location.split(separator: "/").dropFirst(2).joined(separator: "/")
            _ = await chain.payer.get(checkout)
            let card = [("number", "4580000000000000"), ("expiry", "12/39"), ("code", "123"), ("name", "Dana Levi")]
            _ = await chain.payer.post(checkout, card)
            _ = await chain.person.get("/he/pay/\(id)/return")
            let day = IsraelTime.date(chain.hand.now)
            let payment = try await chain.database.read { try chain.payments.store.find(id, in: $0) }
            #expect(
                try await chain.payments.acquirer.settlement(of: day) == [
                    SettlementLine(acquirerID: try #require(payment?.acquirerID), reference: id, kind: .capture, amount: Stage.fee)
                ])
            chain.hand.move(seconds: 86_400)
            try await chain.payments.reconcileDue()
            let found = try await chain.database.read { connection in
                try connection.first("SELECT line_count, difference_count FROM payments_settlement WHERE day = $1", [.date(day)]) {
                    [try $0.int(0), try $0.int(1)]
                }
            }
            #expect(found == [1, 0])
        }
    }
}
