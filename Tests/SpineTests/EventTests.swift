import Contracts
import Database
@testable import Spine
import TestKit
import Testing
import Trust
import Values
import Web

/// A register tells what changed; bodies that follow the person under an agreement fetch it, and nobody else.
@Suite struct EventTests {
    private static let operation = "population.addressChanged"
    private static let agreement = "municipal-discount-address.municipality-haifa"
    private static let haifa = EventFeed(consumerID: "municipality-haifa", operation: operation, purpose: "municipal-tax-discount")

    private static func client(_ chain: Chain) -> SpineClient { SpineClient(gatewayURL: chain.consumerURL, token: Chain.token) }

    /// As a register writes it.
    private static func change(_ id: String, number: String = "600000012", locality: String = "נשר") -> JSON {
        [
            "specversion": "1.0", "id": .string(id), "source": "/population", "type": .string(operation), "subject": .string(number),
            "time": "2026-11-27T08:00:00+02:00", "datacontenttype": "application/json",
            "data": ["address": ["localityCode": 2500, "locality": .string(locality), "street": "השקד", "house": "4", "since": "2026-11-27"]],
        ]
    }

    @discardableResult
    private static func tell(_ chain: Chain, _ event: JSON, token: String = Chain.token) async throws -> Int {
        let hop = HTTPHop()
        let answer = try await hop.post(
            "\(chain.providerURL)/changes", headers: [.init("Authorization", "Bearer \(token)")], body: event.bytes, timeoutMilliseconds: 10_000)
        await hop.close()
        return answer.status
    }

    private static func follow(
        _ chain: Chain, until: String? = nil, consumer: String = "municipality-haifa", basis: Basis = .law("arnona-regulations-1993")
    ) async throws {
        var question = chain.question(consumer: consumer, operation: operation, basis: basis, by: .system("delivery"))
        question.parameters["until"] = until
        let (client, asked) = (client(chain), question)
        let result = await Result.make { try await client.ask(asked) }
        await client.close()
        #expect(try result.get().value == [:])
    }

    private static func fetch(_ chain: Chain, after number: Int64 = 0, limit: Int = 100, _ feed: EventFeed = haifa) async throws -> EventPage {
        let client = client(chain)
        let result = await Result.make { try await client.events(feed, after: number, limit: limit) }
        await client.close()
        return try result.get()
    }

    @Test(arguments: TestDatabases.engines)
    func whoFollowsIsToldWhatTheAgreementLetsThrough(engine: TestEngine) async throws {
        try await Chain.with(engine) { chain in
            try await Self.follow(chain)
            #expect(chain.audit.entries.map(\.what) == ["register.\(Self.operation)"])
            for event in [Self.change("a"), Self.change("a"), Self.change("b", number: "600000020"), Self.change("c", locality: "חיפה")] {
                try await #expect(Self.tell(chain, event) == 204)
            }
            let page = try await Self.fetch(chain)
            #expect(page.events.map(\.id) == ["a", "c"] && page.events.map(\.number) == [1, 2] && page.next == 2 && !page.hasGap)
            let first = try #require(page.events.first)
            #expect(first.value == ["address": ["localityCode": 2500, "locality": "נשר", "since": "2026-11-27"]])
            #expect(first.caseID == "case-1" && first.subjectID == "subject-1" && first.nationalNumber == "600000012")
            #expect(first.time == "2026-11-27T08:00:00+02:00" && first.source == "/population")
            // Each event is a look at the person, by the law and for the case of who asked to be told.
            let looks = chain.audit.entries.dropFirst()
            #expect(looks.count == 2 && looks.allSatisfy { $0.subjectID == "subject-1" && $0.caseID == "case-1" && $0.fields == ["address"] })
            #expect(looks.allSatisfy { $0.basis == .law("arnona-regulations-1993") && $0.agreementID == Self.agreement })
            // Where it left off.
            try await #expect(Self.fetch(chain, after: 1, limit: 1).events.map(\.id) == ["c"])
            try await #expect(Self.fetch(chain, after: 2) == EventPage(events: [], next: 2, hasGap: false))
            try await #expect(chain.rows().allSatisfy { $0.decision == "permit" && $0.dropped <= 4 })
            // Both sides: that following began, two fetches with something in them, and one with nothing.
            try await #expect(chain.rows().map(\.outcome).sorted() == Array(repeating: "answered", count: 6) + ["empty", "empty"])
        }
    }

