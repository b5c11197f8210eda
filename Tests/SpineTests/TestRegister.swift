import Contracts
import HTTPTypes
@testable import Spine
import Synchronization
import Trust
import Values
import Web

/// A register of one person, which behaves as it is told.
final class TestRegister: Sendable {
    enum Behaviour: Sendable { case honest, wrongKey, alteredBody, answerToAnother, down, hang, notAnObject, unsigned }

    struct State: Sendable {
        var behaviour = Behaviour.honest
        var asked = 0
        var earlier: Reply?
    }

    static let person: JSON = [
        "nationalNumber": "600000012", "givenName": "נועה", "familyName": "ברק", "birthDate": "2004-03-14", "maritalStatus": "single",
        "cardIssueDate": "2020-05-11", "address": ["localityCode": 4000, "street": "הגליל", "house": "27", "floor": "2"],
        "parents": [["givenName": "רות"]], "children": [],
    ]

    let key = SigningKey.generate()
    let state = Mutex(State())
    private let base: BaseURL
    private let client: VerifyingKey
    private let clock: TestClock
    private let released = AsyncStream<Void>.makeStream()

    init(baseURL: String, client: VerifyingKey, clock: TestClock) throws {
        (base, self.client, self.clock) = (try BaseURL(setting: baseURL), client, clock)
    }

    func behave(_ behaviour: Behaviour) { state.withLock { $0.behaviour = behaviour } }
    /// Lets hanging questions go, so that the server can stop.
    func release() { released.continuation.finish() }

    var route: Route {
        .api(.post, "/population/person", for: .signedPeer(reason: "test"), "test.person", "A person", answers: [.init(200, "A person")]) {
            call in
            try await self.answer(call)
        }
    }

    private func answer(_ call: Call) async throws -> Reply {
        let request = SignableMessage.request(
            method: "POST", target: base.target(call.path), headers: call.headers.map { .init($0.name.rawName, $0.value) })
        _ = try SignedExchange.register.verify(request: request, body: call.body, now: clock.now) {
            $0 == client.keyID ? client : nil
        }
        let state = state.withLock { state in
            state.asked += 1; return state
        }
        let isKnown = try call.json()["nationalNumber"] == "600000012"
        let value: JSON =
            switch state.behaviour {
            case .notAnObject: "text";
            default: isKnown ? TestRegister.person : ["error": "unknown"]
            }
        var reply = try signed(value, isKnown ? 200 : 404, to: request, by: state.behaviour == .wrongKey ? .generate() : key)
        switch state.behaviour {
        case .honest, .wrongKey, .notAnObject: self.state.withLock { $0.earlier = reply }
        case .alteredBody: reply.body = Array(String(decoding: reply.body, as: UTF8.self).replacing("2004", with: "2005").utf8)
        case .answerToAnother: reply = state.earlier ?? reply
        case .down: throw Problem.unavailable
        case .unsigned: reply = .json(value)
        case .hang: for await _ in released.stream {}
        }
        return reply
    }

    private func signed(_ value: JSON, _ status: Int, to request: SignableMessage, by key: SigningKey) throws -> Reply {
        var reply = Reply.json(value, status: status)
        let bare = SignableMessage.response(status: status, headers: [], to: request)
        for header in try SignedExchange.register.signed(answer: bare, body: reply.body, by: key, now: clock.now).headers {
            reply.headers.append(HTTPField(name: HTTPField.Name(header.name)!, value: header.value))
        }
        return reply
    }
}
