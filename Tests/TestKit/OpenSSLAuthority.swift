import Foundation
public import Timestamping

/// OpenSSL's `ts` command behind HTTP (`Tests/Interop/tsa.py`), honest or not.
public final class OpenSSLAuthority {
    private let port: Int
    /// The file with its root certificate.
    public let certificates: String
    private let process = Process()
    private let input = Pipe()

    public init() throws {
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [TestPython.path, "\(TestPython.root)/Tests/Interop/tsa.py"]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        // Held open as long as this process lives, however it ends.
        process.standardInput = input
        try process.run()
        var line: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") { line.append(byte) }
        let words = String(decoding: line, as: UTF8.self).split(separator: " ").map(String.init)
        guard words.count == 2, let port = Int(words[0]) else { throw CocoaError(.fileReadUnknown) }
        (self.port, certificates) = (port, words[1])
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// - Parameter path: what it does: `stamp`, or one of its lies.
    public func authority(_ path: String) -> TimestampAuthority {
        TimestampAuthority(url: "http://127.0.0.1:\(port)/\(path)", authoritiesPath: certificates)
    }
}
