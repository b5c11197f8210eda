import Foundation
import Logging
import Synchronization
import Trust
import Values
import Web

/// A clock that tests turn.
final class TestClock: Sendable {
    private let instant = Mutex(Instant(seconds: 1_795_000_000))
    var now: Instant { instant.withLock { $0 } }
    var source: TimeSource { TimeSource { self.now } }
    func advance(seconds: Int64) { instant.withLock { $0 = $0.adding(seconds: seconds) } }
}

/// Servers on ports of this machine.
enum Loopback {
    /// Stopping a server whose connections are gone already is told as an error by the framework.
    private static let quiet = {
        var logger = Logger(label: "test"); logger.logLevel = .critical; return logger
    }()

    static let site = Result {
        try Site(folders: [
            ResourceFolder(module: "web", path: Project.root + "/Sources/Core/Web"),
            ResourceFolder(module: "spine", path: Project.root + "/Sources/Components/Spine"),
        ])
    }

    static func dispatcher(_ routes: [Route], _ clock: TestClock) throws -> Dispatcher {
        try Dispatcher(
            routes: routes, site: try site.get(), authenticator: NobodySignsIn(),
            settings: .init(rates: .unlimited, clock: clock.source, formKey: HMACKey(bytes: [1])), logger: Logger(label: "test"))
    }

    private static let nextPort = Mutex(21_000 + Int(getpid()) % 500 * 16)

    /// Ports nobody listens on now, each given once in this process; below those the system gives to clients.
    static func freePorts(_ count: Int) -> [Int] {
        (0..<count).map { _ in
            while true {
                let port = nextPort.withLock { port in
                    port = port < 32_000 ? port + 1 : 21_000; return port
                }
                if isFree(port) { return port }
            }
        }
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    /// Runs `body` while the dispatchers are served.
    static func serving<Value: Sendable>(
        _ servers: [(dispatcher: Dispatcher, port: Int)], _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        guard let first = servers.first else { return try await body() }
        let rest = Array(servers.dropFirst())
        let (started, starting) = AsyncStream<Bool>.makeStream()
        var server = Server(dispatcher: first.dispatcher, host: "127.0.0.1", port: first.port, logger: quiet)
        server.onListening = { _ in starting.yield(true) }
        let ready = server
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { starting.finish() }
                try await ready.run()
            }
            for await _ in started { break }
            let value = try await serving(rest, body)
            group.cancelAll()
            return value
        }
    }
}
