import ArgumentParser
import House
import Logging
import Officers

/// The very first administrator; all others are appointed at the desk, by two people.
struct OfficersCommand: RoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "officers", abstract: "Make somebody the first administrator: `zamin officers appoint NUMBER`, once, for a person who has registered.")
    @Argument(parsing: .captureForPassthrough) var flags: [String] = []

    func run(_ settings: Settings, _ logger: Logger) async throws {
        let words = Self.words(flags)
        guard words.first == "appoint", words.count == 2 else { throw ValidationError("zamin officers: say `appoint` and a national number") }
        let base = try await Foundations(settings, logger)
        try await base.checkMigrations()
        let house = try await House(base)
        let isDone = try await house.officers.appointFirst(nationalNumber: words[1])
        await house.close()
        guard isDone else { throw ValidationError("there is an administrator already, or nobody with this number has registered") }
        print("\(words[1]) is the first administrator. Appoint a second one at /desk/officers: powerful roles need two people.")
    }
}
