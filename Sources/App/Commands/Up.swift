import ArgumentParser
import Foundation
import House
import Logging
import Subprocess
import SystemPackage
#if canImport(Glibc)
import Glibc
#endif

/// Everything a demo country needs, under one supervisor: one Ctrl-C stops it all, and what dies is started again.
struct Up: RoleCommand {
    static let configuration = CommandConfiguration(commandName: "up", abstract: "Run the whole demo country: all roles under one supervisor.")
    @Argument(parsing: .captureForPassthrough) var flags: [String] = []

    func run(_ settings: Settings, _ logger: Logger) async throws {
        let supervisor = Supervisor(settings: settings, flags: flags)
        try await Demo.prepare(settings, logger)
        try await supervisor.run()
    }
}

/// Starts the roles as child processes, starts again what dies, and at the end asks all to finish.
private struct Supervisor: Sendable {
    struct Role: Sendable {
        let name: String
        let executable: String
        let arguments: [String]
    }

    /// How long a role may take to finish what is in flight.
    private static let patience: Duration = .seconds(10)

    let settings: Settings
    let roles: [Role]

    init(settings: Settings, flags: [String]) {
        self.settings = settings
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        var roles = ["registers", "gateway", "acquirer", "worker", "serve"].map { Role(name: $0, executable: own, arguments: [$0] + flags) }
        let catcher = settings.toolsFolder + "/mailcatcher.py"
        if FileManager.default.fileExists(atPath: catcher) {
            let ports = ["--smtp-port", "\(settings.mailPort)", "--http-port", "\(settings.mailPagePort)"]
            roles.insert(Role(name: "mail catcher", executable: settings.python, arguments: [catcher] + ports), at: 0)
        }
        self.roles = roles
    }

    func run() async throws {
        let stop = StopSignal()
        Demo.announce(settings)
        await withTaskGroup(of: Void.self) { group in
            for role in roles { group.addTask { await keepAlive(role) } }
            await stop.wait()
            FileHandle.standardError.write(Data("Stopping …\n".utf8))
            group.cancelAll()
        }
    }

    /// Runs a role until the task is cancelled; after a death it starts again, a little later each time it dies soon.
    private func keepAlive(_ role: Role) async {
        var pause = 1
        while !Task.isCancelled {
            let started = ContinuousClock.now
            do { try await runOnce(role) } catch { tell(role, "\(error)") }
            if Task.isCancelled { return }
            tell(role, "ended; starting it again in \(pause) s")
            try? await Task.sleep(for: .seconds(pause))
            pause = ContinuousClock.now - started > .seconds(60) ? 1 : min(pause * 2, 30)
        }
    }

    private func runOnce(_ role: Role) async throws {
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: Supervisor.patience)]
        _ = try await Subprocess.run(
            .path(FilePath(role.executable)), arguments: Arguments(role.arguments), environment: .inherit.updating(["ZAMIN_SUPERVISED": "1"]),
            platformOptions: options, output: .fileDescriptor(.standardOutput, closeAfterSpawningProcess: false),
            error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false))
    }

    private func tell(_ role: Role, _ text: String) { FileHandle.standardError.write(Data("\(role.name): \(text)\n".utf8)) }
}

/// A child whose supervisor was killed ends by itself, so that no port stays taken. (The kernel's own parent-death signal is tied to the
/// thread that started the child, and threads come and go.)
func dieWithSupervisor() {
    guard ProcessInfo.processInfo.environment["ZAMIN_SUPERVISED"] == "1" else { return }
    let supervisor = getppid()
    Thread.detachNewThread {
        while getppid() == supervisor { Thread.sleep(forTimeInterval: 1) }
        kill(getpid(), SIGTERM)
    }
}
