/// Which files are taken. What a file is, its bytes say; its name and what the browser calls it say nothing.
enum FileKind: String, Sendable, CaseIterable {
    case pdf = "application/pdf"
    case jpeg = "image/jpeg"
    case png = "image/png"

    init?(_ content: [UInt8]) {
        guard let kind = FileKind.allCases.first(where: { content.starts(with: $0.opening) }), FileShape.isWhole(content, kind) else { return nil }
        self = kind
    }

    private var opening: [UInt8] {
        switch self {
        case .pdf: Array("%PDF-".utf8)
        case .jpeg: [0xFF, 0xD8, 0xFF]
        case .png: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        }
    }

    var fileExtension: String {
        switch self {
        case .pdf: "pdf"
        case .jpeg: "jpg"
        case .png: "png"
        }
    }

    /// What the file is called when it is given out: the name it came with, cleaned, and always with the ending of what it is.
    func name(from given: String) -> String {
        var stem = String.UnicodeScalarView()
        for scalar in given.unicodeScalars where !FileKind.isUnsafe(scalar) { stem.append(scalar) }
        var text = String(stem)
        for ending in [".pdf", ".jpg", ".jpeg", ".png"] where text.lowercased().hasSuffix(ending) {
            text = String(text.dropLast(ending.count))
            break
        }
        text = String(text.drop { $0 == "." || $0.isWhitespace }.prefix(100))
        return "\(text.isEmpty ? "file" : text).\(fileExtension)"
    }

    /// Controls, what turns text round, and what means something in paths or headers.
    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || scalar.value == 0x7F || (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
            || [0x200E, 0x200F].contains(scalar.value) || "/\\:*?\"<>|;".unicodeScalars.contains(scalar)
    }
}
