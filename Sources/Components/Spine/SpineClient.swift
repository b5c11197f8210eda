public import Contracts
import Trust
import Values
import Web

/// How a server reaches its gateway in another process.
public final class SpineClient: Exchange, EventSource, Sendable {
    private let gatewayURL: String
    private let token: String
    private let timeoutMilliseconds: Int64
    private let hop = HTTPHop()

    /// - Parameters:
    ///   - gatewayURL: scheme and host with port of the consumer's gateway.
    ///   - token: the gateway's `localToken`.
    public init(gatewayURL: String, token: String, timeoutMilliseconds: Int64 = 5_000) {
        (self.gatewayURL, self.token, self.timeoutMilliseconds) = (gatewayURL, token, timeoutMilliseconds)
    }

    public func ask(_ request: ExchangeRequest) async throws(ExchangeError) -> ExchangeAnswer {
        guard request.operation.utf8.allSatisfy({ SpineClient.isPlain($0) }) else { throw .notCovered("malformed operation") }
        let answer: HTTPHop.Answer
        do {
            answer = try await hop.post(
                "\(gatewayURL)/outgoing/\(request.operation)", headers: authorization, body: ExchangeWire.json(request).bytes,
                timeoutMilliseconds: timeoutMilliseconds)
        } catch { throw .unavailable("the gateway: \(error)") }
        return try SpineClient.read(answer, ExchangeWire.answer)
    }

    public func events(_ feed: EventFeed, after number: Int64, limit: Int) async throws(ExchangeError) -> EventPage {
        guard feed.operation.utf8.allSatisfy({ SpineClient.isPlain($0) }) else { throw .notCovered("malformed operation") }
        let query = [("body", feed.consumerID), ("purpose", feed.purpose), ("after", "\(number)"), ("limit", "\(limit)")]
            .map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&")
        let answer: HTTPHop.Answer
        do {
            answer = try await hop.get(
                "\(gatewayURL)/events/\(feed.operation)?\(query)", headers: authorization, timeoutMilliseconds: timeoutMilliseconds)
        } catch { throw .unavailable("the gateway: \(error)") }
        return try SpineClient.read(answer, EventWire.page)
    }

    private var authorization: [SignableMessage.Header] { [.init("Authorization", "Bearer \(token)")] }

    private static func read<Value>(_ answer: HTTPHop.Answer, _ reading: (JSON) -> Value?) throws(ExchangeError) -> Value {
        let json = try? JSON.parse(answer.body)
        guard answer.status == 200 else { throw ExchangeWire.error(status: answer.status, json) }
        guard let json, let value = reading(json) else { throw .untrusted("the gateway's answer has another shape") }
        return value
    }

    public func close() async { await hop.close() }

    static func isPlain(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            || byte == UInt8(ascii: ".")
    }
}
