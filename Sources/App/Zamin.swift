import ArgumentParser
import Database
import Foundation
import House
import Logging

/// The one executable; its roles are subcommands.
@main
struct Zamin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zamin",
        abstract: "A government's digital platform: one site, one identity, one request from start to decision.",
        discussion: "Settings are flags (--port 8080), environment (ZAMIN_PORT) or the file ZAMIN_CONFIG names. `zamin doctor` prints them.",
        subcommands: [
            Serve.self, Work.self, RunGateway.self, RunRegisters.self, RunAcquirer.self, Migrate.self, Demo.self, Doctor.self, DeadJobs.self, Clients.self,
            OfficersCommand.self, Services.self, Gateways.self, RunStandaloneGateway.self,
            VerifyLog.self, Up.self,
        ])
}

/// What all subcommands share: settings may be given as flags after the name.
protocol RoleCommand: AsyncParsableCommand {
    var flags: [String] { get }
    func run(_ settings: Settings, _ logger: Logger) async throws
}

extension RoleCommand {
    /// What is no setting: `--name value` and `--name=value` are.
    static func words(_ flags: [String]) -> [String] {
        var words: [String] = []
        var isValue = false
        for flag in flags {
            if flag.hasPrefix("--") { isValue = !flag.contains("=") } else {
                if !isValue { words.append(flag) }
                isValue = false
            }
        }
        return words
    }

    func run() async throws {
        if flags.contains("--help") || flags.contains("-h") { return print(Zamin.helpMessage(for: Self.self)) }
        let settings: Settings
        do { settings = try await Settings.read() } catch { throw Self.refusal(error) }
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        var logger = Logger(label: "zamin.\(Self._commandName)")
        logger.logLevel = settings.logLevel
        dieWithSupervisor()
        do { try await run(settings, logger) } catch let error as CancellationError { _ = error } catch {
            throw Self.refusal(error)
        }
    }

    /// Tells why the command cannot go on, in one line.
    private static func refusal(_ error: any Error) -> ExitCode {
        let text =
            switch error {
            case DatabaseError.migration(let reason), DatabaseError.unavailable(let reason), DatabaseError.statement(let reason): reason
            case let error as CocoaError: "\(error.localizedDescription) (\(error.filePath ?? "?"))"
            default: "\(error)"
            }
        FileHandle.standardError.write(Data("zamin \(_commandName): \(text)\n".utf8))
        return ExitCode.failure
    }
}
