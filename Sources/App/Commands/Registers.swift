import ArgumentParser
import Foundation
import HTTPTypes
import House
import Logging
import Registers
import Trust
import Values
import Web

/// Registers of other bodies, as the demo country has them: a process of its own that only the spine's gateway can ask.
struct RunRegisters: RoleCommand {
    static let configuration = CommandConfiguration(commandName: "registers", abstract: "Run the demo country's registers.")
    @Argument(parsing: .captureForPassthrough) var flags: [String] = []

    func run(_ settings: Settings, _ logger: Logger) async throws {
        let registers = try await RunRegisters.open(settings)
        let server = try Roles.server(routes: registers.routes, folders: [registers.resources], port: settings.registersPort, settings, logger)
        try await server.run()
        await registers.close()
    }

    static func open(_ settings: Settings) async throws -> Registers {
        let keys = try Keys(settings)
        let registers = RegistersSettings(
            dataFolder: settings.dataFolder, sourceFolder: settings.contentFolder,
            resources: ResourceFolder(module: "registers", path: "\(settings.resourceFolder)/Simulators/Registers"), people: settings.demoPeople,
            businesses: settings.demoPeople / 5, baseURL: "http://127.0.0.1:\(settings.registersPort)", key: try keys.signing("registers"),
            clients: [try keys.signing("provider-gateway").verifyingKey], allowsFaults: settings.injectsFaults)
        return try await Registers(registers) { FileHandle.standardError.write(Data("registers: \($0)\n".utf8)) }
    }
}

/// What the roles without a portal have in common.
enum Roles {
    /// A server where nobody signs in: other programs are its only callers, and signatures, not rates, keep them in check.
    static func server(
        routes: [Route], folders: [ResourceFolder], host: String? = nil, port: Int, _ settings: Settings, _ logger: Logger
    ) throws -> Server {
        let web = ResourceFolder(module: "web", path: "\(settings.resourceFolder)/Core/Web")
        let dispatcher = try Dispatcher(
            routes: described(routes), site: try Site(folders: [web] + folders, frame: .init(isPortal: false)), authenticator: NobodySignsIn(),
            settings: .init(rates: .unlimited, formKey: try Keys(settings).vault().key(for: "forms"), explain: explain), logger: logger)
        return Server(dispatcher: dispatcher, host: host ?? settings.host, port: port, logger: logger)
    }

    /// The routes with one more, which tells of them all.
    static func described(_ routes: [Route]) throws -> [Route] { routes + [try Operations.description(of: routes, webhooks: Registers.webhooks)] }
}
