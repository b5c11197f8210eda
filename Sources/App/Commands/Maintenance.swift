import ArgumentParser
import Audit
import Database
import Foundation
import House
import Jobs
import Logging
import Transparency

/// Brings the database to this version's tables. Only forward; run before the new version starts.
struct Migrate: RoleCommand {
    static let configuration = CommandConfiguration(commandName: "migrate", abstract: "Bring the database to this version's tables.")
    @Argument(parsing: .captureForPassthrough) var flags: [String] = []

    func run(_ settings: Settings, _ logger: Logger) async throws {
        let base = try await Foundations(settings, logger)
        let done = try await base.migrations.apply(to: base.database)
        print(done.isEmpty ? "Nothing to do: the database is up to date." : done.map { "applied \($0)" }.joined(separator: "\n"))
        await base.database.close()
    }
}

/// Prints what is in force and tries every connection.
struct Doctor: RoleCommand {
    static let configuration = CommandConfiguration(commandName: "doctor", abstract: "Print the settings in force and try every connection.")
    @Argument(parsing: .captureForPassthrough) var flags: [String] = []

    func run(_ settings: Settings, _ logger: Logger) async throws {
        for line in settings.lines { print("\(line.name.padding(toLength: 30, withPad: " ", startingAt: 0)) \(line.value)") }
        var isWell = true
        func check(_ what: String, _ work: () async throws -> String) async {
            do { print("ok    \(what): \(try await work())") } catch { isWell = false; print("FAULT \(what): \(error)") }
        }
        await check("resources") { "\(Resources(root: settings.resourceFolder).pages.count) modules with pages" }
        await check("database") {
            let base = try await Foundations(settings, logger)
            let pending = try await base.migrations.pending(in: base.database)
            let dead = pending.isEmpty ? try await base.database.read { try JobQueue.deadCount(in: $0) } : 0
            await base.database.close()
            guard dead == 0 else { throw DoctorError.deadJobs(dead) }
            return pending.isEmpty ? "reached, up to date" : "reached, \(pending.count) migrations to apply: run `zamin migrate`"
        }
        for (name, url) in [
            ("acquirer", settings.acquirerURL), ("registers", "http://127.0.0.1:\(settings.registersPort)"),
            ("gateway", "http://127.0.0.1:\(settings.consumerGatewayPort)"), ("mail", settings.smtpURL),
        ] { await check(name) { try Doctor.reach(url) } }
        await check("python") {
            guard FileManager.default.isExecutableFile(atPath: settings.python) else { throw DoctorError.missing(settings.python) }
            return settings.python
        }
        guard isWell else { throw ExitCode.failure }
    }

    /// Opens a TCP connection to the host and port of a URL.
    private static func reach(_ url: String) throws -> String {
        guard let parts = URLComponents(string: url), let host = parts.host else { throw DoctorError.malformed(url) }
        let port = parts.port ?? (parts.scheme == "https" ? 443 : parts.scheme?.hasPrefix("smtp") == true ? 25 : 80)
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, "\(port)", &hints, &list) == 0, let first = list else { throw DoctorError.unreachable(host, port) }
        defer { freeaddrinfo(first) }
        for address in sequence(first: first, next: { $0.pointee.ai_next }) {
            let handle = socket(address.pointee.ai_family, address.pointee.ai_socktype, 0)
            guard handle >= 0 else { continue }
            defer { close(handle) }
            if connect(handle, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 { return "\(host):\(port) answers" }
        }
        throw DoctorError.unreachable(host, port)
    }
}

enum DoctorError: Error, CustomStringConvertible {
    case missing(String)
    case malformed(String)
    case unreachable(String, Int)
    case deadJobs(Int)
    var description: String {
        switch self {
        case .missing(let path): "\(path) is not there"
        case .deadJobs(let count): "reached, but \(count) jobs were given up: run `zamin jobs`"
        case .malformed(let url): "\(url) is no address"
        case .unreachable(let host, let port): "nothing answers at \(host):\(port)"
        }
    }
}

/// Proves the logs of looks and of messages whole: every row is there, unchanged and in its place, as the signed checkpoints say, those kept outside the
/// database too. It only reads, so it may run beside a worker.
struct VerifyLog: RoleCommand {
    static let configuration = CommandConfiguration(commandName: "verify-log", abstract: "Prove the logs of looks and of messages whole.")
    @Argument(parsing: .captureForPassthrough) var flags: [String] = []

    func run(_ settings: Settings, _ logger: Logger) async throws {
        let base = try await Foundations(settings, logger)
        try await base.checkMigrations()
        let results = [("looks", try await base.audit.verify()), ("messages", try await base.messageLog.verify())]
        await base.database.close()
        for (name, result) in results { VerifyLog.tell(result, of: name) }
        guard results.allSatisfy(\.1.isWhole) else { throw ExitCode.failure }
        print("The logs are whole.")
    }

    static func tell(_ result: LogVerification, of name: String) {
        print("Log of \(name): \(result.entries) entries, \(result.checkpoints) signed checkpoints, \(result.kept) kept outside the database")
        if let first = result.firstStamp, let last = result.lastStamp { print("\(result.stamps) time stamps hold, from \(first) to \(last)") }
        if result.uncheckedStamps > 0 {
            print("\(result.uncheckedStamps) time stamps are not checked: the settings name no authority")
        }
        if result.waiting > 0 { print("\(result.waiting) entries wait for their place") }
        for fault in result.faults.prefix(20) { print("FAULT \(fault)") }
    }
}
