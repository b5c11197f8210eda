public import Contracts
import Database
import Logging
import Trust
public import Values

/// A body's own system that wants to be told of events instead of fetching them.
public struct EventWebhook: Sendable, Hashable {
    public let feed: EventFeed
    public let url: String
    let base: BaseURL
    let path: String

    /// - Parameter url: `http://host:port/path`, or `https`.
    public init?(feed: EventFeed, url: String) {
        let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, let base = BaseURL(parts.prefix(3).joined(separator: "/")) else { return nil }
        (self.feed, self.url, self.base, path) = (feed, url, base, "/\(parts[3])")
    }

    /// `{"body", "operation", "purpose", "url"}`; nil for any other shape.
    public init?(json: JSON) {
        guard let body = json["body"]?.string, let operation = json["operation"]?.string, let purpose = json["purpose"]?.string,
            let url = json["url"]?.string
        else { return nil }
        self.init(feed: EventFeed(consumerID: body, operation: operation, purpose: purpose), url: url)
    }

    /// How a gateway signs what it tells.
    static let exchange = SignedExchange(tag: "zamin-event")
}

/// Tells a body's own systems: one CloudEvent a call, in the order of the feed (HTTP 1.1 Web Hooks for Event Delivery 1.0), with the
/// gateway's local token and its signature (RFC 9421). What was not acknowledged with 2xx is told again, and until then nothing behind it:
/// at least once, and nothing is passed over.
struct EventPusher: Sendable {
    static let timeoutMilliseconds: Int64 = 5_000

    let webhooks: [EventWebhook]
    let source: any EventSource
    let database: any Database
    let key: SigningKey
    let token: String
    let hop: HTTPHop
    let clock: TimeSource
    let logger: Logger
    private let store = EventStore()

    init(
        _ webhooks: [EventWebhook], source: any EventSource, database: any Database, key: SigningKey, token: String, hop: HTTPHop, clock: TimeSource,
        logger: Logger
    ) {
        (self.webhooks, self.source, self.database, self.key) = (webhooks, source, database, key)
        (self.token, self.hop, self.clock, self.logger) = (token, hop, clock, logger)
    }

    /// Tells each system all that waits. One that is away keeps no other from being told.
    func turn() async {
        await withTaskGroup(of: Void.self) { group in
            for webhook in webhooks {
                group.addTask {
                    do { while try await push(to: webhook) {} } catch {
                        guard !Task.isCancelled else { return }
                        logger.warning("events are told again later", metadata: ["url": "\(webhook.url)", "error": "\(error)"])
                    }
                }
            }
        }
    }

    /// One page. False when nothing more waits.
    private func push(to webhook: EventWebhook) async throws -> Bool {
        let after = try await database.read { try store.told(webhook, in: $0) }
        let page = try await source.events(webhook.feed, after: after, limit: 100)
        if page.hasGap { logger.error("events were kept no longer: ask for what holds now", metadata: ["feed": "\(webhook.feed.operation)"]) }
        for event in page.events {
            try await tell(event, to: webhook)
            try await database.write { try store.setTold(event.number, webhook, in: $0) }
        }
        guard page.next != after else { return false }
        try await database.write { try store.setTold(page.next, webhook, in: $0) }
        return true
    }

    private func tell(_ event: RegisterEvent, to webhook: EventWebhook) async throws {
        let body = EventWire.json(event).bytes
        let bare = SignableMessage.request(method: "POST", target: webhook.base.target(webhook.path), headers: [.init("Authorization", "Bearer \(token)")])
        let request = try EventWebhook.exchange.signed(request: bare, body: body, by: key, now: clock.now())
        let answer = try await hop.post(
            webhook.url, headers: request.headers, body: body, type: CloudEvent.mediaType, timeoutMilliseconds: EventPusher.timeoutMilliseconds)
        guard (200..<300).contains(answer.status) else { throw ExchangeError.unavailable("status \(answer.status)") }
    }
}
