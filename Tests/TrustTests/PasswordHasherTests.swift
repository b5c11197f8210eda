import Synchronization
import Testing
import Values

@testable import Trust

struct PasswordHasherTests {
    private let hasher = PasswordHasher(cost: PasswordCost(memoryKiB: 64, passes: 1))

    @Test func hashesVerify() async throws {
        let hash = try await hasher.hash("סיסמה ארוכה 1")
        #expect(hash.hasPrefix("$argon2id$v=19$m=64,t=1,p=1$"))
        #expect(try await hasher.verify("סיסמה ארוכה 1", against: hash))
        #expect(try await !hasher.verify("סיסמה ארוכה 2", against: hash))
        #expect(try await !hasher.verify("", against: hash))
        #expect(try await hasher.hash("סיסמה ארוכה 1") != hash)
        #expect(try await !hasher.verify("anything", against: nil))
    }

    /// The test suite of the argon2 reference implementation (phc-winner-argon2, src/test.c).
    @Test func publishedHashes() async throws {
        let published = [
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        ]
        for hash in published {
            #expect(try await hasher.verify("password", against: hash))
            #expect(try await !hasher.verify("Password", against: hash))
        }
    }

    @Test func costDecidesAboutRehash() async throws {
        let hash = try await hasher.hash("password")
        #expect(!hasher.needsRehash(hash))
        #expect(PasswordHasher(cost: .interactive).needsRehash(hash))
        #expect(hasher.needsRehash("nonsense"))
    }

    @Test func unusableHashesAreRefused() async {
        let unusable = [
            "", "password", "$2b$12$abcdefghijklmnopqrstuv", "$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAA",
            "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$AAAA", "$argon2id$v=19$m=64,t=1000000,p=1$c29tZXNhbHQ$AAAA",
            "$argon2id$v=16$m=64,t=1,p=1$c29tZXNhbHQ$AAAA", "$argon2id$v=19$m=-1,t=1,p=1$c29tZXNhbHQ$AAAA",
        ]
        for hash in unusable {
            await #expect(throws: PasswordError.unusableHash) { try await hasher.verify("password", against: hash) }
        }
        let long = String(repeating: "a", count: PasswordHasher.byteLimit + 1)
        await #expect(throws: PasswordError.tooLong) { try await hasher.hash(long) }
    }

    @Test func keyboardsDoNotMatter() async throws {
        let hash = try await hasher.hash("caf\u{E9}\u{A0}ab")
        #expect(try await hasher.verify("cafe\u{301}\u{20}ab", against: hash))
        #expect(try await !hasher.verify("cafe ab", against: hash))
        let withNull = try await hasher.hash("ab\u{0}cd")
        #expect(try await !hasher.verify("ab", against: withNull))
    }
}

struct HashPoolTests {
    /// Holds jobs until it is opened.
    private final class Gate: Sendable {
        private let waiting = Mutex<(isOpen: Bool, tasks: [CheckedContinuation<Void, Never>])>((false, []))

        func open() {
            let tasks = waiting.withLock { state in
                defer { state = (true, []) }
                return state.tasks
            }
            for task in tasks { task.resume() }
        }

        func wait() async {
            await withCheckedContinuation { task in
                let isOpen = waiting.withLock { state in
                    if !state.isOpen { state.tasks.append(task) }
                    return state.isOpen
                }
                if isOpen { task.resume() }
            }
        }
    }

    private final class Counter: Sendable {
        private let state = Mutex((now: 0, peak: 0))
        var peak: Int { state.withLock { $0.peak } }

        func enter() -> Int {
            state.withLock {
                $0.now += 1
                $0.peak = max($0.peak, $0.now)
                return $0.now
            }
        }

        func leave() { state.withLock { $0.now -= 1 } }
    }

    @Test func runsAFewAtATimeAndRefusesWhenFull() async throws {
        let pool = HashPool(threads: 2, queueLimit: 3)
        let running = Counter()
        let blocked = Gate()
        let release = DispatchGate()
        let work: @Sendable () -> Result<Int, PasswordError> = {
            if running.enter() == 2 { blocked.open() }
            release.wait()
            running.leave()
            return .success(1)
        }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<2 { group.addTask { try await pool.run(work) > 0 } }
            await blocked.wait()
            // Two run and three places wait; of five more, two find no place.
            for _ in 0..<5 {
                group.addTask {
                    do { return try await pool.run(work) > 0 } catch PasswordError.busy { return false }
                }
            }
            var refused = 0
            while refused < 2, let isDone = try await group.next() { refused += isDone ? 0 : 1 }
            release.open()
            var completed = 0
            for try await isDone in group { completed += isDone ? 1 : 0 }
            #expect(refused == 2)
            #expect(completed == 5)
        }
        #expect(running.peak == 2)
        #expect(try await pool.run { .success(7) } == 7)
    }
}
