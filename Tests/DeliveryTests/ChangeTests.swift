@testable import Delivery
import Contracts
import Database
import Jobs
import Language
import Synchronization
import TestKit
import Testing
import Values
import Web

/// What registers tell after a request was approved.
@Suite struct ChangeTests {
    private static let feed = EventFeed(consumerID: "municipality-haifa", operation: "population.addressChanged", purpose: "municipal-tax-discount")

    private static func event(_ number: Int64, of caseID: String, locality: String = "נשר") -> RegisterEvent {
        RegisterEvent(
            id: "change-\(number)", source: "/population", operation: feed.operation, number: number, nationalNumber: "600000012", subjectID: nil,
            caseID: caseID, time: nil, value: ["address": ["locality": .string(locality), "localityCode": 2500, "since": "2026-11-27"]])
    }

    /// A student's request with a decision, and its history.
    private static func decided(_ country: Country, _ result: Case.Result, number: String? = "600000012") async throws -> Case {
        country.near.numbers.withLock { $0[Cast.dana.id] = number }
        let id = try await country.send()
        let officer = Cast.officer(9, "municipality-haifa")
        let item = try await country.find(id)
        try await country.database.write { connection in
            try country.delivery.decide(item, result, reason: result == .refused ? "אין זכאות" : "", by: officer, in: connection)
        }
        try await country.worker.runUntilIdle()
        return try await country.find(id)
    }

    @Test(arguments: TestDatabases.engines)
    func anApprovedRequestIsFollowedUntilTheEndOfTheYear(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let item = try await Self.decided(country, .approved)
            let asked = try #require(country.near.asked.withLock { $0 }.first)
            let year = IsraelTime.date(country.time.source.now()).year
            #expect(asked.operation == Self.feed.operation && asked.consumerID == item.bodyID && asked.caseID == item.id)
            #expect(asked.parameters == ["nationalNumber": "600000012", "until": "\(year)-12-31"])
            #expect(asked.subjectID == Cast.dana.id && asked.basis == .law("arnona-regulations-1993"))
            let row = try #require(try await country.rows(item).first { $0.kind == .followed })
            #expect(row.toldPerson && row.note == "\(year)-12-31")
        }
    }

    @Test func aRefusedRequestIsNotFollowedNorABusiness() async throws {
        try await Country.with(.sqlite) { country in
            _ = try await Self.decided(country, .refused)
            _ = try await Self.decided(country, .approved, number: nil)
            let asked = country.near.asked.withLock { $0.count }
            #expect(asked == 0)
        }
    }

    @Test(arguments: TestDatabases.engines)
    func whatARegisterTellsStandsOnTheCaseOnce(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let item = try await Self.decided(country, .approved)
            country.near.told.withLock { $0 = [Self.event(1, of: item.id), Self.event(2, of: "no-case"), Self.event(3, of: item.id, locality: "יקנעם")] }
            for _ in 0..<3 { try await country.delivery.lookForChanges() }
            let changes = try await country.rows(item).filter { $0.kind == .changed }
            #expect(changes.map(\.note) == ["נשר · 2026-11-27", "יקנעם · 2026-11-27"])
            let feeds = try await country.database.read { try country.delivery.store.feeds(in: $0) }
            #expect(feeds.map(\.after) == [3] && feeds.map(\.feed) == [Self.feed])
        }
    }

    @Test(arguments: TestDatabases.engines)
    func twoWorkersWriteAChangeOnce(engine: TestEngine) async throws {
        try await Country.with(engine) { country in
            let item = try await Self.decided(country, .approved)
            country.near.told.withLock { $0 = (1...20).map { Self.event($0, of: item.id) } }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { try await country.delivery.lookForChanges() } }
                try await group.waitForAll()
            }
            try await country.delivery.lookForChanges()
            try await #expect(country.rows(item).count { $0.kind == .changed } == 20)
        }
    }

    /// One body's agreement is no other's: feeds behind it in the list are read all the same.
    @Test func aSuspendedAgreementKeepsNoOtherFromBeingTold() async throws {
        try await Country.with(.sqlite) { country in
            let item = try await Self.decided(country, .approved)
            let other = EventFeed(consumerID: "municipality-acre", operation: Self.feed.operation, purpose: Self.feed.purpose)
            try await country.database.write { try country.delivery.store.open(other, in: $0) }
            country.near.told.withLock { $0 = [Self.event(1, of: item.id)] }
            country.near.suspended.withLock { $0 = other.consumerID }
            await #expect(throws: ExchangeError.notCovered("suspended")) { try await country.delivery.lookForChanges() }
            try await #expect(country.rows(item).contains { $0.kind == .changed })
        }
    }

    /// Nothing is gone past while the gateway is away, and the decision stands all the same.
    @Test func aGatewayThatIsAwayIsAskedAgain() async throws {
        try await Country.with(.sqlite) { country in
            country.near.refusal.withLock { $0 = .unavailable("the gateway") }
            let item = try await Self.decided(country, .approved)
            #expect(item.result == .approved)
            try await #expect(!country.rows(item).contains { $0.kind == .followed })
            country.near.refusal.withLock { $0 = nil }
            country.time.advance(seconds: 3_600)
            try await country.worker.runUntilIdle()
            try await #expect(country.rows(item).contains { $0.kind == .followed })
            country.near.told.withLock { $0 = [Self.event(1, of: item.id)] }
            country.near.refusal.withLock { $0 = .unavailable("the gateway") }
            await #expect(throws: ExchangeError.unavailable("the gateway")) { try await country.delivery.lookForChanges() }
            country.near.refusal.withLock { $0 = nil }
            try await country.delivery.lookForChanges()
            try await #expect(country.rows(item).contains { $0.kind == .changed })
        }
    }
}
