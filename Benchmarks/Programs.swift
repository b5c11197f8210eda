import Foundation

/// Other programs that are measured or that measure: `zamin` itself, the bare server, wrk.
enum Programs {
    /// The folder of this executable, where `zamin` was built too.
    static let folder: String = {
        let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: path).deletingLastPathComponent().path
    }()

    static func start(_ path: String, _ arguments: [String], _ environment: [String: String] = [:]) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Runs a program to its end; answers what it printed.
    @discardableResult
    static func run(_ path: String, _ arguments: [String], _ environment: [String: String] = [:]) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [path] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw BenchmarkError("\(path) \(arguments.joined(separator: " ")): \(text.suffix(600))") }
        return text
    }

    /// Requests per second of a URL, by wrk with 64 connections; an answer that is no 2xx is a failure.
    static func load(_ url: String, seconds: Int, headers: [String] = []) throws -> Double {
        let output = try run("wrk", ["-t1", "-c64", "-d\(seconds)s"] + headers.flatMap { ["-H", $0] } + [url])
        guard !output.contains("Non-2xx"), !output.contains("Socket errors"),
            let line = output.split(separator: "\n").first(where: { $0.contains("Requests/sec:") }),
            let rate = line.split(separator: " ").last.flatMap({ Double($0) })
        else { throw BenchmarkError("wrk \(url): \(output)") }
        return rate
    }

    static func stop(_ process: Process) {
        guard process.isRunning else { return }
        process.terminate()
        process.waitUntilExit()
    }

    /// Resident memory in MB.
    static func residentMegabytes(_ process: Process) throws -> Double {
        let status = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
            let kilobytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Double($0) })
        else { throw BenchmarkError("no resident memory of \(process.processIdentifier)") }
        return kilobytes / 1024
    }

    /// A port nobody listens on, with the next six free as well.
    static func freePort() throws -> Int {
        for port in stride(from: 20_000 + Int(getpid()) % 20_000, to: 60_000, by: 16) where (port..<port + 7).allSatisfy(isFree) { return port }
        throw BenchmarkError("no free port")
    }

    private static func isFree(_ port: Int) -> Bool {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(handle) }
        return withLoopback(port) { bind(handle, $0, $1) == 0 }
    }

    private static func withLoopback(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Bool) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }

    /// The first answer to GET: its body; asks again every millisecond.
    static func firstAnswer(_ port: Int, _ path: String, within limit: Double = 60) async throws -> [UInt8] {
        let start = ContinuousClock.now
        while (ContinuousClock.now - start).seconds < limit {
            if let answer = get(port, path) { return answer }
            try await Task.sleep(for: .milliseconds(1))
        }
        throw BenchmarkError("nobody answers at port \(port)")
    }

    /// The body of a 200, over a connection of its own.
    static func get(_ port: Int, _ path: String, cookie: String? = nil) -> [UInt8]? {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(handle) }
        guard withLoopback(port, { connect(handle, $0, $1) == 0 }) else { return nil }
        let more = cookie.map { "Cookie: \($0)\r\n" } ?? ""
        let request = Array("GET \(path) HTTP/1.1\r\nHost: localhost:\(port)\r\n\(more)Connection: close\r\n\r\n".utf8)
        guard send(handle, request, request.count, 0) == request.count else { return nil }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = recv(handle, &buffer, buffer.count, 0), count > 0 { answer += buffer[..<count] }
        guard answer.starts(with: Array("HTTP/1.1 200".utf8)) else { return nil }
        let end = Array("\r\n\r\n".utf8)
        let body = answer.indices.first { answer[$0...].starts(with: end) }
        return body.map { Array(answer[($0 + end.count)...]) }
    }
}
