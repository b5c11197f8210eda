import Database
import TestKit
import Testing

@Suite struct ConcurrencyTests {
    @Test(arguments: TestDatabases.engines) func manyWritersAreAllCounted(engine: TestEngine) async throws {
        try await TestDatabases.withURL(engine) { url in
            let database = try openDatabase(url: url, dataFolder: "")
            try await database.run("CREATE TABLE entry (task BIGINT, step BIGINT, PRIMARY KEY (task, step))")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<64 {
                    group.addTask {
                        for step in 0..<50 {
                            try await database.run("INSERT INTO entry VALUES ($1, $2)", .integer(Int64(task)), .integer(Int64(step)))
                        }
                    }
                }
                try await group.waitForAll()
            }
            await database.close()
            let again = try openDatabase(url: url, dataFolder: "")
            #expect(try await again.number("SELECT COUNT(*) FROM entry") == 3_200)
            await again.close()
        }
    }

    @Test(arguments: TestDatabases.engines) func readThenWriteLosesNothing(engine: TestEngine) async throws {
        try await TestDatabases.with(engine, connections: 8) { database in
            try await database.run("CREATE TABLE counter (value BIGINT NOT NULL)")
            try await database.run("INSERT INTO counter VALUES (0)")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        for _ in 0..<10 {
                            try await database.write { connection in
                                let value = try connection.first("SELECT value FROM counter") { try $0.int(0) } ?? 0
                                try connection.execute("UPDATE counter SET value = $1", [.integer(value + 1)])
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await database.number("SELECT value FROM counter") == 160)
        }
    }

    @Test(arguments: TestDatabases.engines) func refusedItemsDoNotTouchTheirNeighbours(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            try await database.run("CREATE TABLE entry (id BIGINT PRIMARY KEY)")
            let refused = await withTaskGroup(of: Bool.self) { group in
                // Every number three times: one of three succeeds.
                for number in 0..<300 {
                    group.addTask {
                        let error = await failure { try await database.run("INSERT INTO entry VALUES ($1)", .integer(Int64(number % 100))) }
                        return error?.isUniqueViolation == true
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(try await database.number("SELECT COUNT(*) FROM entry") == 100)
            #expect(refused == 200)
        }
    }

    @Test(arguments: TestDatabases.engines) func aReaderSeesOnlyWhatIsCommitted(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            try await database.run("CREATE TABLE pair (left_side BIGINT, right_side BIGINT)")
            try await database.run("INSERT INTO pair VALUES (0, 0)")
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for _ in 0..<200 {
                        try await database.write { connection in
                            try connection.execute("UPDATE pair SET left_side = left_side + 1", [])
                            try connection.execute("UPDATE pair SET right_side = right_side + 1", [])
                        }
                    }
                }
                for _ in 0..<2 {
                    group.addTask {
                        for _ in 0..<200 {
                            // Two queries in one read see the same moment.
                            let sides = try await database.read { connection in
                                let left = try connection.first("SELECT left_side FROM pair") { try $0.int(0) }
                                let right = try connection.first("SELECT right_side FROM pair") { try $0.int(0) }
                                return (left, right)
                            }
                            #expect(sides.0 == sides.1)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await database.number("SELECT right_side FROM pair") == 200)
        }
    }

    @Test(arguments: TestDatabases.engines) func twoOpenStoresShareTheData(engine: TestEngine) async throws {
        try await TestDatabases.withURL(engine) { url in
            let stores = [try openDatabase(url: url, dataFolder: ""), try openDatabase(url: url, dataFolder: "")]
            try await stores[0].run("CREATE TABLE entry (id BIGINT PRIMARY KEY)")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    group.addTask { try await stores[number % 2].run("INSERT INTO entry VALUES ($1)", .integer(Int64(number))) }
                }
                try await group.waitForAll()
            }
            for store in stores { #expect(try await store.number("SELECT COUNT(*) FROM entry") == 200) }
            for store in stores { await store.close() }
        }
    }

    @Test(arguments: TestDatabases.engines) func workersTakeDifferentJobs(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            try await database.run("CREATE TABLE job (id BIGINT PRIMARY KEY, taken_by BIGINT)")
            _ = try await database.write { try $0.insertMany("job", ["id"], (0..<100).map { [.integer(Int64($0))] }) }
            let taken = try await withThrowingTaskGroup(of: Int.self) { group in
                for worker in 0..<8 {
                    group.addTask {
                        var count = 0
                        while try await Self.take(database, worker) { count += 1 }
                        return count
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(taken == 100)
        }
    }

    private static func take(_ database: any Database, _ worker: Int) async throws -> Bool {
        try await database.write { connection in
            let find = "SELECT id FROM job WHERE taken_by IS NULL ORDER BY id LIMIT 1 \(connection.dialect.skipLocked)"
            guard let id = try connection.first(find, [], { try $0.int(0) }) else { return false }
            let arguments: [SQLValue] = [.integer(Int64(worker)), .integer(id)]
            return try connection.changes("UPDATE job SET taken_by = $1 WHERE id = $2 AND taken_by IS NULL", arguments) == 1
        }
    }
}
