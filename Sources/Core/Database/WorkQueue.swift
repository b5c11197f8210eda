internal import Foundation

/// What waits for the threads: one queue, many callers, bounded. `@unchecked`: everything is touched under the lock of `condition`.
final class WorkQueue: @unchecked Sendable {
    /// More than this many waiting means that the store does not keep up; telling the caller beats taking memory.
    static let waitingMax = 20_000

    private let condition = NSCondition()
    private var waiting: [Work] = []
    private var head = 0
    private var isClosed = false

    /// Nil when accepted, else why not.
    func push(_ work: Work) -> DatabaseError? {
        condition.lock()
        defer { condition.unlock() }
        if isClosed { return .unavailable("the database is closed") }
        if waiting.count - head >= Self.waitingMax { return .unavailable("\(Self.waitingMax) transactions are waiting already") }
        waiting.append(work)
        condition.signal()
        return nil
    }

    /// Work that is there already, without waiting.
    func takeWaiting() -> Work? {
        condition.lock()
        defer { condition.unlock() }
        return takeNow(1).first
    }

    /// Up to `limit` pieces of work, waiting for the first. Empty when the queue is closed and everything in it was taken.
    func take(_ limit: Int) -> [Work] {
        condition.lock()
        defer { condition.unlock() }
        while head == waiting.count, !isClosed { condition.wait() }
        return takeNow(limit)
    }

    private func takeNow(_ limit: Int) -> [Work] {
        let end = min(waiting.count, head + limit)
        let taken = Array(waiting[head..<end])
        head = end
        if head == waiting.count {
            waiting.removeAll(keepingCapacity: head < 1_024)
            head = 0
        } else if head >= 4_096 {
            waiting.removeFirst(head)
            head = 0
        }
        return taken
    }

    func close() {
        condition.lock()
        isClosed = true
        condition.broadcast()
        condition.unlock()
    }
}
