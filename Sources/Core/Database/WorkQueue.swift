internal import Foundation
internal import Synchronization

/// A piece of work for a thread that owns a connection.
struct Work: Sendable {
    let readOnly: Bool
    /// Runs the body; what it answers is called once the work is durable.
    let run: @Sendable (any Connection) throws -> @Sendable () -> Void
    let fail: @Sendable (any Error) -> Void

    /// Hands `body` to `queue` and waits for its end.
    static func perform<Value: Sendable>(
        on queue: WorkQueue, readOnly: Bool, _ body: @escaping @Sendable (any Connection) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Value, any Error>) in
            let work = Work(readOnly: readOnly) { connection in
                let value = try body(connection)
                return { continuation.resume(returning: value) }
            } fail: { continuation.resume(throwing: $0) }
            if let refusal = queue.push(work) { work.fail(refusal) }
        }
    }
}

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

    /// Up to `limit` pieces of work, waiting for the first. Empty when the queue is closed and everything in it was taken.
    func take(_ limit: Int) -> [Work] {
        condition.lock()
        defer { condition.unlock() }
        while head == waiting.count, !isClosed { condition.wait() }
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

/// Threads that have yet to finish, for those who wait until they have.
final class Finish: Sendable {
    private let state: Mutex<(left: Int, waiters: [CheckedContinuation<Void, Never>])>

    init(threads: Int) { state = Mutex((threads, [])) }

    func leave() {
        let waiters = state.withLock { state in
            state.left -= 1
            guard state.left == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.left > 0 { state.waiters.append(continuation) }
                return state.left == 0
            }
            if isOver { continuation.resume() }
        }
    }

    /// Starts a thread of its own, outside the cooperative pool, where blocking is allowed.
    func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread {
            body()
            self.leave()
        }
        thread.name = name
        thread.start()
    }
}
