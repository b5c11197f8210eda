import AsyncHTTPClient
import Database
import Logging
import NIOCore
import NIOHTTP1
import Trust
import Values

/// Tells merchants what changed, signed, until they answer that they have heard.
struct NoticeSender: Sendable {
    static let exchange = SignedExchange(tag: "zamin-acquirer")
    private static let timeoutSeconds: Int64 = 5

    let database: any Database
    let store = NoticeStore()
    let settings: AcquirerSettings
    let client: HTTPClient
    let logger: Logger

    static func makeClient() -> HTTPClient {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow, decompression: .disabled)
        configuration.timeout.connect = .seconds(2)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Sends what is due.
    func sendDue(at time: Instant) async throws {
        for notice in try await database.read({ try store.due(at: time, limit: 50, in: $0) }) {
            let hasArrived = await send(notice)
            try await database.write { connection in
                if hasArrived { try store.arrived(notice, at: settings.clock.now(), in: connection) } else {
                    try store.failed(notice, at: settings.clock.now(), in: connection)
                }
            }
        }
    }

    private func send(_ notice: NoticeStore.Notice) async -> Bool {
        guard let merchant = settings.merchant(notice.merchantID), let target = SignableMessage.Target(url: merchant.notificationURL) else {
            return false
        }
        let body = Array(notice.content.utf8)
        do {
            let bare = SignableMessage.request(method: "POST", target: target, headers: [])
            let signed = try NoticeSender.exchange.signed(request: bare, body: body, by: settings.key, now: settings.clock.now())
            var request = HTTPClientRequest(url: merchant.notificationURL)
            request.method = .POST
            request.headers.add(name: "Content-Type", value: "application/json")
            for header in signed.headers { request.headers.add(name: header.name, value: header.value) }
            request.body = .bytes(body)
            let response = try await client.execute(request, timeout: .seconds(NoticeSender.timeoutSeconds))
            return (200..<300).contains(Int(response.status.code))
        } catch {
            logger.notice("a merchant was not reached", metadata: ["merchant": "\(merchant.id)", "error": "\(error)"])
            return false
        }
    }
}
