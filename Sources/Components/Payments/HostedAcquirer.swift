public import AsyncHTTPClient
import HTTPTypes
import Language
import NIOCore
import NIOHTTP1
public import Trust
public import Values
public import Web

/// The adapter for acquirers that speak the protocol of `zamin acquirer`: JSON over HTTP with a bearer key and `Idempotency-Key`, and
/// notifications signed by RFC 9421.
public struct HostedAcquirer: AcquirerAdapter {
    public struct Settings: Sendable {
        /// Where we reach its API: scheme and host with port.
        public var baseURL: String
        /// Where people reach its hosted page.
        public var origin: String
        public var apiKey: String
        /// By which it signs notifications.
        public var key: VerifyingKey
        /// The address it was given for notifications; part of what it signs.
        public var notificationURL: String

        public init(baseURL: String, origin: String, apiKey: String, key: VerifyingKey, notificationURL: String) {
            (self.baseURL, self.origin, self.apiKey, self.key, self.notificationURL) = (baseURL, origin, apiKey, key, notificationURL)
        }
    }

    /// The `tag` of the acquirer's signatures.
    public static let exchange = SignedExchange(tag: "zamin-acquirer")
    let settings: Settings
    let client: HTTPClient
    /// Longer answers are not read.
    static let byteLimit = 256 * 1024
    /// A settlement file of some hundred thousand lines.
    static let settlementByteLimit = 64 * 1024 * 1024
    static let timeoutSeconds: Int64 = 5

    public var origin: String { settings.origin }

    public init(_ settings: Settings, client: HTTPClient) { (self.settings, self.client) = (settings, client) }

    /// Follows no redirects and gives up on a connection after two seconds. Whoever makes it shuts it down.
    public static func makeClient() -> HTTPClient {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow, decompression: .disabled)
        configuration.timeout.connect = .seconds(2)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    public func begin(_ order: AcquirerOrder) async throws(AcquirerFailure) -> AcquirerReport {
        let body: JSON = [
            "amount": .int(order.amount.minorUnits), "currency": .string(order.amount.currency), "reference": .string(order.reference),
            "description": .string(String(order.description.prefix(200))), "language": .string(order.language.rawValue),
            "returnUrl": .string(order.returnURL), "capture": order.capturesSeparately ? "manual" : "automatic",
        ]
        return try report(try await ask(.POST, "/v1/payments", body, key: order.reference))
    }

    public func report(of acquirerID: String) async throws(AcquirerFailure) -> AcquirerReport {
        try report(try await ask(.GET, "/v1/payments/\(PercentEncoding.encode(acquirerID))"))
    }

    public func find(reference: String) async throws(AcquirerFailure) -> AcquirerReport? {
        let answer = try await ask(.GET, "/v1/payments?reference=\(PercentEncoding.encode(reference))")
        guard let found = answer["payments"]?.array else { throw .unreadable("payments") }
        return try found.first.map { item throws(AcquirerFailure) in try report(item) }
    }

    public func capture(_ acquirerID: String, _ amount: Money, key: String) async throws(AcquirerFailure) -> AcquirerReport {
        let path = "/v1/payments/\(PercentEncoding.encode(acquirerID))/capture"
        return try report(try await ask(.POST, path, ["amount": .int(amount.minorUnits)], key: key))
    }

    public func cancel(_ acquirerID: String, key: String) async throws(AcquirerFailure) -> AcquirerReport {
        try report(try await ask(.POST, "/v1/payments/\(PercentEncoding.encode(acquirerID))/cancel", [:], key: key))
    }

    public func refund(_ acquirerID: String, _ amount: Money, key: String) async throws(AcquirerFailure) -> AcquirerReport {
        let path = "/v1/payments/\(PercentEncoding.encode(acquirerID))/refunds"
        return try report(try await ask(.POST, path, ["amount": .int(amount.minorUnits)], key: key))
    }

    public func notice(in call: Call) throws -> AcquirerNotice {
        guard let target = SignableMessage.Target(url: settings.notificationURL) else { throw PaymentsError.notTrusted(reason: "setting") }
        let message = SignableMessage.request(
            method: call.method.rawValue, target: target, headers: call.headers.map { .init($0.name.rawName, $0.value) })
        do {
            _ = try HostedAcquirer.exchange.verify(request: message, body: call.body, now: call.time) { id in
                id == settings.key.keyID ? settings.key : nil
            }
        } catch {
            throw PaymentsError.notTrusted(reason: error.description)
        }
        let body = try call.json()
        guard let id = body["id"]?.string, let reference = body["payment"]?["reference"]?.string else {
            throw Problem.unreadableRequest("payment")
        }
        return AcquirerNotice(eventID: id, reference: reference)
    }
}
