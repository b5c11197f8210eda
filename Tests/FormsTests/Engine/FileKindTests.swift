@testable import Forms
import Foundation
import Testing

@Suite struct FileKindTests {
    @Test func wholeFilesPass() throws {
        #expect(FileKind(Samples.pdf) == .pdf)
        for picture in [Samples.jpeg, Samples.progressive, Samples.grey] { #expect(FileKind(picture) == .jpeg) }
        #expect(FileKind(Samples.png) == .png)
        let screen = try Data(contentsOf: URL(fileURLWithPath: "\(Country.root)/Docs/images/personal-zone-he-phone.png"))
        #expect(FileKind(Array(screen)) == .png)
    }

    /// Telephones add a film or their own notes to a picture, mail programs line ends to a document.
    @Test func bytesBehindTheEndPass() {
        #expect(FileKind(Samples.pdf + Array("\r\n\r\n".utf8) + [UInt8](repeating: 0, count: 900)) == .pdf)
        #expect(FileKind(Samples.jpeg + [UInt8](repeating: 0x5A, count: 50_000)) == .jpeg)
        #expect(FileKind(Samples.png + [0, 0, 0]) == .png)
    }

    @Test func filesThatOnlyBeginSoDoNot() {
        for content in [Samples.pdf, Samples.jpeg, Samples.png] {
            #expect(FileKind(Array(content.prefix(16))) == nil)
            #expect(FileKind(Array(content.prefix(content.count * 3 / 4))) == nil)
        }
        #expect(FileKind(Array("%PDF-1.7\n<script>alert(1)</script>".utf8)) == nil)
        #expect(FileKind(Array("%PDF-1.7\n%%EOF".utf8) + [UInt8](repeating: 0x20, count: 10_000)) == nil)
        // A scan without a frame, and an end that stands before any scan.
        #expect(FileKind([0xFF, 0xD8, 0xFF, 0xDA, 0, 2, 1, 2, 0xFF, 0xD9]) == nil)
        #expect(FileKind([0xFF, 0xD8, 0xFF, 0xD9, 0, 0, 0, 0]) == nil)
        // No picture between the first and the last chunk, and a first chunk that is another.
        #expect(FileKind(Array(Samples.png.prefix(33)) + Array(Samples.png.suffix(12))) == nil)
        #expect(FileKind(Array(Samples.png.prefix(8)) + Array(Samples.png.suffix(12))) == nil)
        for length in 0..<12 { #expect(FileKind([0xFF, 0xD8, 0xFF] + [UInt8](repeating: 0xFF, count: length)) == nil) }
    }
}
