import ArgumentParser
import Foundation
import House
import Logging
import OpenID
import Values

/// Systems that let people sign in here, registered by an operator.
struct Clients: RoleCommand {
    static let configuration = CommandConfiguration(
        abstract: "Register systems that let people sign in here: `zamin clients add FILE …`, each file with client metadata (RFC 7591).")
    @Argument(parsing: .captureForPassthrough) var flags: [String] = []

    func run(_ settings: Settings, _ logger: Logger) async throws {
        let words = Self.words(flags)
        guard words.first == "add", words.count > 1 else { throw ValidationError("zamin clients: say `add` and the files with the clients' metadata") }
        let base = try await Foundations(settings, logger)
        try await base.checkMigrations()
        let house = try await House(base)
        do { for path in words.dropFirst() { try await add(path, house) } } catch {
            await house.close()
            throw error
        }
        await house.close()
    }

    private func add(_ path: String, _ house: House) async throws {
        guard let bytes = FileManager.default.contents(atPath: path) else { throw ValidationError("\(path) cannot be read") }
        do { print("\(try await house.openID.save(client: try JSON.parse(bytes))) may let people sign in") } catch let error as JSONSyntaxError {
            throw ValidationError("\(path): \(error.description)")
        } catch let error as ClientError { throw ValidationError("\(path): \(error.description)") }
    }
}
