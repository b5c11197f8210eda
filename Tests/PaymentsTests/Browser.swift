import HTTPTypes
import Synchronization
import Testing
import Web

/// A browser that asks a dispatcher: keeps cookies, sends the form token of the page it saw last, follows nothing by itself.
final class Browser: Sendable {
    struct Page: Sendable {
        let status: Int
        let text: String
        let location: String
        let headers: HTTPFields
    }

    private let dispatcher: Dispatcher
    private let cookies: Mutex<[String: String]>
    private let token = Mutex("")

    init(_ dispatcher: Dispatcher, session: String? = nil) {
        self.dispatcher = dispatcher
        cookies = Mutex(session.map { [Dispatcher.sessionCookie: $0] } ?? [:])
    }

    func get(_ target: String) async -> Page { await send(.get, target, []) }

    func post(_ target: String, _ fields: [(String, String)] = []) async -> Page {
        let pairs = [("_csrf", token.withLock { $0 })] + fields
        return await send(.post, target, Array(pairs.map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&").utf8))
    }

    private func send(_ method: HTTPRequest.Method, _ target: String, _ body: [UInt8]) async -> Page {
        var headers: HTTPFields = [.accept: "text/html"]
        let sent = cookies.withLock { $0.map { "\($0)=\($1)" }.joined(separator: "; ") }
        if !sent.isEmpty { headers[.cookie] = sent }
        if method == .post { headers[.contentType] = "application/x-www-form-urlencoded" }
        let reply = await dispatcher.answer(Incoming(method, target, headers: headers, body: body))
        for line in reply.headers[values: .setCookie] {
            let pair = line.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1).map(String.init)
            if pair.count == 2 { cookies.withLock { $0[pair[0]] = pair[1] } }
        }
        let text = String(decoding: reply.body, as: UTF8.self)
        if let found = text.firstRange(of: "name=\"_csrf\" value=\"") {
            token.withLock { $0 = String(text[found.upperBound...].prefix { $0 != "\"" }) }
        }
        return Page(status: reply.status, text: text, location: reply.headers[.location] ?? "", headers: reply.headers)
    }
}
