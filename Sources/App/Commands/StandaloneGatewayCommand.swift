import ArgumentParser
import Database
import Foundation
import House
import Logging
import Spine
import Timestamping
import Transparency
import Trust
import Values
import Web

/// A gateway in a body's own house. Its folder holds `gateway.json` (see Docs/gateway.md), its key, its database and nothing of the centre's.
struct RunStandaloneGateway: RoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "standalone-gateway",
        abstract: """
            Run a body's own gateway from a folder with gateway.json: `FOLDER`; `FOLDER key` prints its public key for the centre, \
            `FOLDER verify-log` proves its log of messages whole.
            """)
    @Argument(parsing: .captureForPassthrough) var flags: [String] = []

    func run(_ settings: Settings, _ logger: Logger) async throws {
        let words = Self.words(flags)
        guard let folder = words.first, words.count == 1 || words == [folder, "key"] || words == [folder, "verify-log"] else {
            throw ValidationError("zamin standalone-gateway: say `FOLDER`, `FOLDER key` or `FOLDER verify-log`")
        }
        let key = try SigningKey.open(folder: "\(folder)/keys", name: "gateway")
        let task = words.dropFirst().first
        if task == "key" { return print(key.verifyingKey.jwk.text) }
        let file = try StandaloneGatewayFile(folder: folder, json: try Resources.json("\(folder)/gateway.json"))
        let database = try SQLiteDatabase(path: "\(folder)/gateway.sqlite")
        let migrations = try Migrations([(module: "spine", folder: "\(settings.resourceFolder)/Components/Spine/Schema")])
        if task == "verify-log" {
            guard try await migrations.pending(in: database).isEmpty else {
                throw ValidationError("the database is behind: start the gateway of this version first")
            }
        } else {
            _ = try await migrations.apply(to: database)
        }
        let logKey = try SigningKey.open(folder: "\(folder)/keys", name: "messages-log")
        let log = Spine.messageLog(
            in: database, signer: try NoteSigner(name: "zamin/messages/\(key.verifyingKey.keyID)", key: logKey),
            checkpointFolder: "\(folder)/checkpoints", timestamps: file.timestamps)
        if task == "verify-log" {
            let result = try await log.verify()
            await database.close()
            VerifyLog.tell(result, of: "messages")
            guard result.isWhole else { throw ExitCode.failure }
            return print("The log is whole.")
        }
        let gateway = try StandaloneGateway(
            GatewaySettings(
                baseURL: file.publicURL, key: key, localToken: file.localToken, registers: file.registers, services: .empty, tls: file.tls),
            centre: file.centre, centreTLS: nil, database: database,
            vault: Vault(keyring: try Keyring.open(folder: "\(folder)/keys/vault")), webhooks: file.webhooks, logger: logger)
        let resources = ResourceFolder(module: "spine", path: "\(settings.resourceFolder)/Components/Spine")
        let local = try Roles.server(routes: gateway.localRoutes, folders: [resources], port: file.localPort, settings, logger)
        var peers = try Roles.server(routes: gateway.peerRoutes, folders: [resources], host: file.peerHost, port: file.peerPort, settings, logger)
        peers.mutualTLS = file.tls.map {
            .init(certificatePath: $0.certificatePath, keyPath: $0.keyPath, authoritiesPath: $0.authoritiesPath, refusesStrangers: true)
        }
        // Before anybody is answered, so that the first question is decided by what is in force.
        await gateway.turn()
        let (one, two) = (local, peers)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await one.run() }
            group.addTask { try await two.run() }
            group.addTask { await gateway.run(keeping: log) }
            try await group.next()
            group.cancelAll()
        }
        await gateway.close()
        await database.close()
    }
}

/// `gateway.json`, whose paths are relative to its folder.
struct StandaloneGatewayFile {
    let publicURL: String
    let peerHost: String
    let peerPort: Int
    let localPort: Int
    let localToken: String
    let centre: Peer
    let registers: [Peer]
    let tls: PeerTLS?
    /// Systems of the body that are told of events.
    let webhooks: [EventWebhook]
    /// Who time-stamps the checkpoints of its log; nil for nobody.
    let timestamps: TimestampAuthority?

    init(folder: String, json: JSON) throws {
        func text(_ names: String...) throws -> String {
            guard let text = names.reduce(Optional(json), { $0?[$1] })?.string, !text.isEmpty else {
                throw ValidationError("gateway.json: \(names.joined(separator: ".")) is missing")
            }
            return text
        }
        func port(_ name: String) throws -> Int {
            guard let port = json[name]?.int, (1...65_535).contains(port) else { throw ValidationError("gateway.json: \(name) is no port") }
            return Int(port)
        }
        func path(_ text: String) -> String { text.hasPrefix("/") ? text : "\(folder)/\(text)" }
        (publicURL, peerHost, localPort, peerPort) = (try text("publicURL"), try text("peerHost"), try port("localPort"), try port("peerPort"))
        localToken = String(decoding: try SecretFile.read(path(try text("localTokenFile"))), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard let centre = json["centre"].flatMap(Peer.init(json:)) else { throw ValidationError("gateway.json: centre needs url and key") }
        self.centre = centre
        if json["timestamps"] == nil {
            timestamps = nil
        } else {
            let apart = json["timestamps"]?["seconds"]?.int ?? TimestampAuthority.usualSecondsApart
            guard (10...86_400).contains(apart) else { throw ValidationError("gateway.json: timestamps.seconds is a number from 10 to 86400") }
            timestamps = TimestampAuthority(
                url: try text("timestamps", "url"), authoritiesPath: path(try text("timestamps", "authorities")), secondsApart: apart)
        }
        let hooks = json["webhooks"]?.array ?? []
        webhooks = hooks.compactMap(EventWebhook.init(json:))
        guard webhooks.count == hooks.count else { throw ValidationError("gateway.json: each of webhooks needs body, operation, purpose and url") }
        let list = json["registers"]?.array ?? []
        registers = list.compactMap(Peer.init(json:))
        guard registers.count == list.count else { throw ValidationError("gateway.json: each of registers needs url and key") }
        if json["tls"] == nil {
            // Only where something else protects the wire.
            guard publicURL.hasPrefix("http://") else { throw ValidationError("gateway.json: tls is missing") }
            tls = nil
        } else {
            tls = PeerTLS(
                certificatePath: path(try text("tls", "certificate")), keyPath: path(try text("tls", "key")),
                authoritiesPath: path(try text("tls", "authorities")))
        }
    }
}
