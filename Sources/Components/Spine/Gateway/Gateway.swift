public import Contracts
public import Database
import HTTPTypes
public import Logging
public import Trust
import Values
public import Web

/// A gateway of the spine: one stands at each body. Towards its own systems it asks other bodies' registers; towards other gateways it
/// answers for its own. Each message passes only under a live agreement, is signed both ways, minimised and logged.
public final class Gateway: Exchange, EventSource, Sendable {
    let consumer: ConsumerFace
    let provider: ProviderFace
    private let hop: HTTPHop
    let locals: LocalSystems
    private let decisions: DecisionPoint
    private let metrics: GatewayMetrics

    /// - Parameters:
    ///   - database: where agreements are read and messages logged.
    ///   - audit: gets an entry for each look at a person who is known by id.
    ///   - consents: read on every message that rests on a consent.
    ///   - vault: seals events until they are fetched.
    /// - Throws: `SpineError.setting`.
    public init(
        _ settings: GatewaySettings, database: any Database, audit: any AuditLog, consents: any ConsentRegister, vault: Vault, logger: Logger
    ) throws(SpineError) {
        let consents = ConsentCheck(register: consents)
        locals = try LocalSystems(token: settings.localToken)
        let (hop, clock) = (try HTTPHop(tls: settings.tls), settings.clock)
        self.hop = hop
        let cache = AgreementCache(database: database, logger: logger)
        let log = MessageLog(database: database, audit: audit, logger: logger)
        metrics = log.metrics
        let providers = try Hops(settings.providers, key: settings.key, hop: hop, clock: clock)
        var registers: [SignedHop] = []
        for peer in settings.registers {
            registers.append(try SignedHop(to: peer, exchange: .register, key: settings.key, hop: hop, clock: clock))
        }
        decisions = DecisionPoint(cache: cache, consents: consents, services: settings.services, baseURL: settings.baseURL, locals: locals, clock: clock)
        consumer = ConsumerFace(
            hops: providers, services: settings.services, cache: cache, consents: consents, rates: AgreementRates(), log: log, database: database,
            timeoutMilliseconds: settings.peerTimeoutMilliseconds, namesPeopleByNumber: settings.namesPeopleByNumber, clock: clock)
        provider = ProviderFace(
            base: try BaseURL(setting: settings.baseURL), key: settings.key, consumers: settings.consumers, registers: registers,
            services: settings.services, cache: cache, consents: consents, rates: AgreementRates(), window: ProviderFace.window(now: clock.now()), log: log,
            events: EventDesk(database: database, vault: vault), timeoutMilliseconds: settings.registerTimeoutMilliseconds, clock: clock)
    }

    public func ask(_ request: ExchangeRequest) async throws(ExchangeError) -> ExchangeAnswer { try await consumer.ask(request) }

    public func events(_ feed: EventFeed, after number: Int64, limit: Int) async throws(ExchangeError) -> EventPage {
        try await consumer.events(feed, after: number, limit: limit)
    }

    public func close() async { await hop.close() }

    public var routes: [Route] { localRoutes + peerRoutes }

    /// For the body's own systems.
    var localRoutes: [Route] {
        let (consumer, locals) = (consumer, locals)
        let outgoing = Route.api(
            .post, "/outgoing/{operation}", for: LocalSystems.audience,
            "spine.outgoing", "A local system asks another body's register", body: ExchangeWire.requestSchema,
            answers: [
                .init(200, "What the register said, minimised", schema: ExchangeWire.answerSchema), .init(403, "No agreement covers it"),
                .init(502, "An answer came that cannot be believed"), .init(503, "No answer came in time"),
            ], rate: .busy
        ) { call in
            try locals.check(call)
            guard let request = ExchangeWire.request(try call.json(), operation: call.parameter("operation")) else {
                throw Problem.unreadableRequest("question")
            }
            do { return .json(ExchangeWire.json(try await consumer.ask(request))) } catch let error as ExchangeError {
                return .json(ExchangeWire.json(error), status: ExchangeWire.status(error))
            }
        }
        let counted = Route.api(
            .get, "/metrics", for: LocalSystems.audience, "spine.metrics", "What this gateway counted since its start, for Prometheus",
            answers: [.init(200, "Text exposition format 0.0.4", type: "text/plain")], rate: .busy
        ) { [metrics] call in
            try locals.check(call)
            return .text(metrics.text, type: GatewayMetrics.type)
        }
        return [outgoing, counted, changes, fetching] + decisions.routes
    }

    /// For gateways of other bodies.
    var peerRoutes: [Route] {
        let provider = provider
        let incoming = Route.api(
            .post, "/incoming/{operation}", for: .signedPeer(reason: "RFC 9421 signature of the consumer's gateway"), "spine.incoming",
            "Another body's gateway asks one of the registers here",
            answers: [
                .init(200, "The minimised answer, signed"), .init(403, "Not covered, signed"),
                .init(404, "The register knows nothing, signed"), .init(429, "The agreement's rate is used up, signed"),
                .init(502, "The register's answer cannot be believed, signed"), .init(503, "The register is not available, signed"),
            ], rate: .busy
        ) { call in try await provider.answer(call, .question) }
        return [incoming, waiting]
    }
}
