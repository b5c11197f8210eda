import Audit
import Contracts
import Database
import Foundation
import House
import HTTPTypes
import Trust
import Values
import Web

/// The log of looks when it is long: what a person's page and a proof take, and whether appending still costs what it did.
enum LogFigures {
    private static let others = 300_000
    private static let looks = 1_000
    private static let part = 20_000
    private static let rounds = 200

    @Sendable static func measure() async throws -> [Figure] {
        try await DemoCountry.with { country in
            let base = try await country.foundations()
            let house = try await House(base)
            let dispatcher = try house.dispatcher(authenticator: OnePerson())
            let empty = try await append(base, from: 0, count: part)
            for start in stride(from: part, to: others, by: part) { _ = try await append(base, from: start, count: part) }
            try await base.database.write { connection in
                for number in 0..<looks { try base.audit.record(look("person", number), in: connection) }
            }
            var sequenced = 0
            let sequencing = try await Measuring.seconds { while case let count = try await base.audit.advance(), count > 0 { sequenced += count } }
            let full = try await append(base, from: others, count: part)
            let page = try await latency(dispatcher, "/he/me/access", expecting: "z-timeline")
            let plain = try await latency(dispatcher, "/he/about", expecting: "<h1")
            guard let proof = try await text(dispatcher, "/he/me/access").split(separator: "\"").first(where: { $0.hasSuffix("/proof") }) else {
                throw BenchmarkError("the page has no proof")
            }
            let proving = try await latency(dispatcher, String(proof), expecting: "inclusionProof")
            await house.close()
            return [
                Figure(
                    name: "a person's page, \(looks) looks of \(others + part), p95", value: page * 1_000, unit: "ms",
                    reference: .init(value: plain * 1_000, what: "ms, a page that says nothing of anybody"), goal: .atMost(50)),
                Figure(
                    name: "inclusion proof in a log of \(sequenced), p95", value: proving * 1_000, unit: "ms",
                    reference: .init(value: plain * 1_000, what: "ms, a page that says nothing of anybody"), goal: .atMost(20)),
                Figure(
                    name: "appending behind \(others) entries", value: full, unit: "entries/s",
                    reference: .init(value: empty, what: "entries/s, the first \(part)"), goal: .ratioAtLeast(0.8)),
                Figure(
                    name: "places given in the Merkle tree", value: Double(sequenced) / sequencing, unit: "entries/s",
                    reference: .init(value: empty, what: "entries/s appended"), goal: .atLeast(500)),
            ]
        }
    }

    private static func look(_ subject: String, _ number: Int) -> AuditEntry {
        var entry = AuditEntry(
            subjectID: subject, actor: .system("bench"), action: .fetch, what: "register.population.person", caseID: "case-\(number)",
            basis: .law("arnona-regulations-1993"), fields: ["givenName", "familyName", "address"], at: Instant(seconds: 1_800_000_000 + Int64(number)))
        (entry.bodyID, entry.agreementID, entry.law) = ("municipality-haifa", "municipal-discount-person.municipality-haifa", "arnona-regulations-1993")
        return entry
    }

    /// Entries per second, a hundred in a transaction, as gateways under load commit them.
    private static func append(_ base: Foundations, from start: Int, count: Int) async throws -> Double {
        let (audit, database) = (base.audit, base.database)
        let batches = Array(stride(from: start, to: start + count, by: 100))
        return try await 100 * Measuring.rate(batches, tasks: 8) { first in
            try await database.write { connection in
                for number in first..<first + 100 { try audit.record(look("person-\(number % 50_000)", number), in: connection) }
            }
        }
    }

    private static func text(_ dispatcher: Dispatcher, _ path: String) async throws -> String {
        let headers: HTTPFields = [.accept: "text/html", .cookie: "\(Dispatcher.sessionCookie)=person"]
        let reply = await dispatcher.answer(Incoming(.get, path, headers: headers))
        guard reply.status == 200 else { throw BenchmarkError("\(path): \(reply.status)") }
        return String(decoding: reply.body, as: UTF8.self)
    }

    /// The 95th percentile, in seconds.
    private static func latency(_ dispatcher: Dispatcher, _ path: String, expecting part: String) async throws -> Double {
        var times: [Double] = []
        for _ in 0..<rounds {
            let start = ContinuousClock.now
            let page = try await text(dispatcher, path)
            times.append((ContinuousClock.now - start).seconds)
            guard page.contains(part) else { throw BenchmarkError("\(path) holds no \(part)") }
        }
        return Measuring.percentile(times, 0.95)
    }

    private struct OnePerson: Authenticator {
        func actor(cookies: [String: String], authorization: String?, remoteAddress: String) async throws -> Actor {
            Actor(kind: .person, id: cookies[Dispatcher.sessionCookie] ?? "", name: "Noa Barak", sessionID: "bench", assurance: .substantial)
        }
    }
}
