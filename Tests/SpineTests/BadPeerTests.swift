import Contracts
import HTTPTypes
@testable import Spine
import Synchronization
import TestKit
import Testing
import Trust
import Values
import Web

/// A consumer's gateway that misbehaves, against a provider's gateway that must not believe it.
@Suite struct BadPeerTests {
    private static let body = JSON.object(["parameters": ["nationalNumber": "600000012"]]).bytes

    private static func envelope(
        _ chain: Chain, consumer: String = "municipality-haifa", version: Int = 1, purpose: String = "municipal-tax-discount",
        basis: Basis = .law("arnona-regulations-1993"), actor: Actor = Actor(kind: .person, id: "1", name: "x", assurance: .substantial)
    ) -> SpineEnvelope {
        SpineEnvelope(
            messageID: UUIDv7.next(), consumerID: consumer, purpose: purpose, basis: basis,
            agreementID: "municipal-discount-person.municipality-haifa", agreementVersion: version, caseID: nil,
            actor: ActorMark(actor))
    }

    private static func signed(
        _ chain: Chain, _ envelope: SpineEnvelope, by key: SigningKey? = nil, at time: Instant? = nil
    ) throws -> (HTTPFields, SignableMessage) {
        let bare = SignableMessage.request(
            method: "POST", target: try BaseURL(setting: chain.providerURL).target("/incoming/population.person"), headers: envelope.headers)
        let message = try SpineEnvelope.exchange.signed(
            request: bare, body: body, by: key ?? chain.consumerKey, now: time ?? chain.clock.now)
        var fields = HTTPFields()
        for header in message.headers { fields.append(HTTPField(name: HTTPField.Name(header.name)!, value: header.value)) }
        return (fields, message)
    }

    private static func post(
        _ chain: Chain, _ headers: HTTPFields, _ content: [UInt8] = body, to operation: String = "population.person"
    ) async throws -> Reply {
        await (try Loopback.dispatcher(chain.provider.routes, chain.clock)).answer(
            Incoming(.post, "/incoming/\(operation)", headers: headers, body: content))
    }

    @Test func onlyTheFirstOfTwoIsBelieved() async throws {
        try await Chain.with { chain in
            let (headers, _) = try Self.signed(chain, Self.envelope(chain))
            try await #expect(Self.post(chain, headers).status == 200)
            try await #expect(Self.post(chain, headers).status == 401)
            #expect(chain.register.state.withLock { $0.asked } == 1)
        }
    }

    @Test func whatIsNotSignedRightIsNotBelieved() async throws {
        try await Chain.with { chain in
            let good = Self.envelope(chain)
            try await #expect(Self.post(chain, [:]).status == 401)
            try await #expect(Self.post(chain, try Self.signed(chain, good, by: .generate()).0).status == 401)
            let other = JSON.object(["parameters": ["nationalNumber": "600000020"]]).bytes
            try await #expect(Self.post(chain, try Self.signed(chain, good).0, other).status == 401)
            try await #expect(Self.post(chain, try Self.signed(chain, good).0, to: "population.check").status == 401)
            try await #expect(Self.post(chain, try Self.signed(chain, good, at: chain.clock.now.adding(seconds: -120)).0).status == 401)
            try await #expect(Self.post(chain, try Self.signed(chain, good, at: chain.clock.now.adding(seconds: 120)).0).status == 401)
            for name in ["Spine-Purpose", "Spine-Basis", "Spine-Client", "Spine-Actor", "Spine-Case"] {
                var (headers, _) = try Self.signed(chain, good)
                headers[HTTPField.Name(name)!] = "police"
                try await #expect(Self.post(chain, headers).status == 401, "\(name) altered")
            }
            #expect(chain.register.state.withLock { $0.asked } == 0)
        }
    }

    @Test func aGatewaySpeaksForItsOwnBodiesOnly() async throws {
        try await Chain.with(consumerBodies: ["municipality-haifa"]) { chain in
            try await #expect(Self.post(chain, try Self.signed(chain, Self.envelope(chain, consumer: "police")).0).status == 401)
            try await #expect(Self.post(chain, try Self.signed(chain, Self.envelope(chain)).0).status == 200)
        }
    }

