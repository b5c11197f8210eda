internal import Foundation
internal import Synchronization

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
