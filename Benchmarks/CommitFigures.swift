import Database
import Foundation
import GRDB

/// What group commit is worth: many writers, each answered once its row is on the disk.
enum CommitFigures {
    static let writers = 64

    @Sendable static func measure() async throws -> [Figure] {
        try await Scratch.withFolder { folder in
            let single = try singleCommits("\(folder)/single.sqlite", count: 2_000)
            let grouped = try await groupedCommits("\(folder)/grouped.sqlite", count: 40_000)
            return [
                Figure(
                    name: "durable writes, \(writers) writers, SQLite", value: grouped, unit: "writes/s",
                    reference: .init(value: single, what: "one synced commit per write"), goal: .ratioAtLeast(10)),
            ]
        }
    }

    private static let table = "CREATE TABLE entry (id INTEGER PRIMARY KEY, content TEXT NOT NULL)"
    private static let content = String(repeating: "x", count: 200)

    static func groupedCommits(_ path: String, count: Int) async throws -> Double {
        let database = try SQLiteDatabase(path: path)
        _ = try await database.write { try $0.execute(table, []) }
        let rate = try await Measuring.rate(Array(0..<count), tasks: writers) { _ in
            _ = try await database.write { try $0.execute("INSERT INTO entry (content) VALUES ($1)", [.text(content)]) }
        }
        await database.close()
        return rate
    }

    /// The plain way: as many writers, one connection, one transaction and one sync each.
    private static func singleCommits(_ path: String, count: Int) throws -> Double {
        var configuration = Configuration()
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL") }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.write { try $0.execute(sql: table) }
        let start = ContinuousClock.now
        let group = DispatchGroup()
        for _ in 0..<writers {
            DispatchQueue.global().async(group: group) {
                for _ in 0..<count / writers {
                    try? queue.write { try $0.execute(sql: "INSERT INTO entry (content) VALUES (?)", arguments: [content]) }
                }
            }
        }
        group.wait()
        let seconds = (ContinuousClock.now - start).seconds
        let written = try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM entry") ?? 0 }
        try queue.close()
        guard written == count / writers * writers else { throw BenchmarkError("only \(written) single commits were made") }
        return Double(written) / seconds
    }
}
