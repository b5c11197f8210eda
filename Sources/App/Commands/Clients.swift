import ArgumentParser
import Foundation
import House
import Logging
import OpenID
import Values

/// Systems that let people sign in here, registered by an operator.
struct Clients: RoleCommand {
    static let configuration = CommandConfiguration(
        abstract: """
            Register systems that let people sign in here: `zamin clients add FILE …`, each file with client metadata (RFC 7591); \
            `zamin clients secret ID` makes another secret for one of the legacy profile.
            """)
    @Argument(parsing: .captureForPassthrough) var flags: [String] = []

    func run(_ settings: Settings, _ logger: Logger) async throws {
        let words = Self.words(flags)
        guard ["add", "secret"].contains(words.first), words.count > 1 else {
            throw ValidationError("zamin clients: say `add` and the files with the clients' metadata, or `secret` and the client's id")
        }
        let base = try await Foundations(settings, logger)
        try await base.checkMigrations()
        let house = try await House(base)
        do {
            for word in words.dropFirst() { if words[0] == "add" { try await add(word, house) } else { try await makeSecret(word, house) } }
        } catch {
            await house.close()
            throw error
        }
        await house.close()
    }

    private func makeSecret(_ id: String, _ house: House) async throws {
        guard let secret = try await house.openID.makeSecret(of: id) else { throw ValidationError("\(id) is no client of the legacy profile") }
        print("The secret of \(id), told this once: \(secret)")
    }

    private func add(_ path: String, _ house: House) async throws {
        guard let bytes = FileManager.default.contents(atPath: path) else { throw ValidationError("\(path) cannot be read") }
        do {
            let id = try await house.openID.save(client: try JSON.parse(bytes))
            print("\(id) may let people sign in")
            if let secret = try await house.openID.makeSecret(of: id, isFirst: true) { print("The secret of \(id), told this once: \(secret)") }
        } catch let error as JSONSyntaxError {
            throw ValidationError("\(path): \(error.description)")
        } catch let error as ClientError { throw ValidationError("\(path): \(error.description)") }
    }
}
