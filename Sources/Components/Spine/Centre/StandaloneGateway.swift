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

    /// - Parameters:
    ///   - settings: `providers`, `consumers` and `services` are left empty: they come from the centre.
    ///   - centre: where the centre is reached, and the key it signs by.
    ///   - database: has the tables of this module, and is nobody else's.
    ///   - vault: seals what waits to be told.
    /// - Throws: `SpineError.setting`.
    public init(
        _ settings: GatewaySettings, centre: Peer, centreTLS: PeerTLS?, database: any Database, vault: Vault, logger: Logger
    ) throws(SpineError) {
        var settings = settings
        settings.namesPeopleByNumber = true
        centreHop = try HTTPHop(tls: centreTLS, byteLimit: 256 * 1024 * 1024)
        link = CentreLink(
            to: try SignedHop(to: centre, exchange: .centre, key: settings.key, hop: centreHop, clock: settings.clock), database: database, vault: vault,
            clock: settings.clock, logger: logger)
        gateway = try Gateway(settings, database: database, audit: link, consents: link, vault: vault, logger: logger)
    }

    /// For the body's own systems.
    public var localRoutes: [Route] { gateway.localRoutes }
    /// For gateways of other bodies.
    public var peerRoutes: [Route] { gateway.peerRoutes }

    /// Pulls and tells, once a second, until the task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            await link.turn()
            try? await Task.sleep(for: .seconds(1))
        }
    }

    /// Once.
    public func turn() async { await link.turn() }

    public func ask(_ request: ExchangeRequest) async throws(ExchangeError) -> ExchangeAnswer { try await gateway.ask(request) }

    public func close() async {
        await gateway.close()
        await centreHop.close()
    }
}
