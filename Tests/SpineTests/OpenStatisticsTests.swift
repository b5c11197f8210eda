import Contracts
import Database
import HTTPTypes
@testable import Spine
import TestKit
import Testing
import Values
import Web

/// `/agreements/statistics`, which everybody may read.
@Suite struct OpenStatisticsTests {
    private func statistics(_ chain: Chain) async throws -> JSON {
        let reply = await (try Loopback.dispatcher(chain.spine.routes, chain.clock)).answer(Incoming(.get, "/agreements/statistics"))
        #expect(reply.status == 200)
        return try JSON.parse(reply.body)
    }

    /// What the two bodies see of their own agreement, at once and day by day.
    @Test(arguments: TestDatabases.engines)
    func theBodiesSeeWhatWentThrough(engine: TestEngine) async throws {
        try await Chain.with(engine) { chain in
            let first = chain.clock.source.now()
            let agreement = "municipal-discount-person.municipality-haifa"
            _ = try await chain.consumer.ask(chain.question())
            chain.clock.advance(seconds: 86_400)
            _ = try await chain.consumer.ask(chain.question())
            _ = try await chain.consumer.ask(chain.question(number: "600000020"))
            let end = chain.clock.source.now().adding(seconds: 1)
            func use(from: Instant) async throws -> [AgreementUse] {
                try await chain.database.read { try chain.spine.use(of: agreement, from: from, before: end, in: $0) }
            }
            let days = try await use(from: first)
            let today = CalendarDate(daysSince1970: first.seconds / 86_400 + 1)
            #expect(days.map(\.day) == [today, CalendarDate(daysSince1970: first.seconds / 86_400)])
            #expect(days.map(\.answered) == [2, 1] && days.allSatisfy { $0.refused == 0 && $0.failed == 0 && $0.dropped > 0 && $0.microseconds != nil })
            try await #expect(use(from: first.adding(seconds: 1)).map(\.day) == [today])
            let other = try await chain.database.read { try chain.spine.use(of: "another", from: first, before: end, in: $0) }
            #expect(other == [])
        }
    }

    @Test(arguments: TestDatabases.engines)
    func aDayIsToldTenDaysLaterAndNotBefore(engine: TestEngine) async throws {
        try await Chain.with(engine) { chain in
            let asked = CalendarDate(daysSince1970: chain.clock.source.now().seconds / 86_400)
            _ = try await chain.consumer.ask(chain.question())
            _ = try await chain.consumer.ask(chain.question())
            try await #expect(statistics(chain)["days"] == [])
            chain.clock.advance(seconds: 9 * 86_400)
            try await #expect(statistics(chain)["days"] == [])
            chain.clock.advance(seconds: 86_400)
            let told = try await statistics(chain)
            let rows = try await chain.rows().filter { $0.face == "provider" }
            #expect(told["until"] == .string(asked.description) && told["delayDays"] == 10 && rows.count == 2)
            let agreement = try await chain.agreementOfProvider()
            #expect(
                told["days"] == [
                    [
                        "day": .string(asked.description), "agreement": .string(agreement), "answered": 2, "refused": 0, "failed": 0,
                        "dropped": .int(rows.map(\.dropped).reduce(0, +)),
                    ]
                ])
        }
    }

    /// The same by the two bodies, for the meters.
    @Test(arguments: TestDatabases.engines)
    func figuresByBodies(engine: TestEngine) async throws {
        try await Chain.with(engine) { chain in
            let start = chain.clock.now
            _ = try await chain.consumer.ask(chain.question())
            _ = try await chain.consumer.ask(chain.question(number: "600000020"))
            chain.register.behave(.down)
            await #expect(throws: ExchangeError.self) { try await chain.consumer.ask(chain.question()) }
            let figures = try await chain.database.read { try chain.spine.exchanges(from: start, before: start.adding(days: 1), in: $0) }
            #expect(figures == [.init(consumerID: "municipality-haifa", providerID: "population-authority", answered: 2, refused: 0, failed: 1)])
            try await #expect(chain.database.read { try chain.spine.exchanges(from: start.adding(days: 1), before: start.adding(days: 2), in: $0) }.isEmpty)
        }
    }

    /// A month at a time, and what was refused under a name nobody signed is nobody's statistic.
    @Test(arguments: TestDatabases.engines)
    func itEndsAfterAMonthAndCountsWhatFailed(engine: TestEngine) async throws {
        try await Chain.with(engine) { chain in
            let now = chain.clock.source.now()
            func record(daysAgo: Int64, _ outcome: String, agreement: String = "identity-population") -> MessageRecord {
                let at = now.adding(seconds: -daysAgo * 86_400)
                return MessageRecord(
                    bodyID: "population-authority", id: UUIDv7.next(at: at), face: .provider, otherID: "digital-authority",
                    operation: "population.person", agreementID: agreement, agreementVersion: 1, purpose: "identity-proofing",
                    basis: .law("x"), actor: "system", caseID: nil, subjectID: nil, requestHash: "00", requestBytes: 1, dropped: 3,
                    decision: "permit", outcome: outcome, at: at)
            }
            let records = [
                record(daysAgo: 10, "answered"), record(daysAgo: 10, "unknown"), record(daysAgo: 10, "refused"),
                record(daysAgo: 10, "unavailable"), record(daysAgo: 10, "refused", agreement: "made-up"), record(daysAgo: 40, "answered"),
                record(daysAgo: 41, "answered"),
            ]
            let store = SpineStore()
            try await chain.database.write { connection in for record in records { try store.insert(record, in: connection) } }
            let days = try #require(try await statistics(chain)["days"]?.array)
            #expect(days.map { $0["answered"] } == [1, 2] && days.allSatisfy { $0["agreement"] == "identity-population" })
            #expect(days.last?["refused"] == 1 && days.last?["failed"] == 1 && days.last?["dropped"] == 12)
        }
    }
}

extension Chain {
    fileprivate func agreementOfProvider() async throws -> String {
        let id = try await database.read { connection in
            try connection.first("SELECT agreement_id FROM spine_message WHERE face = 'provider' ORDER BY id LIMIT 1", []) { try $0.text(0) }
        }
        return try #require(id)
    }
}
