public import Values

/// What each kind of work does, and who hears of which event. Filled once, at start, by the modules.
public struct JobRegistry: Sendable {
    public typealias Work = @Sendable (Job) async throws -> Void
    public typealias Hearing = @Sendable (Event) async throws -> Void

    /// How often and how far apart a kind of job is tried.
    public struct Retry: Sendable, Hashable {
        public let tries: Int
        public let secondsApart: Int64
        public init(tries: Int, secondsApart: Int64) { (self.tries, self.secondsApart) = (tries, secondsApart) }
        /// 2 s, 4 s, 8 s … up to the distance: quick for hiccups, patient for outages.
        public static let usual = Retry(tries: 48, secondsApart: 300)

        func delay(after tries: Int) -> Int64 { min(secondsApart, Int64(1) << Int64(min(max(tries, 1), 20))) }
    }

    struct Kind: Sendable { let work: Work; let retry: Retry }
    struct Clock: Sendable { let name: String; let secondsApart: Int64; let work: @Sendable () async throws -> Void }

    private(set) var kinds: [String: Kind] = [:]
    private(set) var subscribers: [String: [String]] = [:]
    private(set) var clocks: [Clock] = []

    public init() {}

    public mutating func job(_ type: String, retry: Retry = .usual, _ work: @escaping Work) {
        precondition(kinds[type] == nil, "two modules do the job \(type)")
        kinds[type] = Kind(work: work, retry: retry)
    }

    /// Hears of every event of a type. `subscriber` is the module's name; it must be idempotent by `event.id`.
    public mutating func on(_ eventType: String, subscriber: String, retry: Retry = .usual, _ hearing: @escaping Hearing) {
        let type = "event:\(eventType):\(subscriber)"
        subscribers[eventType, default: []].append(type)
        job(type, retry: retry) { job in
            guard let event = Event(json: job.payload) else { throw JobError.unreadablePayload(job.id) }
            try await hearing(event)
        }
    }

    /// Runs again and again, at least so many seconds apart, in every worker: the work must bear being done twice at once.
    public mutating func every(seconds: Int64, _ name: String, _ work: @escaping @Sendable () async throws -> Void) {
        clocks.append(Clock(name: name, secondsApart: seconds, work: work))
    }
}

public enum JobError: Error, Equatable {
    case unreadablePayload(String)
    case unknownType(String)
    /// Trying again is useless: the job goes straight to the dead ones.
    case hopeless(String)
}

extension Event {
    var json: JSON {
        ["id": .string(id), "type": .string(type), "key": .string(key), "payload": payload, "at": .int(at.microseconds)]
    }

    init?(json: JSON) {
        guard let id = json["id"]?.string, let type = json["type"]?.string, let key = json["key"]?.string, let at = json["at"]?.int else { return nil }
        self.init(id: id, type: type, key: key, payload: json["payload"] ?? .null, at: Instant(microseconds: at))
    }
}
