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
        let next = Mutex(0)
        let time = try await seconds {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<tasks {
                    group.addTask {
                        while true {
                            let index = next.withLock { next in
                                defer { next += 1 }
                                return next
                            }
                            guard index < items.count else { return }
                            try await body(items[index])
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        return Double(items.count) / time
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
