import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL
import Trust
import Values

/// Why no answer came.
enum HopError: Error, Sendable {
    case timedOut
    case unreachable(String)
    case tooLarge
}

/// POSTs to other processes, over connections that are kept. They are let go of when nobody holds the hop any more.
final class HTTPHop: Sendable {
    struct Answer: Sendable {
        let status: Int
        let headers: [SignableMessage.Header]
        let body: [UInt8]
    }

    /// Longer answers are not read.
    private let byteLimit: Int
    private static let usualLimit = 4 * 1024 * 1024
    private let client: HTTPClient

    /// - Parameter tls: what is shown to peers that are called by `https`; nil for no certificate, and the system's authorities.
    convenience init(tls: PeerTLS?, byteLimit: Int = HTTPHop.usualLimit) throws(SpineError) {
        self.init(try tls?.client(), byteLimit: byteLimit)
    }

    init(_ tls: TLSConfiguration? = nil, byteLimit: Int = HTTPHop.usualLimit) {
        self.byteLimit = byteLimit
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow, decompression: .disabled)
        configuration.tlsConfiguration = tls
        configuration.timeout.connect = .seconds(2)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    deinit { client.shutdown { _ in } }

    func close() async { try? await client.shutdown() }

    func post(
        _ url: String, headers: [SignableMessage.Header], body: [UInt8], type: String = "application/json", timeoutMilliseconds: Int64
    ) async throws(HopError) -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: type)
        request.body = .bytes(body)
        return try await send(request, headers, timeoutMilliseconds)
    }

    func get(_ url: String, headers: [SignableMessage.Header], timeoutMilliseconds: Int64) async throws(HopError) -> Answer {
        try await send(HTTPClientRequest(url: url), headers, timeoutMilliseconds)
    }

    private func send(
        _ bare: HTTPClientRequest, _ headers: [SignableMessage.Header], _ timeoutMilliseconds: Int64
    ) async throws(HopError) -> Answer {
        var request = bare
        for header in headers { request.headers.add(name: header.name, value: header.value) }
        do {
            let response = try await client.execute(request, timeout: .milliseconds(timeoutMilliseconds))
            let collected = try await response.body.collect(upTo: byteLimit)
            return Answer(
                status: Int(response.status.code), headers: response.headers.map { .init($0.name, $0.value) },
                body: Array(collected.readableBytesView))
        } catch let error as HTTPClientError where HTTPHop.timeouts.contains(error) {
            throw .timedOut
        } catch is NIOTooManyBytesError {
            throw .tooLarge
        } catch {
            throw .unreachable("\(error)")
        }
    }

    private static let timeouts: [HTTPClientError] = [.deadlineExceeded, .connectTimeout, .readTimeout, .getConnectionFromPoolTimeout]
}
