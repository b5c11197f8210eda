public import Contracts
public import Database
public import Logging
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

    /// Pulls and tells, once a second, and tells the body's systems of events every ten, until the task is cancelled.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await StandaloneGateway.every(seconds: 1) { await self.link.turn() } }
            group.addTask { await StandaloneGateway.every(seconds: 10) { await self.pusher.turn() } }
        }
    }

    private static func every(seconds: Int64, _ work: () async -> Void) async {
        while !Task.isCancelled {
            await work()
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
