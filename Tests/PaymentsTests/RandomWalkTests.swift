import Contracts
import Database
import Jobs
import Language
@testable import Payments
import TestKit
import Testing
import Values
import Web

/// Numbers that are the same for the same seed (splitmix64).
struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite struct RandomWalkTests {
    private static let atTheAcquirer = ["pending", "authorised", "captured", "declined", "cancelled", "expired"]

    /// Whatever the acquirer says, in whatever order, however often it is silent: only edges of the graph are walked, and an order is
    /// told as paid once at most.
    @Test(arguments: TestDatabases.engines)
    func noIllegalMoveAndNeverPaidTwice(engine: TestEngine) async throws {
        for seed in 0..<(engine == .sqlite ? 60 : 12) {
            try await Stage.with(engine) { stage in
                var dice = Dice(state: UInt64(seed))
                var reports: [AcquirerReport] = []
                for _ in 0..<40 { try await step(stage, &dice, &reports) }
                stage.acquirer.trouble = .none
                for _ in 0..<3 {
                    stage.hand.move(seconds: 700)
                    try await stage.worker.runClocks()
                    try await stage.worker.runUntilIdle()
                }
                try await check(stage, seed)
            }
        }
    }

    private func step(_ stage: Stage, _ dice: inout Dice, _ reports: inout [AcquirerReport]) async throws {
        let id = try await stage.open()
        let all = try await stage.database.read { try stage.payments.statuses(reference: Stage.order().reference, in: $0) }
        let some = all.randomElement(using: &dice)?.id ?? id
        stage.hand.move(seconds: Int64.random(in: 0...60, using: &dice))
        switch Int.random(in: 0..<9, using: &dice) {
        case 0, 1: _ = try? await stage.payments.begin(id, by: stage.actor, language: .he)
        case 2, 3: stage.acquirer.set(some, Self.atTheAcquirer.randomElement(using: &dice) ?? "pending")
        case 4: _ = try? await stage.payments.ask(some)
        case 5:
            if let report = stage.acquirer.report(some) { reports.append(report) }
            guard let report = reports.randomElement(using: &dice) else { return }
            _ = try await stage.database.write { try stage.payments.apply(report, to: report.reference, in: $0) }
        case 6: _ = try? await stage.payments.withdraw(some, by: stage.actor)
        case 7: stage.acquirer.trouble = [.none, .none, .down, .losesAnswers].randomElement(using: &dice) ?? .none
        default:
            try await stage.worker.runClocks()
            try await stage.worker.runUntilIdle()
        }
    }

    private func check(_ stage: Stage, _ seed: Int) async throws {
        let statuses = try await stage.database.read { try stage.payments.statuses(reference: Stage.order().reference, in: $0) }
        for status in statuses {
            for event in try await stage.history(status.id) {
                guard let from = event.from else { continue }
                #expect(stage.payments.graph.edge(from, event.to) != nil, "seed \(seed): \(from) to \(event.to)")
            }
        }
        let told = try await stage.told().filter { $0 == "payment.captured" }.count
        #expect(statuses.filter(\.isPaid).count == told, "seed \(seed)")
        #expect(told <= 1, "seed \(seed)")
        #expect(statuses.filter { stage.payments.graph.isOpen($0.state) }.count <= 1, "seed \(seed)")
    }
}
