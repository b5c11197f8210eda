import Foundation
import Hummingbird
import Logging
import NIOCore

/// A Hummingbird server with one route that returns ready bytes: as fast as a page can be served here at all.
enum ReferenceServer {
    static let command = "reference-server"

    /// `reference-server PORT FILE`
    static func run(_ arguments: [String]) async {
        guard arguments.count == 3, let port = Int(arguments[1]), let bytes = FileManager.default.contents(atPath: arguments[2]) else { exit(64) }
        let buffer = ByteBuffer(bytes: bytes)
        let router = Router()
        router.get("/") { _, _ in
            Response(status: .ok, headers: [.contentType: "text/html; charset=utf-8"], body: .init(byteBuffer: buffer))
        }
        var logger = Logger(label: "reference")
        logger.logLevel = .error
        let application = Application(router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)), logger: logger)
        do { try await application.runService() } catch { exit(1) }
    }
}