    /// The provider decides for itself: a consumer's gateway that skipped its own check gets a signed refusal.
    @Test func anAgreementThatDoesNotCoverIsRefused() async throws {
        let officer = Actor(kind: .person, id: "1", name: "x", capacity: .office(organisation: "municipality-haifa", role: "case-officer"))
        try await Chain.with { chain in
            for envelope in [
                Self.envelope(chain, version: 9), Self.envelope(chain, purpose: "curiosity"), Self.envelope(chain, consumer: "police"),
                Self.envelope(chain, basis: .law("x")), Self.envelope(chain, basis: .consent("1")), Self.envelope(chain, actor: .system("x")),
                Self.envelope(chain, actor: officer),
            ] {
                let (headers, message) = try Self.signed(chain, envelope)
                let reply = try await Self.post(chain, headers)
                #expect(reply.status == 403)
                let answer = SignableMessage.response(
                    status: 403, headers: reply.headers.map { .init($0.name.rawName, $0.value) }, to: message)
                let key = try #require(chain.providerKey)
                try SpineEnvelope.exchange.verify(answer: answer, body: reply.body, now: chain.clock.now, key: key)
            }
            #expect(chain.register.state.withLock { $0.asked } == 0)
            try await #expect(chain.rows().filter { $0.face == "provider" }.map(\.outcome) == Array(repeating: "refused", count: 7))
        }
    }

    /// What one process answered, another that shares the database does not answer again; and a peer whose clock is late is believed by
    /// a gateway that has just started.
    @Test(arguments: TestDatabases.engines)
    func aRestartOpensNoDoorForReplays(engine: TestEngine) async throws {
        try await Chain.with(engine) { chain in
            let (headers, _) = try Self.signed(chain, Self.envelope(chain), at: chain.clock.now.adding(seconds: -3))
            try await #expect(Self.post(chain, headers).status == 200)
            let again = try chain.anotherProvider()
            let incoming = Incoming(.post, "/incoming/population.person", headers: headers, body: Self.body)
            try await #expect(Loopback.dispatcher(again.routes, chain.clock).answer(incoming).status == 401)
            try await #expect(chain.rows().filter { $0.face == "provider" }.map(\.outcome) == ["answered"])
            let (fresh, _) = try Self.signed(chain, Self.envelope(chain), at: chain.clock.now.adding(seconds: -3))
            let second = Incoming(.post, "/incoming/population.person", headers: fresh, body: Self.body)
            try await #expect(Loopback.dispatcher(again.routes, chain.clock).answer(second).status == 200)
            await again.close()
        }
    }

    /// The rate of an agreement holds at the provider too: a consumer's gateway that does not count gets a signed refusal.
    @Test func theProviderCountsForItself() async throws {
        try await Chain.with(document: { $0.withRate(1) }) { chain in
            try await #expect(Self.post(chain, try Self.signed(chain, Self.envelope(chain)).0).status == 200)
            let (headers, message) = try Self.signed(chain, Self.envelope(chain))
            let reply = try await Self.post(chain, headers)
            #expect(reply.status == 429 && chain.register.state.withLock { $0.asked } == 1)
            let answer = SignableMessage.response(
                status: 429, headers: reply.headers.map { .init($0.name.rawName, $0.value) }, to: message)
            try SpineEnvelope.exchange.verify(answer: answer, body: reply.body, now: chain.clock.now, key: try #require(chain.providerKey))
            try await #expect(chain.rows().map(\.decision) == ["permit", "too-often"])
        }
    }

    /// A window in memory alone refuses what its predecessor may have taken.
    @Test func aWindowBelievesNothingFromBeforeItOpened() {
        let start = Instant(seconds: 1_000)
        let window = ReplayWindow(now: start)
        #expect(!window.admit(SignatureParameters(created: start.adding(seconds: -1), nonce: "a"), now: start))
        #expect(window.admit(SignatureParameters(created: start, nonce: "a"), now: start))
        #expect(!window.admit(SignatureParameters(created: start), now: start))
    }

    @Test func noncesAreRememberedForTheWholeWindow() {
        let start = Instant(seconds: 1_000)
        let window = ReplayWindow(ageLimitSeconds: 75, now: start)
        for second in 0..<300 {
            let now = start.adding(seconds: Int64(second))
            #expect(window.admit(SignatureParameters(created: now, nonce: "n\(second)"), now: now))
            for age in 0...min(second, 80) {
                #expect(!window.admit(SignatureParameters(created: now.adding(seconds: Int64(-age)), nonce: "n\(second - age)"), now: now))
            }
        }
    }
}
