import HTTPTypes
import Values
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Style sheets, scripts and pictures of the modules, in memory, under a path that changes with their content, so that browsers
/// may keep them for ever.
public struct StaticFiles: Sendable {
    /// Such as `/static/1f0c9a…`.
    public let base: String
    private let replies: [String: Reply]

    init(folders: [ResourceFolder]) throws {
        var contents: [String: [UInt8]] = [:]
        for folder in folders {
            let path = "\(folder.path)/Static"
            for file in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
                contents[file] = Array(try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(file)")))
            }
        }
        var hash = ContentHash()
        for (name, bytes) in contents.sorted(by: { $0.key < $1.key }) { hash.add(Array(name.utf8)); hash.add(bytes) }
        base = "/static/\(hash.hex)"
        replies = contents.reduce(into: [:]) { replies, file in
            var reply = Reply(headers: [.contentType: StaticFiles.type(of: file.key)], body: file.value)
            reply.headers[.cacheControl] = "public, max-age=31536000, immutable"
            replies[file.key] = reply
        }
    }

    /// The one route of static files. An old version in the path is answered with the present file: pages cached elsewhere still look right.
    public var route: Route {
        let replies = replies
        return .api(
            .get, "/static/{version}/{name}", for: .everyone, "web.staticFile", "A style sheet, script or picture",
            answers: [.init(200, "The file", type: "*/*")], rate: .busy
        ) { call in
            guard let reply = replies[call.parameter("name")] else { throw Problem.notFound }
            return reply
        }
    }

    private static func type(of name: String) -> String {
        switch name.split(separator: ".").last {
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "woff2": "font/woff2"
        default: "application/octet-stream"
        }
    }
}

/// FNV-1a over words of eight bytes: tells versions of our own content apart. Nothing depends on it against an attacker.
struct ContentHash {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { buffer in
            let words = buffer.count / 8
            for place in 0..<words { mix(buffer.loadUnaligned(fromByteOffset: place * 8, as: UInt64.self)) }
            for byte in buffer[(words * 8)...] { mix(UInt64(byte)) }
        }
        mix(UInt64(bytes.count))
    }

    private mutating func mix(_ word: UInt64) {
        state = (state ^ word) &* 0x100_0000_01B3
        // The product's low bits know nothing of the word's high ones.
        state ^= state >> 29
    }

    var hex: String { Hex.encode((0..<8).map { UInt8(truncatingIfNeeded: state >> UInt64(56 - 8 * $0)) }) }
}
