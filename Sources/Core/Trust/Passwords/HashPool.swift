internal import Dispatch
internal import Synchronization
#if canImport(Glibc)
internal import Glibc
#endif

/// Runs long computations, a few at a time; the rest wait in order, up to a limit. An idle pool holds no thread. Its threads step back behind
/// those that answer everything else, so that a flood of passwords does not slow down people who come without one.
final class HashPool: Sendable {
    private struct State {
        var running = 0
        var waiting: [@Sendable () -> Void] = []
    }

    private let threads: Int
    private let queueLimit: Int
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "passwords", attributes: .concurrent)

    init(threads: Int, queueLimit: Int) {
        self.threads = max(1, threads)
        self.queueLimit = max(0, queueLimit)
    }

    func run<Value: Sendable>(
        _ body: @escaping @Sendable () -> Result<Value, PasswordError>
    ) async throws(PasswordError) -> Value {
        let result = await withCheckedContinuation { (continuation: CheckedContinuation<Result<Value, PasswordError>, Never>) in
            if !submit({ continuation.resume(returning: body()) }) { continuation.resume(returning: .failure(.busy)) }
        }
        return try result.get()
    }

    /// False when the queue is full.
    private func submit(_ job: @escaping @Sendable () -> Void) -> Bool {
        enum Place { case thread, queue, none }
        let place = state.withLock { state -> Place in
            if state.running < threads {
                state.running += 1
                return .thread
            }
            guard state.waiting.count < queueLimit else { return .none }
            state.waiting.append(job)
            return .queue
        }
        if place == .thread { start { self.work(job) } }
        return place != .none
    }

    /// On a thread of its own: a priority that was lowered cannot be raised again, so no thread of the process's pool may be used.
    private func start(_ body: @escaping @Sendable () -> Void) {
        #if canImport(Glibc)
            var thread = pthread_t()
            let box = Unmanaged.passRetained(Body(body))
            let status = pthread_create(
                &thread, nil,
                { pointer in
                    // On Linux the calling thread's alone (sched(7)).
                    _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, HashPool.niceness)
                    if let pointer { Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue().run() }
                    return nil
                }, box.toOpaque())
            if status == 0 {
                pthread_detach(thread)
                return
            }
            box.release()
        #endif
        queue.async(execute: body)
    }

    private static let niceness: Int32 = 19

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private func work(_ first: @Sendable () -> Void) {
        first()
        while let next = next() { next() }
    }

    /// The longest waiting job; without one the thread is given back.
    private func next() -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
    }
}
