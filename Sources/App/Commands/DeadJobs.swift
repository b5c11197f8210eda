import ArgumentParser
import Database
import House
import Jobs
import Logging
import Values

/// Jobs that were given up: an operator looks at why, and gives them a new life.
struct DeadJobs: RoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "List jobs that were given up; `zamin jobs replay ID …` or `zamin jobs replay all` tries them again.")
    @Argument(parsing: .captureForPassthrough) var flags: [String] = []

    private static let shownMax = 100

    func run(_ settings: Settings, _ logger: Logger) async throws {
        let base = try await Foundations(settings, logger)
        try await base.checkMigrations()
        do { try await run(Self.words(flags), base) } catch {
            await base.database.close()
            throw error
        }
        await base.database.close()
    }

    private func run(_ words: [String], _ base: Foundations) async throws {
        switch words.first {
        case nil: try await list(base)
        case "replay" where words.count > 1: try await replay(Array(words.dropFirst()), base)
        default: throw ValidationError("zamin jobs: say nothing, or `replay` with ids, or `replay all`")
        }
    }

    private func list(_ base: Foundations) async throws {
        let (dead, open) = try await base.database.read { connection in
            (try JobQueue.dead(limit: DeadJobs.shownMax, in: connection), try JobQueue.openCount(in: connection))
        }
        print("\(open) jobs wait or run, \(dead.count == DeadJobs.shownMax ? "at least \(dead.count)" : "\(dead.count)") were given up")
        for job in dead { print("\(job.id)  \(job.type)  after \(job.tries) tries  \(job.lastError ?? "")") }
    }

    private func replay(_ ids: [String], _ base: Foundations) async throws {
        let time = base.clock.now()
        let wanted = ids == ["all"] ? try await base.database.read { try JobQueue.dead(limit: Int(Int32.max), in: $0) }.map(\.id) : ids
        let done = try await base.database.write { connection in
            try wanted.filter { try JobQueue.replay($0, at: time, in: connection) }
        }
        print("\(done.count) jobs are tried again")
        let others = wanted.filter { !done.contains($0) }
        guard others.isEmpty else { throw ValidationError("not among the jobs that were given up: \(others.joined(separator: ", "))") }
    }
}
