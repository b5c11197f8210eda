import Foundation
import Synchronization

enum Measuring {
    /// What is asked for once, warm, is what counts: the middle of an odd number of rounds.
    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    }

    static func percentile(_ values: [Double], _ part: Double) -> Double {
        let sorted = values.sorted()
        return sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))]
    }

    static func seconds(_ body: () async throws -> Void) async rethrows -> Double {
        let start = ContinuousClock.now
        try await body()
        return (ContinuousClock.now - start).seconds
    }

    /// Seconds of processor time that this process has used, on all cores.
    static var processorSeconds: Double {
        // clock(3) counts microseconds on every POSIX system.
        Double(clock()) / 1_000_000
    }

    /// Does `body` for every item, by this many tasks at once; answers items per second.
    static func rate<Item: Sendable>(_ items: [Item], tasks: Int, _ body: @escaping @Sendable (Item) async throws -> Void) async throws -> Double {
        let turn = Turn()
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<tasks {
                group.addTask { while case let index = turn.next(), index < items.count { try await body(items[index]) } }
            }
            try await group.waitForAll()
        }
        return Double(items.count) / (ContinuousClock.now - start).seconds
    }

    /// Whose turn it is, shared by tasks.
    private final class Turn: Sendable {
        private let count = Mutex(0)

        func next() -> Int {
            count.withLock { count in
                defer { count += 1 }
                return count
            }
        }
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

/// Something that cannot be measured here, and why.
struct BenchmarkError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