    @Test(arguments: TestDatabases.engines)
    func followingEndsAndBeginsAnew(engine: TestEngine) async throws {
        try await Chain.with(engine) { chain in
            try await Self.follow(chain)
            try await Self.tell(chain, Self.change("a"))
            // Asked for once more: what waits goes on waiting.
            try await Self.follow(chain, until: "2030-01-01")
            try await #expect(Self.fetch(chain).events.map(\.id) == ["a"])
            // A day that is over ends it, and what waits with it.
            try await Self.follow(chain, until: "2020-01-01")
            try await Self.tell(chain, Self.change("b"))
            try await #expect(Self.fetch(chain).events == [])
            // Nobody is followed longer than the agreement lasts.
            try await Self.follow(chain, until: "2099-01-01")
            let until = try await chain.database.read { try $0.first("SELECT until_day FROM spine_following", []) { try $0.int(0) } }
            #expect(until == CalendarDate("2031-12-31")?.daysSince1970)
        }
    }

    /// Asked for by several at once, she is followed once.
    @Test(arguments: TestDatabases.engines)
    func followingAtOnceIsFollowingOnce(engine: TestEngine) async throws {
        try await Chain.with(engine) { chain in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { try await Self.follow(chain) } }
                try await group.waitForAll()
            }
            try await Self.tell(chain, Self.change("a"))
            try await #expect(Self.fetch(chain).events.map(\.id) == ["a"])
            let count = try await chain.database.read { try $0.first("SELECT count(*) FROM spine_following", []) { try $0.int(0) } }
            #expect(count == 1)
        }
    }

    @Test func nobodyElseIsTold() async throws {
        try await Chain.with { chain in
            try await Self.follow(chain)
            try await Self.tell(chain, Self.change("a"))
            // Another body, another purpose, and an operation that is no event.
            let others = [
                EventFeed(consumerID: "digital-authority", operation: Self.operation, purpose: "municipal-tax-discount"),
                EventFeed(consumerID: "municipality-haifa", operation: Self.operation, purpose: "curiosity"),
                EventFeed(consumerID: "municipality-haifa", operation: "population.person", purpose: "municipal-tax-discount"),
            ]
            for feed in others {
                let error = await #expect(throws: ExchangeError.self) { try await Self.fetch(chain, feed) }
                if case .notCovered? = error {} else { Issue.record("\(feed): \(String(describing: error))") }
            }
            await #expect(throws: ExchangeError.self) { try await Self.follow(chain, consumer: "digital-authority") }
            try await #expect(chain.rows().count { $0.outcome == "refused" } == 4)
        }
    }

    @Test func onlyARegisterOfThisGatewayTells() async throws {
        try await Chain.with { chain in
            try await #expect(Self.tell(chain, Self.change("a"), token: String(repeating: "x", count: 32)) == 401)
            for type in ["students.status", "nothing.there", "population.person"] {
                var event = Self.change("a")
                event["type"] = .string(type)
                try await #expect(Self.tell(chain, event) == 404, "\(type)")
            }
            let malformed: [(String, JSON?)] = [
                ("specversion", "0.3"), ("id", ""), ("id", nil), ("source", nil), ("subject", "600000013"), ("subject", "Noa"), ("data", "moved"), ("data", nil),
                ("time", "yesterday"), ("datacontenttype", "text/plain"),
            ]
            for (member, value) in malformed {
                var event = Self.change("a")
                event[member] = value
                try await #expect([400, 422].contains(Self.tell(chain, event)), "\(member)")
            }
        }
    }

    /// Two registers of one owner may number their events alike.
    @Test func theSameIdOfAnotherSourceIsAnotherEvent() async throws {
        try await Chain.with { chain in
            try await Self.follow(chain)
            var other = Self.change("a", locality: "חיפה")
            other["source"] = "/residents"
            for event in [Self.change("a"), other, other] { try await #expect(Self.tell(chain, event) == 204) }
            try await #expect(Self.fetch(chain).events.map(\.source) == ["/population", "/residents"])
        }
    }

    @Test func asSoonAsTheAgreementIsSuspendedNothingIsTold() async throws {
        try await Chain.with { chain in
            try await Self.follow(chain)
            try await Self.tell(chain, Self.change("a"))
            try await chain.spine.setStatus(.suspended, of: Self.agreement)
            chain.clock.advance(seconds: 3)
            try await Self.tell(chain, Self.change("b"))
            await #expect(throws: ExchangeError.self) { try await Self.fetch(chain) }
            try await chain.spine.setStatus(.live, of: Self.agreement)
            chain.clock.advance(seconds: 3)
            try await #expect(Self.fetch(chain).events.map(\.id) == ["a"])
        }
    }

    /// Events are kept for a while; who comes later is told that some are missing.
    @Test(arguments: TestDatabases.engines)
    func whoComesTooLateIsToldOfTheGap(engine: TestEngine) async throws {
        try await Chain.with(engine) { chain in
            try await Self.follow(chain)
            try await Self.tell(chain, Self.change("a"))
            chain.clock.advance(seconds: Int64(EventDesk.keptDays + 1) * 86_400)
            try await Self.tell(chain, Self.change("b"))
            let page = try await Self.fetch(chain)
            #expect(page.hasGap && page.events.map(\.id) == ["b"] && page.next == 2)
            try await #expect(!Self.fetch(chain, after: 1).hasGap)
            // A number from another life.
            let strange = try await Self.fetch(chain, after: 1_000)
            #expect(strange.hasGap && strange.next == 2 && strange.events == [])
        }
    }

    /// A provider that tells of somebody the body never asked about is not believed.
    @Test func anEventNobodyAskedForIsNotBelieved() async throws {
        try await Chain.with { chain in
            try await Self.follow(chain)
            try await Self.tell(chain, Self.change("a"))
            let other = UUIDv7.next(at: chain.clock.source.now())
            try await chain.database.write { connection in
                try connection.execute("UPDATE spine_following SET id = $1", [.text(other)])
                try connection.execute("UPDATE spine_event SET following_id = $1", [.text(other)])
            }
            await #expect(throws: ExchangeError.untrusted("an event of somebody who is not followed")) { try await Self.fetch(chain) }
            #expect(chain.audit.entries.count == 1)
        }
    }

    @Test func nothingIsHandedOnThatIsNotInThePersonsList() async throws {
        try await Chain.with { chain in
            try await Self.follow(chain)
            try await Self.tell(chain, Self.change("a"))
            chain.audit.failFromNowOn()
            await #expect(throws: ExchangeError.unavailable("the log cannot be written")) { try await Self.fetch(chain) }
        }
    }

    /// Neither who is followed nor what is told can be read in the database.
    @Test(arguments: TestDatabases.engines)
    func nothingLiesThereInTheClear(engine: TestEngine) async throws {
        try await Chain.with(engine) { chain in
            try await Self.follow(chain)
            try await Self.tell(chain, Self.change("a"))
            let (person, sealed) = try await chain.database.read { connection in
                let person = try connection.first("SELECT person FROM spine_following", []) { try $0.text(0) } ?? ""
                return (person, try connection.first("SELECT sealed FROM spine_event", []) { try $0.blob(0) } ?? [])
            }
            #expect(person.count == 64 && !sealed.isEmpty)
            #expect(!String(decoding: sealed, as: UTF8.self).contains("600000012"))
        }
    }

    private static let withConsent: @Sendable (JSON) -> JSON = { document in
        var document = document
        document["agreements"] = .array(
            (document["agreements"]?.array ?? []).map { agreement in
                var agreement = agreement
                if agreement["id"]?.string == "municipal-discount-address" { agreement["bases"] = ["law", "consent"] }
                return agreement
            })
        return document
    }

    /// Consent is read with every event: once it is taken back, nothing more comes.
    @Test func aConsentThatWasTakenBackEndsIt() async throws {
        try await Chain.with(document: Self.withConsent) { chain in
            let now = chain.clock.source.now()
            func consent(revoked: Bool) -> ConsentGrant {
                ConsentGrant(
                    id: "consent-1", subjectID: "subject-1", personMark: ConsentGrant.mark(of: "600000012", id: "consent-1"),
                    consumerID: "municipality-haifa", agreementID: Self.agreement, purpose: "municipal-tax-discount", operations: [Self.operation],
                    fields: ["/address/localityCode", "/address/locality", "/address/since"], givenAt: now, validUntil: now.adding(days: 30),
                    revokedAt: revoked ? now : nil)
            }
            chain.consents.put(consent(revoked: false))
            chain.providerConsents.put(consent(revoked: false))
            try await Self.follow(chain, basis: .consent("consent-1"))
            try await Self.tell(chain, Self.change("a"))
            try await #expect(Self.fetch(chain).events.map(\.id) == ["a"])
            chain.providerConsents.put(consent(revoked: true))
            try await #expect(Self.fetch(chain).events == [])
        }
    }
}
