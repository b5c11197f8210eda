import Synchronization
public import Values

/// How many calls a caller may make in a minute, by kind of route. Zero means no limit (tests, benchmarks).
public struct RateSettings: Sendable, Hashable {
    public var usual: Int
    public var guarded: Int
    public var busy: Int
    public init(usual: Int = 600, guarded: Int = 30, busy: Int = 6_000) { (self.usual, self.guarded, self.busy) = (usual, guarded, busy) }
    public static let unlimited = RateSettings(usual: 0, guarded: 0, busy: 0)

    func limit(_ rate: Route.Rate) -> Int {
        switch rate {
        case .usual: usual
        case .guarded: guarded
        case .busy: busy
        }
    }
}

/// Token buckets: a caller may burst to the minute's whole allowance and then gets it back evenly.
final class RateLimits: Sendable {
    private struct Bucket { var tokens: Double; var at: Instant }
    private let buckets = Mutex<[String: Bucket]>([:])
    private let settings: RateSettings
    /// Callers remembered at once; beyond it the full buckets are forgotten, which changes nothing for them.
    private let callerLimit = 100_000

    init(_ settings: RateSettings) { self.settings = settings }

    /// Takes one token; nil when allowed, otherwise the seconds to wait.
    func wait(_ caller: String, _ rate: Route.Rate, at time: Instant) -> Int? {
        let limit = settings.limit(rate)
        guard limit > 0 else { return nil }
        let perSecond = Double(limit) / 60
        return buckets.withLock { buckets -> Int? in
            if buckets.count > callerLimit {
                buckets = buckets.filter { time.microseconds - $0.value.at.microseconds < 60_000_000 }
                if buckets.count > callerLimit { buckets.removeAll() }
            }
            let key = "\(rate) \(caller)"
            var bucket = buckets[key] ?? Bucket(tokens: Double(limit), at: time)
            let elapsed = Double(max(0, time.microseconds - bucket.at.microseconds)) / 1_000_000
            bucket.tokens = min(Double(limit), bucket.tokens + elapsed * perSecond)
            bucket.at = time
            defer { buckets[key] = bucket }
            guard bucket.tokens >= 1 else { return max(1, Int(((1 - bucket.tokens) / perSecond).rounded(.up))) }
            bucket.tokens -= 1
            return nil
        }
    }
}
