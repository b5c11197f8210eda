import Contracts
import HTTPTypes
import Trust
import Values
import Web

/// Where signed questions come in and signed answers go out.
struct SignedDesk: Sendable {
    /// Under which clients call: part of what they sign.
    let base: BaseURL
    let key: SigningKey
    let clients: [VerifyingKey]
    let window: ReplayWindow

    init(baseURL: String, key: SigningKey, clients: [VerifyingKey], window: ReplayWindow) throws(RegistersError) {
        guard let base = BaseURL(baseURL) else { throw .setting("the registers' base URL is a scheme and a host, without a path") }
        self.base = base
        (self.key, self.clients, self.window) = (key, clients, window)
    }

    /// The call as a message, once its signature, digest and nonce are found right.
    func trusted(_ call: Call) throws(Problem) -> SignableMessage {
        let request = SignableMessage.request(
            method: call.method.rawValue, target: base.target(call.path), headers: call.headers.map { .init($0.name.rawName, $0.value) })
        let signature: MessageSignature
        do {
            signature = try SignedExchange.register.verify(request: request, body: call.body, now: call.time) { id in
                clients.first { $0.keyID == id }
            }
        } catch {
            throw Problem(401, "registers.not-trusted", ["reason": error.description])
        }
        guard window.admit(signature.parameters, now: call.time) else {
            throw Problem(401, "registers.not-trusted", ["reason": "replayed"])
        }
        return request
    }

    /// An answer bound to its question.
    func signed(_ value: JSON, status: Int, to request: SignableMessage, by key: SigningKey? = nil, now: Instant) throws -> Reply {
        var reply = Reply.json(value, status: status)
        let bare = SignableMessage.response(status: status, headers: [], to: request)
        let answer = try SignedExchange.register.signed(answer: bare, body: reply.body, by: key ?? self.key, now: now)
        for header in answer.headers {
            guard let name = HTTPField.Name(header.name) else { continue }
            reply.headers.append(HTTPField(name: name, value: header.value))
        }
        return reply
    }
}
