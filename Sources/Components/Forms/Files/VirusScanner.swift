import NIOCore
import NIOPosix

/// Where a scanner listens that speaks clamd's protocol: `tcp://host:port` or `unix:/path`.
enum ScannerAddress: Sendable, Hashable {
    case tcp(host: String, port: Int)
    case unix(path: String)

    init?(_ text: String) {
        if text.hasPrefix("unix:") {
            let path = text.dropFirst("unix:".count)
            guard path.hasPrefix("/"), path.utf8.count < 104 else { return nil }
            self = .unix(path: String(path))
            return
        }
        let rest = text.hasPrefix("tcp://") ? text.dropFirst("tcp://".count) : text[...]
        guard let colon = rest.lastIndex(of: ":"), let port = Int(rest[rest.index(after: colon)...]), (1...65_535).contains(port), colon > rest.startIndex
        else { return nil }
        self = .tcp(host: String(rest[..<colon]), port: port)
    }
}

enum ScanResult: Sendable, Equatable {
    case clean
    case infected(String)
    /// No answer, or one that says neither.
    case failed
}

/// Asks clamd by its command INSTREAM (clamd(8)): chunks with their length before them, an empty one at the end, one line back.
struct VirusScanner: Sendable {
    let address: ScannerAddress
    static let chunkBytes = 65_536
    static let answerBytesMax = 4_096
    static let secondsMax: Int64 = 60

    func scan(_ content: [UInt8]) async -> ScanResult {
        // Once the answer is there it counts, also when the connection then ends otherwise than it should.
        var verdict = ScanResult.failed
        do {
            let channel = try await connect()
            // Whatever happens, the connection ends: a scanner that says nothing must not hold a request for ever.
            let alarm = channel.channel.eventLoop.scheduleTask(in: .seconds(VirusScanner.secondsMax)) { channel.channel.close(promise: nil) }
            defer { alarm.cancel() }
            try await channel.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(bytes: Array("zINSTREAM\0".utf8)))
                var position = 0
                while position < content.count {
                    let end = min(position + VirusScanner.chunkBytes, content.count)
                    var chunk = ByteBuffer(integer: UInt32(end - position))
                    chunk.writeBytes(content[position..<end])
                    try await outbound.write(chunk)
                    position = end
                }
                try await outbound.write(ByteBuffer(integer: UInt32(0)))
                var answer: [UInt8] = []
                for try await part in inbound {
                    answer.append(contentsOf: part.readableBytesView)
                    if answer.contains(0) || answer.count > VirusScanner.answerBytesMax { break }
                }
                verdict = VirusScanner.result(answer)
            }
        } catch {}
        return verdict
    }

    static func result(_ answer: [UInt8]) -> ScanResult {
        let text = String(decoding: answer.prefix { $0 != 0 && $0 != 0x0A }, as: UTF8.self)
        guard text.hasPrefix("stream: ") else { return .failed }
        let verdict = text.dropFirst("stream: ".count)
        if verdict == "OK" { return .clean }
        return verdict.hasSuffix(" FOUND") ? .infected(String(verdict.dropLast(" FOUND".count))) : .failed
    }

    private func connect() async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        let bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup).connectTimeout(.seconds(5))
        let wrap: @Sendable (any Channel) -> EventLoopFuture<NIOAsyncChannel<ByteBuffer, ByteBuffer>> = { channel in
            channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel(wrappingChannelSynchronously: channel) }
        }
        switch address {
        case .tcp(let host, let port): return try await bootstrap.connect(host: host, port: port, channelInitializer: wrap)
        case .unix(let path): return try await bootstrap.connect(unixDomainSocketPath: path, channelInitializer: wrap)
        }
    }
}
