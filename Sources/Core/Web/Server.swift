import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
public import Logging
import NIOCore
import NIOSSL

/// Puts a dispatcher on a socket.
public struct Server: Sendable {
    public let dispatcher: Dispatcher
    public let host: String
    public let port: Int
    public let logger: Logger
    /// Networks of the reverse proxies in front, whose word on the caller's address is taken.
    public let proxies: TrustedProxies
    /// Where the server itself speaks TLS and asks for certificates of clients; nil behind a proxy that does.
    public var mutualTLS: MutualTLS?
    /// Called once the socket listens, with the port (which differs from the one asked for when that was 0).
    public var onListening: @Sendable (Int) async -> Void = { _ in }

    public init(dispatcher: Dispatcher, host: String, port: Int, proxies: TrustedProxies = TrustedProxies(), logger: Logger) {
        (self.dispatcher, self.host, self.port, self.proxies, self.logger) = (dispatcher, host, port, proxies, logger)
    }

    /// The server's own certificate, and whose cards browsers should offer.
    public struct MutualTLS: Sendable {
        public var certificatePath: String
        public var keyPath: String
        /// Certificates of authorities, as PEM: their names are sent, so that a browser shows only cards of theirs.
        public var authoritiesPath: String

        /// Whether a client without a certificate of these authorities gets no further than the handshake. Otherwise it may come without one,
        /// or with one of a stranger, and it is for the handler to check: a handshake that breaks off tells a person nothing. That the client
        /// has the private key, the handshake proves in any case (RFC 8446 section 4.4.3).
        public var refusesStrangers: Bool

        public init(certificatePath: String, keyPath: String, authoritiesPath: String, refusesStrangers: Bool = false) {
            (self.certificatePath, self.keyPath, self.authoritiesPath) = (certificatePath, keyPath, authoritiesPath)
            self.refusesStrangers = refusesStrangers
        }

        fileprivate func builder(_ base: HTTPServerBuilder) throws -> HTTPServerBuilder {
            var tls = TLSConfiguration.makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMFile(certificatePath).map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: keyPath, format: .pem)))
            tls.minimumTLSVersion = .tlsv12
            // A client's certificate is not for a host name.
            tls.certificateVerification = refusesStrangers ? .noHostnameVerification : .optionalVerification
            tls.trustRoots = .file(authoritiesPath)
            tls.sendCANameList = true
            if refusesStrangers { return try .tls(base, configuration: .init(tlsConfiguration: tls)) }
            return try .tls(base, configuration: .init(tlsConfiguration: tls, customAsyncVerificationCallback: { _ in .certificateVerified }))
        }
    }

    /// Connections at once; who comes later waits in the kernel's queue until one closes.
    private static let connectionsMax = 4_096

    /// Serves until the task is cancelled or the process is told to stop; requests in flight are finished.
    public func run() async throws {
        let onListening = onListening
        let configuration = HTTP1Channel.Configuration(
            idleTimeout: .seconds(75), httpDecoderConfiguration: .init(maxHeaderFieldSize: 16_384, maxHeaderListSize: 65_536, maxHeaderFieldCount: 200))
        let plain = HTTPServerBuilder.http1(configuration: configuration)
        let application = Application(
            responder: DispatchingResponder(dispatcher: dispatcher, proxies: proxies, seesCertificates: mutualTLS != nil),
            server: try mutualTLS.map { try $0.builder(plain) } ?? plain,
            configuration: .init(
                address: .hostname(host, port: port), serverName: nil, backlog: 1024,
                availableConnectionsDelegate: MaximumAvailableConnections(Server.connectionsMax)),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? 0) },
            logger: logger)
        try await application.runService()
    }
}

private struct DispatchingResponder: HTTPResponder {
    struct Context: RequestContext, RemoteAddressRequestContext {
        var coreContext: CoreRequestContextStorage
        let remoteAddress: SocketAddress?
        let channel: any Channel
        init(source: ApplicationRequestContextSource) {
            coreContext = .init(source: source)
            (remoteAddress, channel) = (source.channel.remoteAddress, source.channel)
        }
    }

    let dispatcher: Dispatcher
    let proxies: TrustedProxies
    private let room = BodyRoom()

    private let seesCertificates: Bool

    init(dispatcher: Dispatcher, proxies: TrustedProxies, seesCertificates: Bool) {
        (self.dispatcher, self.proxies, self.seesCertificates) = (dispatcher, proxies, seesCertificates)
    }

    func respond(to request: Request, context: Context) async throws -> Response {
        var headers = request.headers
        if let authority = request.head.authority { headers[HTTPField.Name("Host")!] = authority }
        let (body, room) = (request.body, room)
        let address = proxies.caller(connection: context.remoteAddress?.ipAddress ?? "unknown", headers: headers)
        // What a request's body takes is given back when the request is answered.
        let share = BodyRoom.Share()
        defer { room.giveBack(share) }
        var incoming = Incoming(request.method, request.uri.string, headers: headers, remoteAddress: address) { limit in
            try await DispatchingResponder.read(body, limit: limit, room, share)
        }
        if seesCertificates { incoming.clientCertificate = try? await context.channel.nioSSL_peerCertificate().get()?.toDERBytes() }
        let reply = await dispatcher.answer(incoming)
        // A body that nobody wanted is read too, at the same pace: Hummingbird would wait for its end, however slowly it came.
        var isTooSlow = reply.status == 408
        if !isTooSlow, !share.wasAsked {
            do { _ = try await DispatchingResponder.read(body, limit: 0, room, share) } catch { isTooSlow = true }
        }
        if isTooSlow {
            let channel = context.channel
            channel.eventLoop.scheduleTask(in: DispatchingResponder.farewell) { channel.close(promise: nil) }
        }
        return Response(status: .init(code: reply.status), headers: reply.headers, body: .init(byteBuffer: ByteBuffer(bytes: reply.body)))
    }

    /// How long an answer may take to reach somebody whose connection is closed after it.
    private static let farewell = TimeAmount.seconds(2)

    /// How far past the limit a body is still read off the wire: a browser shows no answer while it is still sending, and the person
    /// who chose a file of 200 MB should be told why it was refused.
    private static let drainLimit = 512 * 1024 * 1024

    private static func read(_ body: RequestBody, limit: Int, _ room: BodyRoom, _ share: BodyRoom.Share) async throws -> [UInt8]? {
        share.ask()
        var bytes: [UInt8] = []
        var total = 0
        let pace = BodyPace()
        do {
            for try await chunk in body {
                total += chunk.readableBytes
                guard pace.bears(total) else { throw Problem(408, "web.too-slow") }
                if total <= limit {
                    guard room.take(chunk.readableBytes, for: share) else { throw Problem.unavailable }
                    bytes.append(contentsOf: chunk.readableBytesView)
                } else {
                    bytes = []
                    room.giveBack(share)
                }
                guard total <= drainLimit else { return nil }
            }
        } catch let error as Problem {
            throw error
        } catch {
            // Broken off, or framed in a way that is no HTTP.
            throw Problem.unreadableRequest("body")
        }
        return total <= limit ? bytes : nil
    }
}
