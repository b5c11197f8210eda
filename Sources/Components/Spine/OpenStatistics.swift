import Contracts
import Database
import Synchronization
import Values

/// How much passes between bodies, for everybody to read: a line for each agreement and day, counted at the provider's side and told only
/// ten days later, so that nobody learns from it what is looked up at this moment.
final class OpenStatistics: Sendable {
    static let delayDays: Int64 = 10
    /// As many days as one answer tells of.
    static let days: Int64 = 31
    static let schema: JSON = [
        "type": "object", "required": ["from", "until", "delayDays", "days"],
        "properties": [
            "from": ["type": "string", "format": "date"],
            "until": ["type": "string", "format": "date", "description": "The last day told of"],
            "delayDays": ["type": "integer"],
            "days": [
                "type": "array",
                "items": [
                    "type": "object", "required": ["day", "agreement", "answered", "refused", "failed", "dropped"],
                    "properties": [
                        "day": ["type": "string", "format": "date", "description": "In UTC"], "agreement": ["type": "string"],
                        "answered": ["type": "integer", "description": "Questions that got an answer, “nothing is known” among them"],
                        "refused": ["type": "integer", "description": "Questions that the agreement did not cover"],
                        "failed": ["type": "integer", "description": "Questions that the register did not answer, or not as agreed"],
                        "dropped": ["type": "integer", "description": "Values in answers that the agreement does not name"],
                    ],
                ],
            ],
        ],
    ]

    private static let dayMicroseconds: Int64 = 86_400_000_000
    private let database: any Database
    private let store = SpineStore()
    /// What lies so far back does not change any more: one reading a day.
    private let kept = Mutex<(day: Int64, json: JSON)?>(nil)

    init(database: any Database) { self.database = database }

    func json(at time: Instant) async throws -> JSON {
        let today = time.seconds / 86_400
        if let kept = kept.withLock({ $0 }), kept.day == today { return kept.json }
        let last = today - OpenStatistics.delayDays
        let (store, first) = (store, last - OpenStatistics.days + 1)
        let counts = try await database.read { connection in
            try store.counts(
                from: Instant(microseconds: first * OpenStatistics.dayMicroseconds),
                before: Instant(microseconds: (last + 1) * OpenStatistics.dayMicroseconds), in: connection)
        }
        let json: JSON = [
            "from": OpenStatistics.date(first), "until": OpenStatistics.date(last), "delayDays": .int(OpenStatistics.delayDays),
            "days": .array(OpenStatistics.lines(counts)),
        ]
        kept.withLock { $0 = (today, json) }
        return json
    }

    private static func lines(_ counts: [MessageCount]) -> [JSON] {
        struct Line { var (answered, refused, failed, dropped): (Int64, Int64, Int64, Int64) = (0, 0, 0, 0) }
        var lines: [(key: MessageCount.Key, line: Line)] = []
        for count in counts {
            if lines.last?.key != count.key { lines.append((count.key, Line())) }
            let index = lines.count - 1
            switch count.outcome {
            case "answered", "unknown": lines[index].line.answered += count.messages
            case "refused": lines[index].line.refused += count.messages
            default: lines[index].line.failed += count.messages
            }
            lines[index].line.dropped += count.dropped
        }
        return lines.map { key, line in
            [
                "day": date(key.day), "agreement": .string(key.agreementID), "answered": .int(line.answered), "refused": .int(line.refused),
                "failed": .int(line.failed), "dropped": .int(line.dropped),
            ]
        }
    }

    private static func date(_ day: Int64) -> JSON { .string(CalendarDate(daysSince1970: day).description) }
}

/// Messages of one day under one agreement that ended alike.
struct MessageCount: Sendable {
    struct Key: Sendable, Hashable {
        /// Days since 1970, in UTC.
        let day: Int64
        let agreementID: String
    }

    let key: Key
    let outcome: String
    let messages: Int64
    let dropped: Int64
}
