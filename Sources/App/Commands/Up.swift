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
        let children = try roles.map { try Child($0) }
        Demo.announce(settings)
        let keeper = Task { for child in children { Task { await child.keepAlive() } } }
        await stop.wait()
        keeper.cancel()
        FileHandle.standardError.write(Data("Stopping …\n".utf8))
        for child in children.reversed() { child.stop() }
        for child in children { await child.ended() }
    }
}

/// One role's process, started again when it dies by itself.
private final class Child: @unchecked Sendable {
    // `Process` is not Sendable; every use of `process` and `isStopping` is under the lock.
    private let lock = NSLock()
    private var process: Process
    private var isStopping = false
    private let role: Supervisor.Role

    init(_ role: Supervisor.Role) throws {
        self.role = role
        process = try Child.start(role)
    }

    private static func start(_ role: Supervisor.Role) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: role.executable)
        process.arguments = role.arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["ZAMIN_SUPERVISED": "1"]) { _, new in new }
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return process
    }

    private var current: Process { lock.withLock { process } }

    func stop() {
        lock.withLock {
            isStopping = true
            if process.isRunning { process.terminate() }
        }
    }

    func ended() async {
        let process = current
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            Thread.detachNewThread {
                process.waitUntilExit()
                continuation.resume()
            }
        }
    }

    /// Waits for the end of the process and starts it again, a little later each time it dies soon after its start.
    func keepAlive() async {
        var pause = 1
        while true {
            let started = Date()
            await ended()
            if lock.withLock({ isStopping }) { return }
            FileHandle.standardError.write(Data("\(role.name) ended; starting it again in \(pause) s\n".utf8))
            try? await Task.sleep(for: .seconds(pause))
            pause = Date().timeIntervalSince(started) > 60 ? 1 : min(pause * 2, 30)
            let again = lock.withLock { () -> Bool in
                guard !isStopping, let process = try? Child.start(role) else { return false }
                self.process = process
                return true
            }
            guard again else { return }
        }
    }
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
