@testable import Acquirer
import AsyncHTTPClient
import Contracts
import Database
import Foundation
import HTTPTypes
import Jobs
import Language
@testable import Payments
import TestKit
import Testing
import Trust
import Values
import Web

/// Payments and the acquirer, each serving on a port of its own and reaching the other over the loopback interface.
struct Loopback: Sendable {
    let payments: Payments
    let acquirer: Acquirer
    let database: any Database
    let worker: Worker
    let hand: Hand
    /// The person at our site, and the same person at the acquirer's.
    let person: Browser
    let payer: Browser

    static func with(_ engine: TestEngine, _ body: @Sendable (Loopback) async throws -> Void) async throws {
        try await TestDatabases.withFolder { folder in
            try await TestDatabases.with(engine) { database in
                let ports = (ours: try freePort(), theirs: try freePort())
                let client = HostedAcquirer.makeClient()
                let (loopback, servers) = try await make(database, folder, ports, client)
                do {
                    try await serving(servers) { try await body(loopback) }
                } catch {
                    await loopback.acquirer.close()
                    try await client.shutdown()
                    throw error
                }
                await loopback.acquirer.close()
                try await client.shutdown()
            }
        }
    }

    private static func make(
        _ database: any Database, _ folder: String, _ ports: (ours: Int, theirs: Int), _ client: HTTPClient
    ) async throws -> (Loopback, [Server]) {
        let (ours, theirs) = ("http://127.0.0.1:\(ports.ours)", "http://127.0.0.1:\(ports.theirs)")
        let (hand, key) = (Hand(), SigningKey.generate())
        let notifications = "\(ours)/api/v1/payments/notifications"
        let schemas = [("jobs", "Core/Jobs"), ("payments", "Components/Payments")].map {
            (module: $0.0, folder: "\(sources)/\($0.1)/Schema")
        }
        try await Migrations(schemas).apply(to: database)
        let payments = Payments(
            database: database, site: try paymentSite(), graph: try paymentGraph(),
            acquirer: HostedAcquirer(
                .init(
                    baseURL: theirs, origin: theirs, apiKey: "a key of the merchant", key: key.verifyingKey,
                    notificationURL: notifications),
                client: client), bodies: OneBody(), audit: AuditSpy(), publicURL: ours, clock: hand.source, logger: quiet)
        var registry = JobRegistry()
        payments.register(in: &registry)
        let acquirer = try await acquirer(folder, theirs, key, notifications, ours, hand)
        let dispatchers = (try dispatcher(payments, hand), try dispatcher(acquirer, hand))
        let loopback = Loopback(
            payments: payments, acquirer: acquirer, database: database,
            worker: Worker(database: database, registry: registry, clock: hand.source, logger: quiet), hand: hand,
            person: Browser(dispatchers.0, session: Stage.person), payer: Browser(dispatchers.1))
        let servers = [(dispatchers.0, ports.ours), (dispatchers.1, ports.theirs)].map {
            Server(dispatcher: $0.0, host: "127.0.0.1", port: $0.1, logger: quiet)
        }
        return (loopback, servers)
    }

    private static func acquirer(
        _ folder: String, _ baseURL: String, _ key: SigningKey, _ notifications: String, _ returns: String, _ hand: Hand
    ) async throws -> Acquirer {
        let rooms = ResourceFolder(module: "acquirer", path: "\(sources)/Simulators/Acquirer")
        let merchant = Merchant(
            id: "zamin", name: LocalizedText([.he: "זמין", .en: "Zamin"]), apiKey: "a key of the merchant",
            notificationURL: notifications, returnOrigins: [returns])
        let site = try Site(folders: [ResourceFolder(module: "web", path: "\(sources)/Core/Web"), rooms], frame: Acquirer.frame)
        let settings = AcquirerSettings(
            dataFolder: folder, resources: rooms, baseURL: baseURL, key: key, merchants: [merchant], clock: hand.source)
        return try await Acquirer.open(settings, site: site, logger: quiet)
    }

    private static func settings(_ hand: Hand, _ targets: [String]) -> Dispatcher.Settings {
        .init(rates: .unlimited, clock: hand.source, formKey: HMACKey(bytes: Array("a key for tests".utf8)), formTargets: targets)
    }

    private static func dispatcher(_ payments: Payments, _ hand: Hand) throws -> Dispatcher {
        try Dispatcher(
            routes: payments.routes, site: payments.site, authenticator: CookiePerson(), settings: settings(hand, payments.formTargets),
            logger: quiet)
    }

    private static func dispatcher(_ acquirer: Acquirer, _ hand: Hand) throws -> Dispatcher {
        try Dispatcher(
            routes: acquirer.routes, site: acquirer.site, authenticator: acquirer.authenticator,
            settings: settings(hand, acquirer.formTargets), logger: quiet)
    }

    /// Runs the servers while the body runs.
    private static func serving(_ servers: [Server], _ body: @Sendable () async throws -> Void) async throws {
        let (listening, signal) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for server in servers {
                var server = server
                server.onListening = { _ in signal.yield() }
                let ready = server
                group.addTask { try await ready.run() }
            }
            var waiting = listening.makeAsyncIterator()
            for _ in servers { await waiting.next() }
            defer { group.cancelAll() }
            try await body()
        }
    }

    /// A port nobody listens on now.
    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) + getsockname(descriptor, $0, &size) }
        }
        try #require(result == 0)
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
