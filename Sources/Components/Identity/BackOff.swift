import Values

/// Slows guessing down. Failures are counted for what is guessed at together with where from, so that an attacker elsewhere slows
/// nobody but himself. A device the person has signed in from before is counted by itself, not by its network: nobody behind the same
/// address can lock her out there.
struct BackOff: Sendable, Hashable {
    static let freeTries = 10
    static let windowSeconds: Int64 = 15 * 60
    static let firstWaitSeconds: Int64 = 60

    private(set) var failures: Int
    private(set) var firstAt: Instant
    private(set) var lastAt: Instant

    init(failures: Int = 0, firstAt: Instant, lastAt: Instant) {
        (self.failures, self.firstAt, self.lastAt) = (failures, firstAt, lastAt)
    }

    /// Seconds until another try: none for the first ten in 15 minutes, then 60 after the last one, doubled each time, up to 15 minutes.
    func secondsToWait(at time: Instant) -> Int {
        guard failures >= BackOff.freeTries, !isForgotten(at: time) else { return 0 }
        let doublings = Int64(min(failures - BackOff.freeTries, 10))
        let wait = min(BackOff.windowSeconds, BackOff.firstWaitSeconds << doublings)
        return max(0, Int(lastAt.adding(seconds: wait).seconds - time.seconds))
    }

    /// The count with one more try in it.
    func counting(at time: Instant) -> BackOff {
        isForgotten(at: time)
            ? BackOff(failures: 1, firstAt: time, lastAt: time) : BackOff(failures: failures + 1, firstAt: firstAt, lastAt: time)
    }

    /// Few failures are forgotten when their window is over, many only after a window of quiet.
    private func isForgotten(at time: Instant) -> Bool {
        let start = failures < BackOff.freeTries ? firstAt : lastAt
        return time >= start.adding(seconds: BackOff.windowSeconds)
    }
}
