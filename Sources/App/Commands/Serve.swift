import ArgumentParser
import Bodies
import Catalogue
import Database
import House
import Jobs
import Logging
import Web

/// The web server of the portal: pages for people and officers, interfaces for programs.
struct Serve: RoleCommand {
    static let configuration = CommandConfiguration(commandName: "serve", abstract: "Run the web server.")
    @Argument(parsing: .captureForPassthrough) var flags: [String] = []

    func run(_ settings: Settings, _ logger: Logger) async throws {
        let base = try await Foundations(settings, logger)
        try await base.checkMigrations()
        let house = try await House(base)
        let server = Server(dispatcher: try house.dispatcher(), host: settings.host, port: settings.port, proxies: settings.trustedProxies, logger: logger)
        let cards = try settings.cardFolder.map { folder in
            var cards = Server(dispatcher: try house.cardDispatcher(), host: settings.host, port: settings.cardPort, logger: logger)
            cards.mutualTLS = .init(
                certificatePath: "\(folder)/server.pem", keyPath: "\(folder)/server.key", authoritiesPath: "\(folder)/authorities.pem")
            return cards
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            if let cards { group.addTask { try await cards.run() } }
            // Another process may import new content; one small query finds out.
            group.addTask {
                while !Task.isCancelled {
                    try await Task.sleep(for: .seconds(2))
                    do { try await house.catalogue.refresh() } catch { logger.error("catalogue", metadata: ["error": "\(error)"]) }
                }
            }
            try await group.next()
            group.cancelAll()
        }
        await house.close()
    }
}

/// Does the jobs: mail, papers, events, clocks. Any number may run.
struct Work: RoleCommand {
    static let configuration = CommandConfiguration(commandName: "worker", abstract: "Run a worker: mail, documents, events, clocks.")
    @Argument(parsing: .captureForPassthrough) var flags: [String] = []

    func run(_ settings: Settings, _ logger: Logger) async throws {
        let base = try await Foundations(settings, logger)
        try await base.checkMigrations()
        let house = try await House(base)
        let worker = house.worker()
        let stop = StopSignal()
        let task = Task { await worker.run() }
        await stop.wait()
        task.cancel()
        await task.value
        await house.close()
    }
}
