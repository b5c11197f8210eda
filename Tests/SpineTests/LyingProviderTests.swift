import Contracts
import Database
import HTTPTypes
import Logging
@testable import Spine
import Synchronization
import TestKit
import Testing
import Trust
import Values
import Web

/// A provider's gateway that lies, against a consumer's gateway that must not believe it.
@Suite struct LyingProviderTests {
    enum Lie: Sendable, CaseIterable { case none, wrongKey, alteredBody, answerToAnother, extraFields, refusal, garbage }

    @Test(arguments: Lie.allCases)
    func isNotBelieved(lie: Lie) async throws {
        try await Chain.with { chain in
            let port = Loopback.freePorts(1)[0]
            let url = "http://127.0.0.1:\(port)"
            let liar = Liar(lie, try BaseURL(setting: url), chain.clock)
            let gateway = try Gateway(
                GatewaySettings(
                    baseURL: chain.consumerURL, key: chain.consumerKey, localToken: Chain.token,
                    providers: [Peer(baseURL: url, key: liar.key.verifyingKey)],
                    services: try RegisterDirectory(json: try Project.json("Data/agreements.json")), peerTimeoutMilliseconds: 40_000,
                    clock: chain.clock.source),
                database: chain.database, audit: chain.audit, consents: chain.consents, vault: Chain.vault, logger: Logger(label: "test"))
            let dispatcher = try Loopback.dispatcher([liar.route], chain.clock)
            try await Loopback.serving([(dispatcher, port)]) {
                let first = await Result.make { try await gateway.ask(chain.question()) }
                let second = await Result.make { try await gateway.ask(chain.question()) }
                await gateway.close()
                switch lie {
                case .none, .extraFields:
                    try #expect(second.get().value == ["givenName": "נועה"])
                    #expect(chain.audit.entries.count == 2)
                case .refusal:
                    #expect(throws: ExchangeError.notCovered("no")) { try second.get() }
                case .wrongKey, .alteredBody, .answerToAnother, .garbage:
                    let error = #expect(throws: ExchangeError.self) { try second.get() }
                    if case .untrusted = error {} else { Issue.record("\(String(describing: error))") }
                    if lie != .answerToAnother { #expect(throws: ExchangeError.self) { try first.get() } }
                    #expect(chain.audit.entries.count == (lie == .answerToAnother ? 1 : 0))
                }
            }
        }
    }

    private final class Liar: Sendable {
        let key = SigningKey.generate()
        private let lie: Lie
        private let base: BaseURL
        private let clock: TestClock
        private let earlier = Mutex<Reply?>(nil)

        init(_ lie: Lie, _ base: BaseURL, _ clock: TestClock) { (self.lie, self.base, self.clock) = (lie, base, clock) }

        var route: Route {
            .api(.post, "/incoming/{operation}", for: .signedPeer(reason: "test"), "test.incoming", "Lies", answers: [.init(200, "A lie")])
            { call in
                try self.answer(call)
            }
        }

        private func answer(_ call: Call) throws -> Reply {
            let request = SignableMessage.request(
                method: "POST", target: base.target(call.path), headers: call.headers.map { .init($0.name.rawName, $0.value) })
            let value: JSON = lie == .extraFields ? ["givenName": "נועה", "debts": 1_000, "parents": []] : ["givenName": "נועה"]
            var reply = Reply.json(
                lie == .refusal ? ["error": "not-covered", "reason": "no"] : ["value": value], status: lie == .refusal ? 403 : 200)
            if lie == .garbage { reply.body = Array("<html>".utf8) }
            let bare = SignableMessage.response(status: reply.status, headers: [], to: request)
            let signer = lie == .wrongKey ? SigningKey.generate() : key
            for header in try SpineEnvelope.exchange.signed(answer: bare, body: reply.body, by: signer, now: clock.now).headers {
                reply.headers.append(HTTPField(name: HTTPField.Name(header.name)!, value: header.value))
            }
            if lie == .alteredBody { reply.body.append(UInt8(ascii: " ")) }
            guard lie == .answerToAnother else { return reply }
            return earlier.withLock { earlier in
                defer { earlier = earlier ?? reply }
                return earlier ?? reply
            }
        }
    }
}
