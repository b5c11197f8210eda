import ArgumentParser
import Audit
import Bodies
import Consents
import Database
import Foundation
import House
import Logging
import Spine
import Trust
import Values
import Web

/// Two gateways of the spine: the one at the bodies that ask, and the one at the bodies that keep registers. In a real country each
/// stands at its own body; the messages between them are the same.
struct RunGateway: RoleCommand {
    static let configuration = CommandConfiguration(commandName: "gateway", abstract: "Run the spine's gateways: the consumers' and the providers'.")
    @Argument(parsing: .captureForPassthrough) var flags: [String] = []

    func run(_ settings: Settings, _ logger: Logger) async throws {
        let base = try await Foundations(settings, logger)
        try await base.checkMigrations()
        let keys = base.keys
        let services = try RunGateway.services(settings)
        let consents = ConsentRecords(database: base.database, vault: base.vault)
        let token = try keys.shared("gateway")
        let (consumerURL, providerURL) = (url(settings.consumerGatewayPort), url(settings.providerGatewayPort))
        let consumer = try Gateway(
            GatewaySettings(
                baseURL: consumerURL, key: try keys.signing("consumer-gateway"), localToken: token,
                providers: [Peer(baseURL: providerURL, key: try keys.signing("provider-gateway").verifyingKey)], services: services),
            database: base.database, audit: base.audit, consents: consents, vault: base.vault, logger: logger)
        let provider = try Gateway(
            GatewaySettings(
                baseURL: providerURL, key: try keys.signing("provider-gateway"), localToken: token,
                consumers: [Peer(baseURL: consumerURL, key: try keys.signing("consumer-gateway").verifyingKey)],
                registers: [Peer(baseURL: url(settings.registersPort), key: try keys.signing("registers").verifyingKey)], services: services),
            database: base.database, audit: base.audit, consents: consents, vault: base.vault, logger: logger)
        let folder = ResourceFolder(module: "spine", path: "\(settings.resourceFolder)/Components/Spine")
        let servers = try [(consumer, settings.consumerGatewayPort), (provider, settings.providerGatewayPort)].map {
            try Roles.server(routes: $0.0.routes, folders: [folder], port: $0.1, settings, logger)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for server in servers { group.addTask { try await server.run() } }
            // When one ends, by a signal or by a fault, so does the role.
            try await group.next()
            group.cancelAll()
        }
        await consumer.close()
        await provider.close()
        await base.database.close()
    }

    private func url(_ port: Int) -> String { "http://127.0.0.1:\(port)" }

    /// What registers answer and where, from `agreements.json`.
    static func services(_ settings: Settings) throws -> RegisterDirectory {
        try RegisterDirectory(json: try Resources.json("\(settings.contentFolder)/agreements.json"))
    }
}
