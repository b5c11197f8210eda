import Contracts
import Values

/// The figures of one period. A pure function of what was read.
struct MeterFigures: Sendable, Hashable {
    /// Stands for all municipalities where a form's local authority decides.
    static let municipalities = "municipalities"
    /// Smaller counts could point at somebody.
    static let countFloor = 5

    enum Count: Sendable, Hashable {
        case exactly(Int)
        case fewerThan(Int)

        /// Nothing is told of numbers from one to four but that.
        init(_ value: Int) { self = value > 0 && value < MeterFigures.countFloor ? .fewerThan(MeterFigures.countFloor) : .exactly(value) }

        var json: JSON {
            switch self {
            case .exactly(let value): .int(Int64(value))
            case .fewerThan: .null
            }
        }
    }

    /// By how long ago the version in force came into force.
    enum Age: String, Sendable, CaseIterable { case first, second, third, older }

    struct Body: Sendable, Hashable {
        let bodyID: String
        /// Questions in its forms that people answer, and those that registers do.
        var (asked, fetched) = (0, 0)
        /// Forms sent to it.
        var sent = Count(0)
        /// Questions it asked registers, and that its registers answered.
        var (questions, answers) = (Count(0), Count(0))
        var minutesSaved = Count(0)
    }

    let first: CalendarDate
    let last: CalendarDate
    var bodies: [Body]
    let ages: [Age: Int]
    /// Agreements in force by which nothing was asked yet.
    let unused: Int

    init(
        first: CalendarDate, last: CalendarDate, forms: [FormFigures], exchanges: [ExchangeFigures], agreements: [AgreementState], today: CalendarDate,
        secondsPerAnswer: Double
    ) {
        (self.first, self.last) = (first, last)
        let live = agreements.filter { $0.status == "live" }
        unused = live.filter { $0.lastUsedAt == nil }.count
        ages = live.reduce(into: [:]) { ages, agreement in
            let since = agreement.content["validFrom"]?.string.flatMap { CalendarDate($0) } ?? today
            let years = max(0, (today.daysSince1970 - since.daysSince1970) / 365)
            ages[years == 0 ? .first : years == 1 ? .second : years == 2 ? .third : .older, default: 0] += 1
        }
        var sums: [String: Sum] = [:]
        for form in forms {
            let owner = form.bodyID ?? MeterFigures.municipalities
            sums[owner, default: Sum()].asked += form.asked
            sums[owner, default: Sum()].fetched += form.fetched
            for (_, sent) in form.sent {
                sums[owner, default: Sum()].sent += sent
                sums[owner, default: Sum()].typedLess += sent * form.fetched
            }
        }
        for exchange in exchanges {
            sums[MeterFigures.row(of: exchange.consumerID), default: Sum()].questions += exchange.answered + exchange.refused + exchange.failed
            sums[MeterFigures.row(of: exchange.providerID), default: Sum()].answers += exchange.answered
        }
        bodies = sums.sorted { $0.key < $1.key }.map { id, sum in
            Body(
                bodyID: id, asked: sum.asked, fetched: sum.fetched, sent: Count(sum.sent), questions: Count(sum.questions), answers: Count(sum.answers),
                // Where the number of forms is not told, it must not be worked out from this.
                minutesSaved: sum.sent > 0 && sum.sent < MeterFigures.countFloor
                    ? .fewerThan(MeterFigures.countFloor) : .exactly(Int(Double(sum.typedLess) * secondsPerAnswer / 60)))
        }
    }

    private struct Sum { var (asked, fetched, sent, typedLess, questions, answers) = (0, 0, 0, 0, 0, 0) }

    /// Municipalities are one row: a small one's figures would point at its few people.
    private static func row(of bodyID: String) -> String { bodyID.hasPrefix("municipality-") ? municipalities : bodyID }

    var json: JSON {
        [
            "from": .string(first.description), "until": .string(last.description), "delayDays": .int(Meters.delayDays),
            "bodies": .array(
                bodies.map {
                    [
                        "body": .string($0.bodyID), "asked": .int(Int64($0.asked)), "fetched": .int(Int64($0.fetched)), "sent": $0.sent.json,
                        "questions": $0.questions.json, "answers": $0.answers.json, "minutesSaved": $0.minutesSaved.json,
                    ]
                }),
            "agreementsByAge": .object(Dictionary(uniqueKeysWithValues: Age.allCases.map { ($0.rawValue, .int(Int64(ages[$0] ?? 0))) })),
            "agreementsUnused": .int(Int64(unused)),
        ]
    }

    static let schema: JSON = {
        func count(_ description: String) -> JSON { ["type": ["integer", "null"], "description": .string("\(description); null for one to four")] }
        return [
            "type": "object", "required": ["from", "until", "delayDays", "bodies", "agreementsByAge", "agreementsUnused"],
            "properties": [
                "from": ["type": "string", "format": "date"],
                "until": ["type": "string", "format": "date", "description": "The last day told of"],
                "delayDays": ["type": "integer"],
                "bodies": [
                    "type": "array",
                    "items": [
                        "type": "object", "required": ["body", "asked", "fetched", "sent", "questions", "answers", "minutesSaved"],
                        "properties": [
                            "body": ["type": "string", "description": "A body's id, or “municipalities” for all of them"],
                            "asked": ["type": "integer", "description": "Questions in its forms that people answer"],
                            "fetched": ["type": "integer", "description": "Questions in its forms that registers answer"],
                            "sent": count("Forms sent to it"), "questions": count("Questions it asked registers"),
                            "answers": count("Questions its registers answered"), "minutesSaved": count("Minutes of typing that people were spared"),
                        ],
                    ],
                ],
                "agreementsByAge": ["type": "object", "description": "In their first, second, third or a later year"],
                "agreementsUnused": ["type": "integer", "description": "In force, and never used"],
            ],
        ]
    }()
}
