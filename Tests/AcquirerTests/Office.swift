@testable import Acquirer
import Database
import Foundation
import HTTPTypes
import Language
import Logging
import Synchronization
import TestKit
import Testing
import Trust
import Values
import Web

let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../../Sources"
let rooms = ResourceFolder(module: "acquirer", path: "\(sources)/Simulators/Acquirer")

/// A clock that tests move. It goes a microsecond by itself at each look, so that what came later has a later id.
final class Hand: Sendable {
    private let time = Mutex(Instant(seconds: 1_800_000_000))
    var source: TimeSource {
        TimeSource {
            self.time.withLock { time in
                time.microseconds += 1
                return time
            }
        }
    }
    var now: Instant { time.withLock { $0 } }
    func move(seconds: Int64) { time.withLock { $0 = $0.adding(seconds: seconds) } }
}

let quiet = { var logger = Logger(label: "test"); logger.logLevel = .critical; return logger }()

func acquirerSite() throws -> Site {
    try Site(folders: [ResourceFolder(module: "web", path: "\(sources)/Core/Web"), rooms], frame: Acquirer.frame)
}

/// The acquirer over an empty database, with two merchants. Nobody listens for its notifications.
struct Office: Sendable {
    let acquirer: Acquirer
    let dispatcher: Dispatcher
    let hand: Hand

    static func with(_ engine: TestEngine = .sqlite, _ body: @Sendable (Office) async throws -> Void) async throws {
        try await TestDatabases.with(engine) { database in
            try await Migrations([(module: "acquirer", folder: "\(rooms.path)/Schema")]).apply(to: database)
            let hand = Hand()
            let merchants = ["shop", "other"].map { id in
                Merchant(
                    id: id, name: LocalizedText([.he: "חנות", .en: "Shop"]), apiKey: "key of \(id)",
                    notificationURL: "http://127.0.0.1:9/notices", returnOrigins: ["http://shop.test"])
            }
            let settings = AcquirerSettings(
                dataFolder: "", resources: rooms, baseURL: "http://acquirer.test", key: .generate(), merchants: merchants,
                clock: hand.source)
            let acquirer = Acquirer(settings, database: database, site: try acquirerSite(), logger: quiet)
            let dispatcher = try Dispatcher(
                routes: acquirer.routes, site: acquirer.site, authenticator: acquirer.authenticator,
                settings: .init(
                    rates: .unlimited, clock: hand.source, formKey: HMACKey(bytes: Array("tests".utf8)), formTargets: acquirer.formTargets),
                logger: quiet)
            let failure = await outcome { try await body(Office(acquirer: acquirer, dispatcher: dispatcher, hand: hand)) }
            await acquirer.close()
            if let failure { throw failure }
        }
    }

    private static func outcome(_ body: () async throws -> Void) async -> (any Error)? {
        do { try await body(); return nil } catch { return error }
    }

    func call(
        _ method: HTTPRequest.Method, _ path: String, _ body: JSON? = nil, key: String? = nil, merchant: String = "shop"
    ) async -> (status: Int, json: JSON) {
        var headers: HTTPFields = [.authorization: "Bearer key of \(merchant)"]
        if let key { headers[HTTPField.Name("Idempotency-Key")!] = key }
        if body != nil { headers[.contentType] = "application/json" }
        let reply = await dispatcher.answer(Incoming(method, path, headers: headers, body: body?.bytes ?? []))
        return (reply.status, (try? JSON.parse(reply.body)) ?? .null)
    }

    static func order(_ reference: String = "order-1", amount: Int64 = 37_400, capture: String = "automatic") -> JSON {
        [
            "amount": .int(amount), "currency": "ILS", "reference": .string(reference), "description": "אגרה", "language": "en",
            "returnUrl": "http://shop.test/back?x=1", "capture": .string(capture),
        ]
    }

    /// A payment at its hosted page: the id, and the page's path.
    func opened(_ reference: String = "order-1", capture: String = "automatic") async throws -> (id: String, path: String) {
        let made = await call(.post, "/v1/payments", Office.order(reference, capture: capture), key: "make \(reference)")
        try #require(made.status == 201)
        let url = try #require(made.json["checkoutUrl"]?.string)
        return (try #require(made.json["id"]?.string), String(url.dropFirst("http://acquirer.test".count)))
    }

    func paid(
        _ behaviour: TestCard.Behaviour, _ reference: String = "order-1", capture: String = "automatic"
    ) async throws -> (id: String, page: Page) {
        let (id, path) = try await opened(reference, capture: capture)
        let payer = Payer(dispatcher)
        _ = await payer.get(path)
        return (id, await payer.post(path, try Office.card(behaviour)))
    }

    static func card(_ behaviour: TestCard.Behaviour) throws -> [(String, String)] {
        let card = try #require(TestCard.all.first { $0.behaviour == behaviour })
        return [("number", card.grouped), ("expiry", "12/39"), ("code", "123"), ("name", "Dana")]
    }

    func state(_ id: String) async -> String { await call(.get, "/v1/payments/\(id)").json["state"]?.string ?? "" }

    /// Types of the notifications there are, in the order they are sent, copies and all.
    func notices() async throws -> [String] {
        try await acquirer.database.read { connection in
            try connection.query("SELECT content FROM acquirer_notice ORDER BY next_at, id, copy", []) { row in
                try row.json(0)["type"]?.string ?? ""
            }
        }
    }
}

struct Page: Sendable {
    let status: Int
    let text: String
    let location: String
    let policy: String
}

/// Somebody with a browser at the hosted page.
final class Payer: Sendable {
    private let dispatcher: Dispatcher
    private let held = Mutex((cookie: "", token: ""))

    init(_ dispatcher: Dispatcher) { self.dispatcher = dispatcher }

    func get(_ path: String) async -> Page { await send(.get, path, []) }

    func post(_ path: String, _ fields: [(String, String)] = []) async -> Page {
        let pairs = [("_csrf", held.withLock { $0.token })] + fields
        return await send(.post, path, Array(pairs.map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&").utf8))
    }

    private func send(_ method: HTTPRequest.Method, _ path: String, _ body: [UInt8]) async -> Page {
        var headers: HTTPFields = [.accept: "text/html", .contentType: "application/x-www-form-urlencoded"]
        if case let cookie = held.withLock({ $0.cookie }), !cookie.isEmpty { headers[.cookie] = cookie }
        let reply = await dispatcher.answer(Incoming(method, path, headers: headers, body: body))
        let text = String(decoding: reply.body, as: UTF8.self)
        held.withLock { held in
            if let line = reply.headers[values: .setCookie].first { held.cookie = String(line.prefix { $0 != ";" }) }
            if let found = text.firstRange(of: "name=\"_csrf\" value=\"") {
                held.token = String(text[found.upperBound...].prefix { $0 != "\"" })
            }
        }
        return Page(
            status: reply.status, text: text, location: reply.headers[.location] ?? "", policy: reply.headers[.contentSecurityPolicy] ?? "")
    }
}
