@testable import Acquirer
import Database
import HTTPTypes
import TestKit
import Testing
import Values

@Suite struct NoticeTests {
    @Test(arguments: TestDatabases.engines)
    func eachCardTellsItsMerchantInItsWay(engine: TestEngine) async throws {
        let expected: [(TestCard.Behaviour, [String])] = [
            (.approved, ["payment.captured"]), (.declined, ["payment.declined"]), (.pending, ["payment.pending"]),
            (.duplicateNotices, Array(repeating: "payment.captured", count: 3)),
            // The newer one goes first.
            (.delayedNotices, ["payment.captured", "payment.pending"]),
        ]
        for (behaviour, types) in expected {
            try await Office.with(engine) { office in
                _ = try await office.paid(behaviour)
                #expect(try await office.notices() == types, "\(behaviour)")
            }
        }
    }

    @Test func aMerchantThatDoesNotHearIsToldAgainEverLessOften() async throws {
        try await Office.with { office in
            _ = try await office.paid(.approved)
            var waits: [Int64] = []
            for _ in 0..<4 {
                try await office.acquirer.tick()
                let next = try await office.acquirer.database.read { connection in
                    try connection.first("SELECT next_at FROM acquirer_notice") { try $0.instant(0) }
                }
                let wait = try #require(next).seconds - office.hand.now.seconds
                waits.append(wait)
                office.hand.move(seconds: wait)
            }
            #expect(waits == [2, 4, 8, 16])
        }
    }

    @Test func theAnswerOfTheBankComesWithItsOwnNotice() async throws {
        try await Office.with { office in
            let (id, _) = try await office.paid(.late)
            #expect(await office.state(id) == "expired")
            office.hand.move(seconds: 60)
            try await office.acquirer.tick()
            #expect(await office.state(id) == "captured")
            #expect(try await office.notices().sorted() == ["payment.captured", "payment.expired"])
        }
    }
}
