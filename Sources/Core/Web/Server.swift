import HTTPTypes
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore

/// Puts a dispatcher on a socket.
public struct Server: Sendable {
    public let dispatcher: Dispatcher
    public let host: String
    public let port: Int
    public let logger: Logger
    /// Called once the socket listens, with the port (which differs from the one asked for when that was 0).
    public var onListening: @Sendable (Int) async -> Void = { _ in }

    public init(dispatcher: Dispatcher, host: String, port: Int, logger: Logger) {
        (self.dispatcher, self.host, self.port, self.logger) = (dispatcher, host, port, logger)
    }

    /// Serves until the task is cancelled or the process is told to stop; requests in flight are finished.
    public func run() async throws {
        let onListening = onListening
        let configuration = HTTP1Channel.Configuration(
            idleTimeout: .seconds(75), httpDecoderConfiguration: .init(maxHeaderFieldSize: 16_384, maxHeaderListSize: 65_536, maxHeaderFieldCount: 200))
        let application = Application(
            responder: DispatchingResponder(dispatcher: dispatcher),
            server: .http1(configuration: configuration),
            configuration: .init(address: .hostname(host, port: port), serverName: nil, backlog: 1024),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? 0) },
            logger: logger)
        try await application.runService()
    }
}

private struct DispatchingResponder: HTTPResponder {
    struct Context: RequestContext, RemoteAddressRequestContext {
        var coreContext: CoreRequestContextStorage
        let remoteAddress: SocketAddress?
        init(source: ApplicationRequestContextSource) {
            coreContext = .init(source: source)
            remoteAddress = source.channel.remoteAddress
        }
    }

    let dispatcher: Dispatcher

    func respond(to request: Request, context: Context) async throws -> Response {
        var headers = request.headers
        if let authority = request.head.authority { headers[HTTPField.Name("Host")!] = authority }
        let body = request.body
        let incoming = Incoming(
            request.method, request.uri.string, headers: headers, remoteAddress: context.remoteAddress?.ipAddress ?? "unknown"
        ) { limit in try await DispatchingResponder.read(body, limit: limit) }
        let reply = await dispatcher.answer(incoming)
        let buffer = ByteBuffer(bytes: reply.body)
        return Response(status: .init(code: reply.status), headers: reply.headers, body: .init(byteBuffer: buffer))
    }

    /// How far past the limit a body is still read off the wire: a browser shows no answer while it is still sending, and the person
    /// who chose a file of 200 MB should be told why it was refused.
    private static let drainLimit = 512 * 1024 * 1024

    private static func read(_ body: RequestBody, limit: Int) async throws -> [UInt8]? {
        var bytes: [UInt8] = []
        var total = 0
        for try await chunk in body {
            total += chunk.readableBytes
            if total <= limit { bytes.append(contentsOf: chunk.readableBytesView) } else { bytes = [] }
            guard total <= drainLimit else { return nil }
        }
        return total <= limit ? bytes : nil
    }
}
