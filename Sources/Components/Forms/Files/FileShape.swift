/// Whether a file that begins like one of its kind also goes on and ends like one. No picture is decoded and no page is read: what is only
/// named so, or was cut off on the way, does not pass; bytes after the end do, because cameras and mail programs add them.
enum FileShape {
    static func isWhole(_ content: [UInt8], _ kind: FileKind) -> Bool {
        switch kind {
        case .pdf: isPDF(content)
        case .jpeg: isJPEG(content)
        case .png: isPNG(content)
        }
    }

    /// Readers look for the mark of the end in the last 1,024 bytes (PDF Reference 1.7, appendix H, note 18); some add more behind it.
    static let trailerBytes = 4_096

    private static func isPDF(_ content: [UInt8]) -> Bool {
        let end = content.suffix(trailerBytes)
        return end.indices.contains { end[$0...].starts(with: Array("%%EOF".utf8)) }
    }

    /// Segments up to the scan, of which one must tell size and colours (ITU-T T.81, annex B), and the mark of the end behind it.
    private static func isJPEG(_ content: [UInt8]) -> Bool {
        var position = 2
        var hasFrame = false
        while position + 4 <= content.count, content[position] == 0xFF {
            let marker = content[position + 1]
            // Any number of 0xFF may stand before a marker.
            if marker == 0xFF { position += 1; continue }
            if (0xC0...0xCF).contains(marker), ![0xC4, 0xC8, 0xCC].contains(marker) { hasFrame = true }
            position += 2 + Int(content[position + 2]) << 8 + Int(content[position + 3])
            guard marker == 0xDA else { continue }
            guard hasFrame, position < content.count else { return false }
            return zip(content[position...], content[(position + 1)...]).contains { $0 == 0xFF && $1 == 0xD9 }
        }
        return false
    }

    /// Chunks from IHDR over IDAT to IEND (PNG, third edition, 5.3 and 5.6).
    private static func isPNG(_ content: [UInt8]) -> Bool {
        var position = 8
        var isFirst = true
        var hasPicture = false
        while position + 12 <= content.count {
            let length = content[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
            let name = String(decoding: content[position + 4..<position + 8], as: UTF8.self)
            guard isFirst == (name == "IHDR"), !isFirst || length == 13, position + 12 + length <= content.count else { return false }
            if name == "IDAT" { hasPicture = true }
            if name == "IEND" { return hasPicture }
            isFirst = false
            position += 12 + length
        }
        return false
    }
}
