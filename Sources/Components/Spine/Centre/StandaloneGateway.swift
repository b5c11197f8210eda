public import Contracts
public import Database
public import Logging
public import Transparency
public import Trust
public import Values
public import Web

/// A gateway in a house of its own, with a database of its own. Agreements, keys and the addresses of other gateways come from the centre;
/// when the centre is away it goes on by what it has.
public final class StandaloneGateway: Sendable {
    private let gateway: Gateway
    private let link: CentreLink
    private let centreHop: HTTPHop
    private let localHop: HTTPHop
    private let pusher: EventPusher
    private let logger: Logger

    /// - Parameters:
    ///   - settings: `providers`, `consumers` and `services` are left empty: they come from the centre.
    ///   - centre: where the centre is reached, and the key it signs by.
    ///   - database: has the tables of this module, and is nobody else's.
    ///   - vault: seals what waits to be told.
    ///   - webhooks: systems of the body that are told of events.
    /// - Throws: `SpineError.setting`.
    public init(
        _ settings: GatewaySettings, centre: Peer, centreTLS: PeerTLS?, database: any Database, vault: Vault, webhooks: [EventWebhook] = [], logger: Logger
    ) throws(SpineError) {
        self.logger = logger
        var settings = settings
        settings.namesPeopleByNumber = true
        centreHop = try HTTPHop(tls: centreTLS, byteLimit: 256 * 1024 * 1024)
        link = CentreLink(
            to: try SignedHop(to: centre, exchange: .centre, key: settings.key, hop: centreHop, clock: settings.clock), database: database, vault: vault,
            clock: settings.clock, logger: logger)
        gateway = try Gateway(settings, database: database, audit: link, consents: link, vault: vault, logger: logger)
        localHop = HTTPHop()
        pusher = EventPusher(
            webhooks, source: gateway, database: database, key: settings.key, token: settings.localToken, hop: localHop, clock: settings.clock, logger: logger)
    }

    /// For the body's own systems.
    public var localRoutes: [Route] { gateway.localRoutes }
    /// For gateways of other bodies.
    public var peerRoutes: [Route] { gateway.peerRoutes }

    /// Until the task is cancelled: pulls and tells once a second; every ten tells the body's systems of events, and gives messages their
    /// places in the log; has the log stamped. When one of them cannot be done, messages go on passing, and its next turn makes up for it.
    public func run(keeping log: TransparencyLog) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.every(seconds: 1, "the centre") { await self.link.turn() } }
            group.addTask { await self.every(seconds: 10, "events") { await self.pusher.turn() } }
            group.addTask { await self.every(seconds: 10, "places in the log") { while try await log.advance() > 0 {} } }
            group.addTask { await self.every(seconds: log.secondsBetweenStamps, "the log's time stamp") { try await log.stamp() } }
        }
    }

    private func every(seconds: Int64, _ what: String, _ work: () async throws -> Void) async {
        while !Task.isCancelled {
            do { try await work() } catch { logger.error("\(what): not this time", metadata: ["error": "\(error)"]) }
            try? await Task.sleep(for: .seconds(seconds))
        }
    }

    /// Once.
    public func turn() async { await link.turn() }

    public func ask(_ request: ExchangeRequest) async throws(ExchangeError) -> ExchangeAnswer { try await gateway.ask(request) }

    public func close() async {
        await gateway.close()
        await centreHop.close()
        await localHop.close()
    }
}
