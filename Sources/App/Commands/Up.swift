import ArgumentParser
import Foundation
import Logging
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

/// Starts the roles as child processes, waits for them, and passes on the signal to stop.
private final class Supervisor: Sendable {
    struct Role: Sendable {
        let name: String
        let executable: String
        let arguments: [String]
    }

    let settings: Settings
    let roles: [Role]

    init(settings: Settings, flags: [String]) {
        self.settings = settings
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        var roles = ["registers", "gateway", "acquirer", "worker", "serve"].map { Role(name: $0, executable: own, arguments: [$0] + flags) }
        let tool = settings.toolsFolder + "/mailcatcher.py"
        if FileManager.default.fileExists(atPath: tool) {
            roles.insert(
                Role(
                    name: "mail catcher", executable: settings.python,
                    arguments: [tool, "--smtp-port", "\(settings.mailPort)", "--http-port", "\(settings.mailPagePort)"]), at: 0)
        }
        self.roles = roles
    }

    func run() async throws {
        let stop = StopSignal()
        let children = roles.map(Child.init)
        Demo.announce(settings)
        await withTaskGroup(of: Void.self) { group in
            for child in children { group.addTask { await child.keepAlive() } }
            await stop.wait()
            FileHandle.standardError.write(Data("Stopping …\n".utf8))
            for child in children.reversed() { child.stop() }
            // Whoever waits to start again need not.
            group.cancelAll()
        }
    }
}

/// One role's process, started again when it dies by itself.
private final class Child: @unchecked Sendable {
    // `Process` is not Sendable; every use of `process` and `isStopping` is under the lock.
    private let lock = NSLock()
    private var process = Process()
    private var isStopping = false
    private let role: Supervisor.Role

    init(_ role: Supervisor.Role) { self.role = role }

    /// Starts the process; answers when it has ended.
    private func runOnce() async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            let process = Process()
            process.executableURL = URL(fileURLWithPath: role.executable)
            process.arguments = role.arguments
            process.environment = ProcessInfo.processInfo.environment.merging(["ZAMIN_SUPERVISED": "1"]) { _, new in new }
            process.standardInput = FileHandle.nullDevice
            process.terminationHandler = { _ in continuation.resume() }
            do {
                let isStarted = try lock.withLock {
                    self.process = process
                    if !isStopping { try process.run() }
                    return !isStopping
                }
                if !isStarted { continuation.resume() }
            } catch { continuation.resume(throwing: error) }
        }
    }

    func stop() {
        lock.withLock {
            isStopping = true
            if process.isRunning { process.terminate() }
        }
    }

    /// Runs the process until it is told to stop; after a death it starts again, a little later each time it dies soon.
    func keepAlive() async {
        var pause = 1
        while !lock.withLock({ isStopping }) {
            let started = Date()
            do { try await runOnce() } catch { tell("could not start: \(error)") }
            if lock.withLock({ isStopping }) { return }
            tell("ended; starting it again in \(pause) s")
            try? await Task.sleep(for: .seconds(pause))
            pause = Date().timeIntervalSince(started) > 60 ? 1 : min(pause * 2, 30)
        }
    }

    private func tell(_ text: String) { FileHandle.standardError.write(Data("\(role.name): \(text)\n".utf8)) }
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
