@testable import Forms
import Contracts
import Foundation
import TestKit
import Testing
import Web

/// What clamd says on the wire (clamd(8), INSTREAM), over a plain socket.
private final class ScannerPeer: Sendable {
    let port: Int
    private let listener: Int32

    init(answer: @escaping @Sendable (_ content: [UInt8]) -> String?) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, length) == 0 && getsockname(listener, $0, &length) == 0 }
        }
        try #require(isBound && listen(listener, 4) == 0)
        (self.listener, port) = (listener, Int(UInt16(bigEndian: address.sin_port)))
        Thread.detachNewThread {
            while case let peer = accept(listener, nil, nil), peer >= 0 {
                if let content = ScannerPeer.content(from: peer), let text = answer(content) { _ = Array(text.utf8).withUnsafeBytes { send(peer, $0.baseAddress, $0.count, 0) } }
                close(peer)
            }
        }
    }

    /// Wakes the thread that waits, too: closing alone would not.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    /// The command, then chunks with their length before them until the empty one.
    private static func content(from peer: Int32) -> [UInt8]? {
        func read(_ count: Int) -> [UInt8]? {
            var bytes = [UInt8](repeating: 0, count: count)
            return count == 0 || recv(peer, &bytes, count, Int32(0x100)) == count ? bytes : nil
        }
        guard read(10) == Array("zINSTREAM\0".utf8) else { return nil }
        var content: [UInt8] = []
        while let head = read(4) {
            let length = head.reduce(0) { $0 << 8 | Int($1) }
            if length == 0 { return content }
            guard let chunk = read(length) else { return nil }
            content += chunk
        }
        return nil
    }
}

@Suite struct VirusScannerTests {
    @Test func addresses() {
        #expect(ScannerAddress("tcp://127.0.0.1:3310") == .tcp(host: "127.0.0.1", port: 3310))
        #expect(ScannerAddress("localhost:3310") == .tcp(host: "localhost", port: 3310))
        #expect(ScannerAddress("unix:/run/clamav/clamd.ctl") == .unix(path: "/run/clamav/clamd.ctl"))
        for wrong in ["", "tcp://host", "unix:relative", ":3310", "host:0", "host:99999"] { #expect(ScannerAddress(wrong) == nil, "\(wrong)") }
    }

    @Test func verdicts() {
        #expect(VirusScanner.result(Array("stream: OK\0".utf8)) == .clean)
        #expect(VirusScanner.result(Array("stream: Eicar-Test-Signature FOUND\0".utf8)) == .infected("Eicar-Test-Signature"))
        for wrong in ["", "stream: ", "INSTREAM size limit exceeded. ERROR\0", "OK", "stream: NOT OK"] {
            #expect(VirusScanner.result(Array(wrong.utf8)) == .failed, "\(wrong)")
        }
    }

    @Test func filesGoThroughWhole() async throws {
        let file = Samples.pdf + (0..<200_000).map { UInt8(truncatingIfNeeded: $0) }
        let peer = try ScannerPeer { $0 == file ? "stream: OK\0" : "stream: Different FOUND\0" }
        let scanner = VirusScanner(address: .tcp(host: "127.0.0.1", port: peer.port))
        #expect(await scanner.scan(file) == .clean)
        #expect(await scanner.scan(Samples.pdf) == .infected("Different"))
        peer.stop()
        #expect(await scanner.scan(file) == .failed)
    }

    @Test func aScannerThatHangsUpIsNoVerdict() async throws {
        let peer = try ScannerPeer { _ in nil }
        #expect(await VirusScanner(address: .tcp(host: "127.0.0.1", port: peer.port)).scan(Samples.pdf) == .failed)
        peer.stop()
    }

    @Test func infectedFilesAreNotKept() async throws {
        let peer = try ScannerPeer { $0.last == 0x21 ? "stream: Eicar FOUND\0" : "stream: OK\0" }
        try await Country.with(.sqlite, clamd: "tcp://127.0.0.1:\(peer.port)") { country in
            func verdict(_ bytes: [UInt8]) async throws -> String {
                try await country.room.accept(
                    UploadedFile(field: "f", name: "a.pdf", declaredType: "", bytes: bytes), holderID: "d", scope: "s", subjectID: "p").scan
            }
            let scan = try await verdict(Samples.pdf)
            #expect(scan == "clean")
            await #expect(throws: FormsError.fileInfected) { try await verdict(Samples.pdf + [0x21]) }
            peer.stop()
            await #expect(throws: FormsError.scannerUnavailable) { try await verdict(Samples.pdf) }
        }
    }
}
