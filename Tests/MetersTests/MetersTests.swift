import Contracts
import Database
import HTTPTypes
import Language
@testable import Meters
import Synchronization
import TestKit
import Testing
import Trust
import Values
import Web

/// Figures that a test sets, and how often they were read.
final class SetFigures: FormMeter, ExchangeMeter, AgreementDesk {
    private let state = Mutex<(forms: [FormFigures], exchanges: [ExchangeFigures], agreements: [AgreementState], reads: Int)>(([], [], [], 0))
    var reads: Int { state.withLock { $0.reads } }
    func set(_ forms: [FormFigures], _ exchanges: [ExchangeFigures], _ agreements: [AgreementState] = []) {
        state.withLock { ($0.forms, $0.exchanges, $0.agreements) = (forms, exchanges, agreements) }
    }

    func forms(from: Instant, before: Instant, in connection: any Connection) throws -> [FormFigures] {
        state.withLock { state in
            state.reads += 1
            return state.forms
        }
    }
    func exchanges(from: Instant, before: Instant, in connection: any Connection) throws -> [ExchangeFigures] { state.withLock { $0.exchanges } }
    func agreements(of bodyID: String?, in connection: any Connection) throws -> [AgreementState] { state.withLock { $0.agreements } }
    func operations(in connection: any Connection) throws -> [ExchangeOperation] { [] }
    func agreement(_ id: String, in connection: any Connection) throws -> AgreementState? { nil }
    func fault(in content: JSON) -> String? { nil }
    func signature(under content: JSON, of bodyID: String) throws -> String { "" }
    func activate(_ content: JSON, signatures: [String: String], at time: Instant, in connection: any Connection) throws {}
    func suspend(_ id: String, at time: Instant, in connection: any Connection) throws {}
}

@Suite struct MetersTests {
    private static let day = CalendarDate("2027-03-01")!

    private static func figures(
        _ forms: [FormFigures], _ exchanges: [ExchangeFigures] = [], _ agreements: [AgreementState] = [], seconds: Double = 6
    ) -> MeterFigures {
        MeterFigures(
            first: day.adding(days: -40), last: day.adding(days: -10), forms: forms, exchanges: exchanges, agreements: agreements, today: day,
            secondsPerAnswer: seconds)
    }

    private static func agreement(_ id: String, from: String, status: String = "live", isUsed: Bool = true) -> AgreementState {
        AgreementState(
            content: ["id": .string(id), "validFrom": .string(from)], status: status, since: Instant(seconds: 0),
            lastUsedAt: isUsed ? Instant(seconds: 1) : nil)
    }

    @Test func sumsUpByBody() {
        let figures = Self.figures(
            [
                FormFigures(formID: "a", bodyID: "health", asked: 4, fetched: 6, sent: ["health": 100]),
                FormFigures(formID: "b", bodyID: "health", asked: 1, fetched: 0, sent: ["health": 50]),
                FormFigures(formID: "c", bodyID: nil, asked: 2, fetched: 3, sent: ["municipality-haifa": 3, "municipality-tel-aviv-yafo": 7]),
            ],
            [
                ExchangeFigures(consumerID: "municipality-haifa", providerID: "population-authority", answered: 30, refused: 2, failed: 1),
                ExchangeFigures(consumerID: "health", providerID: "population-authority", answered: 10, refused: 0, failed: 0),
            ])
        #expect(figures.bodies.map(\.bodyID) == ["health", "municipalities", "population-authority"])
        let (health, towns, register) = (figures.bodies[0], figures.bodies[1], figures.bodies[2])
        #expect(health.asked == 5 && health.fetched == 6 && health.sent == .exactly(150) && health.questions == .exactly(10))
        // 100 forms, six answers each, six seconds for each: an hour.
        #expect(health.minutesSaved == .exactly(60))
        #expect(towns.asked == 2 && towns.fetched == 3 && towns.sent == .exactly(10) && towns.questions == .exactly(33) && towns.minutesSaved == .exactly(3))
        #expect(register.answers == .exactly(40) && register.asked == 0)
    }

    /// By property: no number from one to four is told, nor can be worked out from the minutes.
    @Test func smallNumbersAreNotTold() {
        for sent in 0...12 {
            let figures = Self.figures(
                [FormFigures(formID: "a", bodyID: "health", asked: 1, fetched: 600, sent: ["health": sent])],
                [ExchangeFigures(consumerID: "tax", providerID: "health", answered: sent, refused: 0, failed: 0)])
            let isTold = sent == 0 || sent >= MeterFigures.countFloor
            for body in figures.bodies {
                for count in [body.sent, body.questions, body.answers] where count != .exactly(0) { #expect(count == (isTold ? .exactly(sent) : .fewerThan(5))) }
            }
            let health = figures.bodies.first { $0.bodyID == "health" }
            #expect(health?.minutesSaved == (isTold ? .exactly(sent * 60) : .fewerThan(5)))
            let told = figures.json["bodies"]?.array?.compactMap { $0["sent"] } ?? []
            #expect(told.allSatisfy { $0 == .null || $0.int == 0 || ($0.int ?? 0) >= 5 })
        }
    }

    @Test func agreementsByAge() {
        let agreements = [
            Self.agreement("a", from: "2027-01-01"), Self.agreement("b", from: "2026-02-01", isUsed: false), Self.agreement("c", from: "2024-06-01"),
            Self.agreement("d", from: "2020-01-01"), Self.agreement("e", from: "2020-01-01", status: "suspended", isUsed: false),
            Self.agreement("f", from: "2027-09-01"),
        ]
        let figures = Self.figures([], [], agreements)
        #expect(figures.ages == [.first: 2, .second: 1, .third: 1, .older: 1] && figures.unused == 1)
    }

    @Test func isReadOnceADayAndShownToEverybody() async throws {
        try await TestDatabases.with(.sqlite) { database in
            let sources = "\(TestPython.root)/Sources"
            let site = try Site(
                folders: [("web", "Core/Web"), ("meters", "Components/Meters")].map { ResourceFolder(module: $0.0, path: "\(sources)/\($0.1)") })
            let set = SetFigures()
            let clock = TestClock(Instant(seconds: 1_800_000_000))
            let meters = Meters(database: database, forms: set, exchanges: set, desk: set, bodies: TestBodies(), site: site)
            let dispatcher = try Dispatcher(
                routes: meters.routes, site: site, authenticator: TestSession(id: nil),
                settings: .init(rates: .unlimited, clock: clock.source, formKey: HMACKey(bytes: [1]), explain: { _ in nil }), logger: TestLog().logger)
            func get(_ path: String) async -> String {
                String(decoding: await dispatcher.answer(Incoming(.get, path, headers: [.accept: "text/html"])).body, as: UTF8.self)
            }
            await #expect(get("/en/meters").contains("There is nothing to count yet"))
            set.set([FormFigures(formID: "a", bodyID: "haifa", asked: 4, fetched: 6, sent: ["haifa": 3])], [], [Self.agreement("a", from: "2026-01-01")])
            await #expect(get("/en/meters").contains("There is nothing to count yet"))
            clock.advance(seconds: 86_400)
            let page = await get("/en/meters")
            #expect(page.contains("Haifa Municipality") && page.contains("Fewer than 5") && page.contains("5.1 seconds"))
            await #expect(get("/he/meters").contains("פחות מ־5"))
            await #expect(get("/meters/data").contains("\"sent\":null"))
            #expect(set.reads == 2)
        }
    }
}
