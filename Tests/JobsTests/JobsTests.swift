import Database
import Foundation
import Jobs
import Logging
import Synchronization
import TestKit
import Testing
import Values

private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../../Sources/Core/Jobs/Schema"

/// A clock that tests move.
private final class Hand: Sendable {
    private let time = Mutex(Instant(seconds: 1_800_000_000))
    var source: TimeSource { TimeSource { self.time.withLock { $0 } } }
    func move(seconds: Int64) { time.withLock { $0 = $0.adding(seconds: seconds) } }
}

private final class Heard: Sendable {
    private let items = Mutex<[String]>([])
    var all: [String] { items.withLock { $0 } }
    func add(_ item: String) { items.withLock { $0.append(item) } }
}

private func prepared(_ database: any Database) async throws { try await Migrations([(module: "jobs", folder: folder)]).apply(to: database) }

@Suite struct JobsTests {
    private let logger = { var logger = Logger(label: "test"); logger.logLevel = .critical; return logger }()

    @Test(arguments: TestDatabases.engines)
    func eventsReachEverySubscriberOnceInOrderOfTheirKey(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            try await prepared(database)
            let (heard, hand) = (Heard(), Hand())
            var registry = JobRegistry()
            registry.on("case.moved", subscriber: "first") { heard.add("first \($0.payload["n"]?.int ?? 0)") }
            registry.on("case.moved", subscriber: "second") { heard.add("second \($0.payload["n"]?.int ?? 0)") }
            let worker = Worker(database: database, registry: registry, clock: hand.source, logger: logger)
            for n in 1...20 {
                try await database.write { _ = try Outbox.publish("case.moved", key: "one", ["n": .int(Int64(n))], at: hand.source.now(), in: $0) }
            }
            try await worker.runUntilIdle()
            #expect(heard.all.filter { $0.hasPrefix("first") } == (1...20).map { "first \($0)" })
            #expect(heard.all.filter { $0.hasPrefix("second") } == (1...20).map { "second \($0)" })
            #expect(try await database.read { try JobQueue.openCount(in: $0) } == 0)
        }
    }

    @Test(arguments: TestDatabases.engines)
    func anEventOfARolledBackTransactionNeverHappened(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            try await prepared(database)
            let heard = Heard()
            var registry = JobRegistry()
            registry.on("x", subscriber: "s") { _ in heard.add("x") }
            await #expect(throws: DatabaseError.self) {
                try await database.write { connection in
                    try Outbox.publish("x", key: "k", [:], at: Instant(seconds: 1), in: connection)
                    throw DatabaseError.statement("on purpose")
                }
            }
            try await Worker(database: database, registry: registry, logger: logger).runUntilIdle()
            #expect(heard.all.isEmpty)
        }
    }

    @Test(arguments: TestDatabases.engines)
    func aFailingJobWaitsLongerEachTimeAndThenLiesDeadUntilReplayed(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            try await prepared(database)
            let (heard, hand) = (Heard(), Hand())
            let isBroken = Mutex(true)
            var registry = JobRegistry()
            registry.job("send", retry: .init(tries: 3, secondsApart: 300)) { job in
                heard.add("try \(job.tries)")
                if isBroken.withLock({ $0 }) { throw DatabaseError.unavailable("peer") }
            }
            let worker = Worker(database: database, registry: registry, clock: hand.source, logger: logger)
            try await database.write { try JobQueue.enqueue("send", [:], runAt: hand.source.now(), uniqueKey: "once", in: $0) }
            try await database.write { try JobQueue.enqueue("send", [:], runAt: hand.source.now(), uniqueKey: "once", in: $0) }
            try await worker.runUntilIdle()
            #expect(heard.all == ["try 1"])
            hand.move(seconds: 2)
            try await worker.runUntilIdle()
            hand.move(seconds: 4)
            try await worker.runUntilIdle()
            #expect(heard.all == ["try 1", "try 2", "try 3"])
            let dead = try await database.read { try JobQueue.dead(limit: 10, in: $0) }
            #expect(dead.count == 1)
            #expect(dead.first?.lastError?.contains("peer") == true)
            isBroken.withLock { $0 = false }
            let id = try #require(dead.first?.id)
            #expect(try await database.write { try JobQueue.replay(id, at: hand.source.now(), in: $0) })
            try await worker.runUntilIdle()
            #expect(heard.all.count == 4)
            #expect(try await database.read { try JobQueue.openCount(in: $0) } == 0)
        }
    }

    @Test(arguments: TestDatabases.engines)
    func manyWorkersDoEachJobOnce(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            try await prepared(database)
            let (heard, hand) = (Heard(), Hand())
            var registry = JobRegistry()
            registry.job("count") { heard.add($0.payload["n"]?.string ?? "") }
            let work = registry
            for n in 0..<60 { try await database.write { try JobQueue.enqueue("count", ["n": .string("\(n)")], runAt: hand.source.now(), in: $0) } }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask { try await Worker(database: database, registry: work, clock: hand.source, logger: logger).runUntilIdle() }
                }
                try await group.waitForAll()
            }
            #expect(heard.all.sorted() == (0..<60).map { "\($0)" }.sorted())
        }
    }

    @Test(arguments: TestDatabases.engines)
    func aDeadJobHoldsBackThoseAfterItUntilItIsReplayed(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            try await prepared(database)
            let (heard, hand) = (Heard(), Hand())
            let isBroken = Mutex(true)
            var registry = JobRegistry()
            registry.on("case.moved", subscriber: "s") { event in
                if isBroken.withLock({ $0 }), event.key == "one" { throw JobError.hopeless("\u{0} on purpose") }
                heard.add("\(event.key) \(event.payload["n"]?.int ?? 0)")
            }
            for n in 1...3 {
                for key in ["one", "two"] {
                    try await database.write { _ = try Outbox.publish("case.moved", key: key, ["n": .int(Int64(n))], at: hand.source.now(), in: $0) }
                }
            }
            let worker = Worker(database: database, registry: registry, clock: hand.source, logger: logger)
            try await worker.runUntilIdle()
            #expect(heard.all == ["two 1", "two 2", "two 3"])
            let dead = try await database.read { try JobQueue.dead(limit: 10, in: $0) }
            #expect(dead.count == 1)
            #expect(dead.first?.lastError?.contains("on purpose") == true)
            isBroken.withLock { $0 = false }
            let id = try #require(dead.first?.id)
            #expect(try await database.write { try JobQueue.replay(id, at: hand.source.now(), in: $0) })
            try await worker.runUntilIdle()
            #expect(heard.all.filter { $0.hasPrefix("one") } == ["one 1", "one 2", "one 3"])
        }
    }

    @Test(arguments: TestDatabases.engines)
    func twoWorkersKeepTheOrderOfAKey(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            try await prepared(database)
            let (heard, hand) = (Heard(), Hand())
            var registry = JobRegistry()
            registry.on("case.moved", subscriber: "s") { heard.add("\($0.key) \($0.payload["n"]?.int ?? 0)") }
            for n in 1...150 {
                try await database.write { _ = try Outbox.publish("case.moved", key: "k\(n % 3)", ["n": .int(Int64(n))], at: hand.source.now(), in: $0) }
            }
            let work = registry
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask { try await Worker(database: database, registry: work, clock: hand.source, logger: logger).runUntilIdle() }
                }
                try await group.waitForAll()
            }
            // One of them may have found nothing to do while another was at it.
            try await Worker(database: database, registry: work, clock: hand.source, logger: logger).runUntilIdle()
            for key in 0..<3 {
                #expect(heard.all.filter { $0.hasPrefix("k\(key) ") } == (1...150).filter { $0 % 3 == key }.map { "k\(key) \($0)" })
            }
        }
    }

    @Test(arguments: TestDatabases.engines)
    func aJobThatNoWorkerSurvivesIsGivenUp(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            try await prepared(database)
            let (heard, hand) = (Heard(), Hand())
            var registry = JobRegistry()
            registry.job("work", retry: .init(tries: 3, secondsApart: 300)) { heard.add("try \($0.tries)") }
            try await database.write { connection in
                try JobQueue.enqueue("work", [:], runAt: hand.source.now(), in: connection)
                try connection.execute("UPDATE jobs_job SET state = 'running', tries = 3, leased_until = $1", [.instant(hand.source.now())])
            }
            hand.move(seconds: 1)
            try await Worker(database: database, registry: registry, clock: hand.source, logger: logger).runUntilIdle()
            #expect(heard.all.isEmpty)
            #expect(try await database.read { try JobQueue.deadCount(in: $0) } == 1)
        }
    }

    /// A worker whose lease ran out must not delete what another is doing now.
    @Test(arguments: TestDatabases.engines)
    func aWorkerThatWasTooSlowEndsNothingOfAnothers(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            try await prepared(database)
            let hand = Hand()
            var registry = JobRegistry()
            registry.job("work") { job in
                // Meanwhile the lease ran out and another worker took the job up.
                try await database.write { _ = try $0.execute("UPDATE jobs_job SET tries = tries + 1 WHERE id = $1", [.text(job.id)]) }
            }
            try await database.write { try JobQueue.enqueue("work", [:], runAt: hand.source.now(), in: $0) }
            try await Worker(database: database, registry: registry, clock: hand.source, logger: logger).runUntilIdle()
            #expect(try await database.read { try JobQueue.openCount(in: $0) } == 1)
        }
    }

    @Test(arguments: TestDatabases.engines)
    func aLeaseThatWasNotSurvivedRunsOut(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            try await prepared(database)
            let (heard, hand) = (Heard(), Hand())
            var registry = JobRegistry()
            registry.job("work") { heard.add("try \($0.tries)") }
            try await database.write { connection in
                try JobQueue.enqueue("work", [:], runAt: hand.source.now(), in: connection)
                // As a worker leaves it that is killed in the middle of the job.
                try connection.execute(
                    "UPDATE jobs_job SET state = 'running', tries = 1, leased_until = $1", [.instant(hand.source.now().adding(seconds: 300))])
            }
            let worker = Worker(database: database, registry: registry, clock: hand.source, logger: logger)
            try await worker.runUntilIdle()
            #expect(heard.all.isEmpty)
            hand.move(seconds: 301)
            try await worker.runUntilIdle()
            #expect(heard.all == ["try 2"])
        }
    }
}
