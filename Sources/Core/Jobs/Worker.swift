public import Database
public import Logging
public import Values

/// Does the jobs. Any number may run at once, in one process or many: a job is leased to one of them, and a lease that its worker
/// did not survive runs out.
public final class Worker: Sendable {
    /// A job that takes longer is taken for lost and given to another worker.
    static let leaseSeconds: Int64 = 300

    let database: any Database
    let registry: JobRegistry
    let clock: TimeSource
    let logger: Logger

    public init(database: any Database, registry: JobRegistry, clock: TimeSource = .wallClock, logger: Logger) {
        var registry = registry
        registry.every(seconds: 3_600, "jobs.housekeeping") { try await Outbox.forget(at: clock.now(), in: database) }
        (self.database, self.registry, self.clock, self.logger) = (database, registry, clock, logger)
    }

    /// Works until the task is cancelled, looking for something new every `idleMilliseconds` when there is nothing.
    ///
    /// - Parameter jobs: how many are done at once, so that a mail server that says nothing for a while keeps nobody else waiting.
    public func run(jobs: Int = 4, idleMilliseconds: Int64 = 250) async {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<max(1, jobs) { group.addTask { await self.repeatedly(idleMilliseconds) { try await self.step() } } }
            for clock in registry.clocks { group.addTask { await self.keepTime(of: clock) } }
        }
    }

    private func repeatedly(_ idleMilliseconds: Int64, _ work: () async throws -> Bool) async {
        while !Task.isCancelled {
            do { if try await work() { continue } } catch { logger.error("worker", metadata: ["error": "\(error)"]) }
            try? await Task.sleep(for: .milliseconds(idleMilliseconds))
        }
    }

    private func keepTime(of clock: JobRegistry.Clock) async {
        while !Task.isCancelled {
            do { try await clock.work() } catch { logger.error("clock", metadata: ["name": "\(clock.name)", "error": "\(error)"]) }
            try? await Task.sleep(for: .seconds(clock.secondsApart))
        }
    }

    /// Does everything that is due now, and what that brings about. For tests and for commands that must end with nothing left over.
    public func runUntilIdle() async throws {
        while try await step() {}
    }

    /// Runs the clocks once, whatever the time.
    public func runClocks() async throws {
        for clock in registry.clocks { try await clock.work() }
    }

    /// Fans events out, then does one job. False when there was nothing to do.
    private func step() async throws -> Bool {
        let fannedOut = try await fanOut()
        guard let job = try await lease() else { return fannedOut }
        await perform(job)
        return true
    }

    /// One job for each subscriber of each new event. By one worker at a time: two would put the events of one key out of order.
    private func fanOut() async throws -> Bool {
        let (subscribers, time) = (registry.subscribers, clock.now())
        let waiting: Int = try await database.read { connection in
            Int(try connection.first("SELECT count(*) FROM (SELECT 1 FROM jobs_event WHERE fanned_out = 0 LIMIT 1) AS waiting") { try $0.int(0) } ?? 0)
        }
        guard waiting > 0 else { return false }
        return try await database.write { connection in
            guard try connection.tryLock("jobs.fanOut") else { return false }
            let events = try connection.query(
                "SELECT id, type, event_key, payload, at FROM jobs_event WHERE fanned_out = 0 ORDER BY id LIMIT 100", [],
                { row in
                    Event(id: try row.text(0), type: try row.text(1), key: try row.text(2), payload: try row.json(3), at: try row.instant(4))
                })
            for event in events {
                for type in subscribers[event.type] ?? [] {
                    try JobQueue.enqueue(
                        type, event.json, runAt: time, orderingKey: "\(type):\(event.key)", uniqueKey: "\(type):\(event.id)", in: connection)
                }
                try connection.execute("UPDATE jobs_event SET fanned_out = 1 WHERE id = $1", [.text(event.id)])
            }
            return !events.isEmpty
        }
    }

    /// The next due job, leased to this worker.
    private func lease() async throws -> Job? {
        let time = clock.now()
        let tries = registry.kinds.mapValues(\.retry.tries)
        let isDue: Bool = try await database.read { connection in
            try connection.first(
                """
                SELECT 1 FROM jobs_job WHERE state IN ('waiting', 'running') AND run_at <= $1 AND (leased_until IS NULL OR leased_until < $2)
                AND (ordering_key IS NULL OR NOT EXISTS (SELECT 1 FROM jobs_job AS older
                    WHERE older.ordering_key = jobs_job.ordering_key AND older.id < jobs_job.id)) LIMIT 1
                """, [.instant(time), .instant(time)], { try $0.int(0) }) != nil
        }
        guard isDue else { return nil }
        return try await database.write { connection in
            let due = try connection.first(
                """
                SELECT \(Job.columns) FROM jobs_job
                WHERE state IN ('waiting', 'running') AND run_at <= $1 AND (leased_until IS NULL OR leased_until < $2)
                AND (ordering_key IS NULL OR NOT EXISTS (SELECT 1 FROM jobs_job AS older
                    WHERE older.ordering_key = jobs_job.ordering_key AND older.id < jobs_job.id))
                ORDER BY run_at, id LIMIT 1 \(connection.dialect.skipLocked)
                """, [.instant(time), .instant(time)], Job.read)
            guard let due else { return nil }
            // It took its worker with it, each time: nobody was left to count the tries.
            if due.state == .running, due.tries >= (tries[due.type] ?? JobRegistry.Retry.usual.tries) {
                try connection.execute(
                    "UPDATE jobs_job SET state = 'dead', leased_until = NULL, last_error = $1 WHERE id = $2",
                    [.text("no worker survived it"), .text(due.id)])
                return nil
            }
            return try connection.first(
                "UPDATE jobs_job SET state = 'running', tries = tries + 1, leased_until = $1 WHERE id = $2 RETURNING \(Job.columns)",
                [.instant(time.adding(seconds: Worker.leaseSeconds)), .text(due.id)], Job.read)
        }
    }

    private func perform(_ job: Job) async {
        do {
            guard let kind = registry.kinds[job.type] else { throw JobError.unknownType(job.type) }
            try await kind.work(job)
            // Only while it is still ours: a lease that ran out has given it to another.
            try await database.write {
                try $0.execute("DELETE FROM jobs_job WHERE id = $1 AND tries = $2", [.text(job.id), .integer(Int64(job.tries))])
            }
        } catch {
            logger.warning("job failed", metadata: ["job": "\(job.id)", "type": "\(job.type)", "tries": "\(job.tries)", "error": "\(error)"])
            await putBack(job, after: error)
        }
    }

    private func putBack(_ job: Job, after error: any Error) async {
        let retry = registry.kinds[job.type]?.retry ?? .usual
        var isHopeless = job.tries >= retry.tries
        if let known = error as? JobError, case .hopeless = known { isHopeless = true }
        let state: Job.State = isHopeless ? .dead : .waiting
        if isHopeless { logger.error("job given up", metadata: ["job": "\(job.id)", "type": "\(job.type)", "error": "\(error)"]) }
        let runAt = clock.now().adding(seconds: retry.delay(after: job.tries))
        let text = String("\(error)".unicodeScalars.lazy.filter { $0.value != 0 }.prefix(1_000).map(Character.init))
        do {
            try await database.write { connection in
                try connection.execute(
                    "UPDATE jobs_job SET state = $1, run_at = $2, leased_until = NULL, last_error = $3 WHERE id = $4 AND tries = $5",
                    [.text(state.rawValue), .instant(runAt), .text(text), .text(job.id), .integer(Int64(job.tries))])
            }
        } catch {
            // The lease runs out by itself, and the job is tried again then.
            logger.error("job not put back", metadata: ["job": "\(job.id)", "error": "\(error)"])
        }
    }
}
