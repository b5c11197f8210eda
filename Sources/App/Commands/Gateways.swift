import ArgumentParser
import Bodies
import Database
import Foundation
import House
import Logging
import Spine
import Trust
import Values

/// Gateways that stand at bodies, as the centre knows them.
struct Gateways: RoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateways",
        abstract: "Gateways at bodies: `key` (the centre's own, for their settings), `list`, `add URL KEYFILE BODY…`, `remove KEYID`.")
    @Argument(parsing: .captureForPassthrough) var flags: [String] = []

    func run(_ settings: Settings, _ logger: Logger) async throws {
        let words = Self.words(flags)
        let base = try await Foundations(settings, logger)
        try await base.checkMigrations()
        let spine = Spine(database: base.database)
        do {
            switch words.first {
            case "key" where words.count == 1: print(try base.keys.signing("centre").verifyingKey.jwk.text)
            case "list" where words.count == 1: try await list(spine)
            case "add" where words.count > 3: try await add(words[1], words[2], Array(words.dropFirst(3)), spine, base)
            case "remove" where words.count == 2:
                guard try await spine.removeGateway(words[1]) else { throw ValidationError("there is no gateway with the key \(words[1])") }
                print("removed \(words[1])")
            default: throw ValidationError("zamin gateways: say `key`, `list`, `add URL KEYFILE BODY…` or `remove KEYID`")
            }
        } catch {
            await base.database.close()
            throw error
        }
        await base.database.close()
    }

    private func list(_ spine: Spine) async throws {
        let gateways = try await spine.gateways()
        if gateways.isEmpty { print("No gateway stands at a body: all share those of `zamin gateway`.") }
        for gateway in gateways { print("\(gateway.key.keyID)  \(gateway.baseURL)  \(gateway.bodies?.sorted().joined(separator: " ") ?? "all others")") }
    }

    /// The key file is what `zamin standalone-gateway FOLDER key` printed.
    private func add(_ url: String, _ file: String, _ names: [String], _ spine: Spine, _ base: Foundations) async throws {
        for name in names where base.bodies.body(name) == nil { throw ValidationError("there is no body “\(name)”") }
        guard let content = FileManager.default.contents(atPath: file) else { throw ValidationError("\(file) cannot be read") }
        let key: VerifyingKey
        do { key = try VerifyingKey(jwk: try JSON.parse(Array(content))) } catch { throw ValidationError("\(file) holds no public key: \(error)") }
        try await spine.setGateway(Peer(baseURL: url, key: key, bodies: Set(names)))
        print("\(key.keyID) at \(url) speaks for \(names.sorted().joined(separator: ", "))")
    }
}
