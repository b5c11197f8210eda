import Trust
import Values

/// Asks one peer, signed there and back.
final class SignedHop: Sendable {
    struct Answer: Sendable {
        let status: Int
        let body: [UInt8]
    }

    let peer: Peer
    private let base: BaseURL
    private let exchange: SignedExchange
    private let key: SigningKey
    private let hop: HTTPHop
    private let breaker = CircuitBreaker()
    private let clock: TimeSource

    init(to peer: Peer, exchange: SignedExchange, key: SigningKey, hop: HTTPHop, clock: TimeSource) throws(SpineError) {
        (self.peer, self.exchange, self.key, self.hop, self.clock) = (peer, exchange, key, hop, clock)
        base = try BaseURL(setting: peer.baseURL)
    }

    /// - Returns: an answer whose signature, digest and binding to this very question are right.
    /// - Throws: `.unavailable` when none came in time, `.untrusted` when one came that cannot be believed.
    func ask(
        _ path: String, headers: [SignableMessage.Header], body: [UInt8], timeoutMilliseconds: Int64
    ) async throws(HopFailure) -> Answer {
        guard breaker.allows(now: clock.now()) else { throw .unavailable("waiting for it to recover") }
        do {
            let answer = try await send(path, headers, body, timeoutMilliseconds)
            breaker.succeeded()
            return answer
        } catch {
            if case .unavailable = error { breaker.failed(now: clock.now()) }
            throw error
        }
    }

    private func send(
        _ path: String, _ headers: [SignableMessage.Header], _ body: [UInt8], _ timeoutMilliseconds: Int64
    ) async throws(HopFailure) -> Answer {
        let bare = SignableMessage.request(method: "POST", target: base.target(path), headers: headers)
        let request: SignableMessage
        do { request = try exchange.signed(request: bare, body: body, by: key, now: clock.now()) } catch {
            throw .untrusted("the question cannot be signed: \(error)")
        }
        let answer: HTTPHop.Answer
        do {
            answer = try await hop.post(
                "\(base)\(path)", headers: request.headers, body: body, timeoutMilliseconds: timeoutMilliseconds)
        } catch {
            switch error {
            case .timedOut: throw .unavailable("no answer in time")
            case .unreachable(let reason): throw .unavailable(reason)
            case .tooLarge: throw .untrusted("the answer is too large")
            }
        }
        let message = SignableMessage.response(status: answer.status, headers: answer.headers, to: request)
        do { try exchange.verify(answer: message, body: answer.body, now: clock.now(), key: peer.key) } catch {
            // A peer in trouble answers without signing; what it says is not believed, but it says that it is in trouble.
            if error == .unsigned, answer.status >= 500 || answer.status == 429 { throw .unavailable("status \(answer.status)") }
            throw .untrusted("\(error)")
        }
        return Answer(status: answer.status, body: answer.body)
    }
}

enum HopFailure: Error, Sendable {
    case unavailable(String)
    case untrusted(String)

    var exchangeError: String {
        switch self {
        case .unavailable: "unavailable";
        case .untrusted: "untrusted"
        }
    }
    var reason: String {
        switch self {
        case .unavailable(let reason), .untrusted(let reason): reason
        }
    }
}
