import Database
import Foundation
import House
import HTTPTypes
import Trust
import Values
import Web

/// Signing in: client and server share the cores.
enum IdentityFigures {
    static let browsers = 32

    @Sendable static func measure() async throws -> [Figure] {
        let quick = try await SignInWorld.with(students: browsers) { world in try await passkeys(world) }
        return quick + (try await SignInWorld.with(students: browsers, memoryMiB: 64, passes: 2) { world in try await passwords(world) })
            + [try await sessions()]
    }

    private static func passkeys(_ world: SignInWorld) async throws -> [Figure] {
        let people = (0..<browsers).map { BenchBrowser(world, $0) }
        for person in people {
            try await person.signIn()
            try await person.enrol()
        }
        let turns = (0..<100).flatMap { _ in people }
        let rate = try await perPerson(people, turns.count / people.count)
        return [
            Figure(
                name: "passkey sign-ins, page and answer (ES256)", value: rate, unit: "sign-ins/s",
                reference: .init(value: try signatures(), what: "ES256 signatures made and verified/s"), goal: .atLeast(250)),
            try await history(world, people[0]),
        ]
    }

    /// Each person signs in so many times, all at once; a browser does one thing after the other.
    private static func perPerson(_ people: [BenchBrowser], _ times: Int) async throws -> Double {
        let seconds = try await Measuring.seconds {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for person in people { group.addTask { for _ in 0..<times { try await person.signInByPasskey() } } }
                try await group.waitForAll()
            }
        }
        return Double(people.count * times) / seconds
    }

    private static func signatures() throws -> Double {
        let (key, content) = (SigningKey.generate(.ecdsaP256), Array("content".utf8))
        let start = ContinuousClock.now
        for _ in 0..<2_000 { guard key.verifyingKey.isValid(try key.signature(over: content), over: content) else { throw BenchmarkError("ES256") } }
        return 2_000 / (ContinuousClock.now - start).seconds
    }

    /// A person who signs in every 10 ms, with and without others who guess passwords of people that are not there, each from elsewhere.
    private static func flood(_ world: SignInWorld, _ people: [BenchBrowser]) async throws -> (before: Double, during: Double) {
        let calm = try await latencies(people[1], 200)
        let guessing = Task {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for guesser in 0..<8 {
                    group.addTask {
                        let browser = BenchBrowser(world, guesser)
                        let page = BenchBrowser.html(await browser.send(.get, "/en/sign-in"))
                        let token = try BenchBrowser.text(page, after: "name=\"_csrf\" value=\"")
                        var round = 0
                        while !Task.isCancelled {
                            round += 1
                            let number = DemoCountry.number(5_000 + guesser * 1_000 + round % 900)
                            let address = "198.51.\(guesser).\(round % 250):\(round)"
                            try await browser.enterPassword(token, "a wrong password", number: number, address: String(address.prefix { $0 != ":" }))
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        try await Task.sleep(for: .milliseconds(300))
        let stormy = try await latencies(people[1], 200)
        guessing.cancel()
        _ = try? await guessing.value
        return (calm, stormy)
    }

    private static func latencies(_ person: BenchBrowser, _ times: Int) async throws -> Double {
        var times = times, measured: [Double] = []
        while times > 0 {
            measured.append(try await Measuring.seconds { try await person.signInByPasskey() } * 1_000)
            times -= 1
            try await Task.sleep(for: .milliseconds(10))
        }
        return Measuring.percentile(measured, 0.95)
    }

    /// The same person after few and after many sign-ins.
    private static func history(_ world: SignInWorld, _ person: BenchBrowser) async throws -> Figure {
        func seconds(_ times: Int) async throws -> Double {
            var measured: [Double] = []
            for _ in 0..<times { measured.append(try await Measuring.seconds { try await person.signInByPasskey() }) }
            return Measuring.median(measured) * 1_000
        }
        let early = try await seconds(200)
        for _ in 0..<10_000 { try await person.signInByPasskey() }
        let late = try await seconds(200)
        return Figure(
            name: "sign-in after 10,000 earlier ones", value: late / early, unit: "×", reference: .init(value: early, what: "ms after a few hundred"),
            goal: .atMost(1.2))
    }

    private static func passwords(_ world: SignInWorld) async throws -> [Figure] {
        let people = (0..<browsers).map { BenchBrowser(world, $0) }
        try await people[1].signIn()
        try await people[1].enrol()
        let flooded = try await flood(world, people)
        let tokens = try await tokens(people)
        let hash = try await world.hasher.hash(SignInWorld.password)
        let bare = try await Measuring.rate(Array(0..<64), tasks: 8) { _ in _ = try await world.hasher.verify(SignInWorld.password, against: hash) }
        let rate = try await Measuring.rate(Array(0..<64), tasks: 8) { turn in
            try await people[turn % browsers].enterPassword(tokens[turn % browsers], address: "203.0.113.\(turn)")
        }
        return [
            Figure(
                name: "password sign-ins (argon2id, 64 MiB, 2 passes)", value: rate, unit: "sign-ins/s",
                reference: .init(value: bare, what: "bare argon2id on the same pool/s"), goal: .ratioAtLeast(0.9)),
            Figure(
                name: "passkey p95 under a flood of wrong passwords", value: flooded.during / flooded.before, unit: "×",
                reference: .init(value: flooded.before, what: "ms, p95 without it"), goal: .atMost(2)),
        ]
    }

    private static func tokens(_ people: [BenchBrowser]) async throws -> [String] {
        var tokens: [String] = []
        for person in people {
            tokens.append(try BenchBrowser.text(BenchBrowser.html(await person.send(.get, "/en/sign-in?again=1")), after: "name=\"_csrf\" value=\""))
        }
        return tokens
    }

    /// A server whose database holds 100,000 live sessions, of which some hundreds are used.
    private static func sessions() async throws -> Figure {
        try await DemoCountry.with(students: 1) { country in
            let base = try await country.foundations()
            let cookies = try await insertSessions(100_000, base)
            await base.database.close()
            let server = try country.start("serve")
            defer { Programs.stop(server) }
            _ = try await Programs.firstAnswer(country.port, "/he")
            for cookie in cookies.prefix(500) {
                guard Programs.get(country.port, "/he/me/sessions", cookie: "\(Dispatcher.sessionCookie)=\(cookie)") != nil else {
                    throw BenchmarkError("a session was not answered")
                }
            }
            return Figure(
                name: "resident memory with 100,000 live sessions", value: try Programs.residentMegabytes(server), unit: "MB",
                reference: .init(value: 100_000, what: "sessions in the database"), goal: .atMost(150))
        }
    }

    /// Sessions as signing in leaves them, of people who are not there. Their cookies.
    private static func insertSessions(_ number: Int, _ base: Foundations) async throws -> [String] {
        let cookies = (0..<number).map { _ in RandomToken.make(bytes: 32) }
        let now = base.clock.now()
        for start in stride(from: 0, to: number, by: 2_000) {
            let rows = try cookies[start..<min(start + 2_000, number)].map { cookie -> [SQLValue] in
                let hash = Fingerprint.hex(of: cookie)
                let detail: JSON = ["name": "דנה לוי", "address": "192.0.2.1", "browser": "Firefox", "system": "Linux"]
                return [
                    .text(hash), .text(UUIDv7.next(at: now)), .text(UUIDv7.next(at: now)),
                    .blob(try base.vault.seal(detail.bytes, scope: "identity", context: "identity_session/\(hash)")), .integer(2), .integer(2), .text("own"), .null,
                    .null, .null, .integer(0), .instant(now), .instant(now), .instant(now.adding(seconds: 12 * 3_600)),
                ]
            }
            try await base.database.write { connection in
                for row in rows {
                    try connection.execute(
                        """
                        INSERT INTO identity_session (token_hash, subject_id, id, sealed, credential_level, proof_level, capacity, organisation_id, role,
                        capacity_checked_at, holds_office, created_at, last_seen_at, expires_at) VALUES (\(SQL.parameters(14)))
                        """, row)
                }
            }
        }
        return cookies
    }
}
