import Contracts
import HTTPTypes
@testable import Spine
import Synchronization
import Testing
import Trust
import Values
import Web

/// A consumer's gateway that misbehaves, against a provider's gateway that must not believe it.
@Suite struct BadPeerTests {
    private static let body = JSON.object(["parameters": ["nationalNumber": "600000012"]]).bytes

    private static func envelope(
        _ chain: Chain, consumer: String = "municipality-haifa", version: Int = 1, purpose: String = "municipal-tax-discount"
    )
        -> SpineEnvelope
    {
        SpineEnvelope(
            messageID: UUIDv7.next(), consumerID: consumer, purpose: purpose, basis: .law("x"),
            agreementID: "municipal-discount-person.municipality-haifa", agreementVersion: version, caseID: nil,
            actor: ActorMark(Actor(kind: .person, id: "1", name: "x", assurance: .substantial)))
    }

    private static func signed(
        _ chain: Chain, _ envelope: SpineEnvelope, by key: SigningKey? = nil, at time: Instant? = nil
    ) throws -> (HTTPFields, SignableMessage) {
        let bare = SignableMessage.request(
            method: "POST", target: try BaseURL(chain.providerURL).target("/incoming/population.person"), headers: envelope.headers)
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
        try await Chain.with { chain in
            for envelope in [
                Self.envelope(chain, version: 9), Self.envelope(chain, purpose: "curiosity"), Self.envelope(chain, consumer: "police"),
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
            try await #expect(chain.rows().filter { $0.face == "provider" }.map(\.outcome) == ["refused", "refused", "refused"])
        }
    }

    /// A gateway that starts again refuses what its predecessor may have taken.
    @Test func aRestartOpensNoDoorForReplays() {
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
