import Contracts
import Database
import HTTPTypes
import Logging
@testable import Spine
import Synchronization
import TestKit
import Testing
import Trust
import Values
import Web

/// Events that a test sets, a page of two at a time.
private final class SetEvents: EventSource {
    let events = Mutex<[RegisterEvent]>([])

    func events(_ feed: EventFeed, after number: Int64, limit: Int) async throws(ExchangeError) -> EventPage {
        let page = Array(events.withLock { $0 }.filter { $0.number > number }.prefix(2))
        return EventPage(events: page, next: page.last?.number ?? number, hasGap: false)
    }
}

/// A body's own system, which answers as it is told to and believes only its gateway.
private final class Hook: Sendable {
    let told = Mutex<[String]>([])
    let status = Mutex(204)
    private let base: BaseURL
    private let gateway: VerifyingKey
    private let clock: TestClock

    init(_ base: BaseURL, gateway: VerifyingKey, clock: TestClock) { (self.base, self.gateway, self.clock) = (base, gateway, clock) }

    var route: Route {
        .api(.post, "/hooks/moves", for: .signedPeer(reason: "test"), "test.hook", "Hears of moves", answers: [.init(204, "Heard")]) { call in
            let message = SignableMessage.request(
                method: "POST", target: self.base.target(call.path), headers: call.headers.map { .init($0.name.rawName, $0.value) })
            _ = try EventWebhook.exchange.verify(request: message, body: call.body, now: self.clock.source.now()) { $0 == self.gateway.keyID ? self.gateway : nil }
            guard call.headers[.authorization] == "Bearer \(Chain.token)", call.headers[.contentType] == CloudEvent.mediaType,
                let event = CloudEvent(try call.json())
            else { return Reply(status: 400) }
            self.told.withLock { $0.append(event.id) }
            return Reply(status: self.status.withLock { $0 })
        }
    }
}

/// A gateway tells the body's own systems.
@Suite struct EventWebhookTests {
    private static let feed = EventFeed(consumerID: "municipality-haifa", operation: "population.addressChanged", purpose: "municipal-tax-discount")

    private static func event(_ number: Int64) -> RegisterEvent {
        RegisterEvent(
            id: "change-\(number)", source: "/population", operation: feed.operation, number: number, nationalNumber: "600000012", subjectID: nil,
            caseID: "case-1", time: nil, value: ["address": ["locality": "נשר"]])
    }

    private struct World: Sendable {
        let source = SetEvents()
        let hook: Hook
        let url: String
        let database: any Database
        let key: SigningKey
        let clock: TestClock

        /// A gateway's pusher as it is after a start.
        func turn(urls: [String]) async throws {
            let hop = HTTPHop()
            let webhooks = urls.compactMap { EventWebhook(feed: EventWebhookTests.feed, url: $0) }
            #expect(webhooks.count == urls.count)
            await EventPusher(
                webhooks, source: source, database: database, key: key, token: Chain.token, hop: hop, clock: clock.source, logger: Logger(label: "test")
            ).turn()
            await hop.close()
        }

        func turn() async throws { try await turn(urls: [url]) }
        var told: [String] { hook.told.withLock { $0 } }
    }

    private static func with(_ engine: TestEngine = .sqlite, _ body: @Sendable (World) async throws -> Void) async throws {
        try await TestDatabases.with(engine) { database in
            try await Migrations([(module: "spine", folder: Project.root + "/Sources/Components/Spine/Schema")]).apply(to: database)
            let (clock, key, port) = (TestClock(), SigningKey.generate(), Loopback.freePorts(1)[0])
            let base = try #require(BaseURL("http://127.0.0.1:\(port)"))
            let hook = Hook(base, gateway: key.verifyingKey, clock: clock)
            let world = World(hook: hook, url: "\(base)/hooks/moves", database: database, key: key, clock: clock)
            world.source.events.withLock { $0 = (1...5).map(Self.event) }
            try await Loopback.serving([(try Loopback.dispatcher([hook.route], clock), port)]) { try await body(world) }
        }
    }

    @Test(arguments: TestDatabases.engines)
    func everyEventIsToldInOrderAndOnce(engine: TestEngine) async throws {
        try await Self.with(engine) { world in
            try await world.turn()
            try await world.turn()
            #expect(world.told == (1...5).map { "change-\($0)" })
        }
    }

    /// What was not acknowledged comes again, and nothing behind it comes before.
    @Test func whatWasNotAcknowledgedIsToldAgain() async throws {
        try await Self.with { world in
            world.hook.status.withLock { $0 = 503 }
            try await world.turn()
            try await world.turn()
            #expect(world.told == ["change-1", "change-1"])
            world.hook.status.withLock { $0 = 200 }
            try await world.turn()
            #expect(world.told == ["change-1", "change-1"] + (1...5).map { "change-\($0)" })
        }
    }

    @Test func aSystemThatIsAwayKeepsNoOtherFromBeingTold() async throws {
        try await Self.with { world in
            let nobody = "http://127.0.0.1:\(Loopback.freePorts(1)[0])/hooks/moves"
            try await world.turn(urls: [nobody, world.url])
            #expect(world.told.count == 5)
        }
    }

    @Test func onlyAWholeAddressIsTold() {
        for url in ["", "localhost/hook", "http://host", "ftp://host/hook", "http:///hook"] { #expect(EventWebhook(feed: Self.feed, url: url) == nil, "\(url)") }
        #expect(EventWebhook(feed: Self.feed, url: "https://host:8443/a/b")?.path == "/a/b")
        #expect(EventWebhook(json: ["body": "a", "operation": "b", "url": "http://host/c"]) == nil)
    }
}
