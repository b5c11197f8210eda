public import Contracts
public import Database
import HTTPTypes
import Language
import Synchronization
public import Values
public import Web

/// What asking once is worth, body by body, for everybody to read. The front door.
public struct Meters: Sendable {
    /// Told so many days late, as the statistics of the spine are.
    static let delayDays: Int64 = 10
    static let days: Int64 = 31

    let database: any Database
    let forms: any FormMeter
    let exchanges: any ExchangeMeter
    let desk: any AgreementDesk
    let bodies: any BodyDirectory
    let site: Site
    let secondsPerAnswer: Double
    private let kept = Kept()

    /// - Parameter secondsPerAnswer: what typing one answer takes. The usual value is that of the keystroke-level model (Card, Moran and
    ///   Newell 1980) for an answer of twelve characters: 1.35 s to think, 0.4 s to reach the field, 12 × 0.28 s to type. Looking for the
    ///   paper on which the answer stands is not counted.
    public init(
        database: any Database, forms: any FormMeter, exchanges: any ExchangeMeter, desk: any AgreementDesk, bodies: any BodyDirectory, site: Site,
        secondsPerAnswer: Double = 5.1
    ) {
        (self.database, self.forms, self.exchanges, self.desk) = (database, forms, exchanges, desk)
        (self.bodies, self.site, self.secondsPerAnswer) = (bodies, site, secondsPerAnswer)
    }

    public var routes: [Route] {
        [
            .page(.get, "/meters", for: .everyone, "meters.show", "What asking once is worth, body by body", show),
            .api(
                .get, "/meters/data", for: .everyone, "meters.data", "The same as data",
                answers: [.init(200, "Bodies, and agreements by age", schema: MeterFigures.schema)]
            ) { call in .json(try await figures(at: call.time).json) },
        ]
    }

    /// One reading a day: what lies so far back does not change, and what is in force changes seldom.
    func figures(at time: Instant) async throws -> MeterFigures {
        let today = IsraelTime.date(time)
        if let known = kept.value(of: today) { return known }
        let last = today.adding(days: Int(-Meters.delayDays))
        let first = last.adding(days: Int(1 - Meters.days))
        let (from, before) = (IsraelTime.instant(first), IsraelTime.instant(last.adding(days: 1)))
        let read = try await database.read { connection in
            (
                try forms.forms(from: from, before: before, in: connection), try exchanges.exchanges(from: from, before: before, in: connection),
                try desk.agreements(of: nil, in: connection)
            )
        }
        let figures = MeterFigures(
            first: first, last: last, forms: read.0, exchanges: read.1, agreements: read.2, today: today, secondsPerAnswer: secondsPerAnswer)
        kept.keep(figures, of: today)
        return figures
    }

    private func show(_ call: Call) async throws -> Reply {
        let figures = try await figures(at: call.time)
        let language = call.language
        func text(_ key: String, _ values: [String: String] = [:]) -> String { site.text("meters.\(key)", call, values) }
        func number(_ count: MeterFigures.Count) -> String {
            switch count {
            case .exactly(let value): Formats.number(Int64(value), in: language)
            case .fewerThan(let limit): text("fewer", ["limit": "\(limit)"])
            }
        }
        func name(_ id: String) -> String { id == MeterFigures.municipalities ? text("municipalities") : bodies.body(id)?.name.text(in: language) ?? id }
        let rows = figures.bodies.map { body -> [String: Any] in
            [
                "name": name(body.bodyID), "asked": Formats.number(Int64(body.asked), in: language),
                "fetched": Formats.number(Int64(body.fetched), in: language),
                "hasForms": body.asked + body.fetched > 0, "sent": number(body.sent), "questions": number(body.questions), "answers": number(body.answers),
                "minutes": number(body.minutesSaved),
            ]
        }
        let ages = MeterFigures.Age.allCases.map { age -> [String: Any] in
            ["name": text("age.\(age.rawValue)"), "count": Formats.number(Int64(figures.ages[age] ?? 0), in: language)]
        }
        return try site.page(
            "meters/show", Site.Heading(text("title"), back: call.page("/")),
            [
                "rows": rows, "hasRows": !rows.isEmpty, "ages": ages, "unused": Formats.number(Int64(figures.unused), in: language),
                "period": text(
                    "period", ["from": Formats.date(figures.first, in: language), "until": Formats.date(figures.last, in: language)]),
                "formula": text("formula", ["seconds": Formats.number(secondsPerAnswer, decimals: 1, in: language)]),
            ], for: call)
    }

    private final class Kept: Sendable {
        private let state = Mutex<(day: CalendarDate, figures: MeterFigures)?>(nil)
        func value(of day: CalendarDate) -> MeterFigures? { state.withLock { $0?.day == day ? $0?.figures : nil } }
        func keep(_ figures: MeterFigures, of day: CalendarDate) { state.withLock { $0 = (day, figures) } }
    }
}
