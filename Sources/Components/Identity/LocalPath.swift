import Language

/// Where to go on after signing in: only ever a page of this site, without the language in front.
enum LocalPath {
    static let bytesMax = 1_024

    /// Nil for anything that a browser might take for another host (`//evil.example`, `/\evil.example`, `https:…`), for a path that leads
    /// nowhere useful after signing in, and for anything long or unprintable.
    static func read(_ text: String?) -> String? {
        guard let text, text.utf8.count <= bytesMax, text.hasPrefix("/"),
            text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F && $0 != "\\" }), !text.contains("//"), !text.contains("/..")
        else { return nil }
        var segments = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        if let first = segments.first, Language(rawValue: String(first)) != nil { segments.removeFirst() }
        let page = segments.first.map { $0.prefix { $0 != "?" && $0 != "#" } } ?? ""
        guard !["sign-in", "sign-out", "signed-out", "register"].contains(page) else { return nil }
        return "/" + segments.joined(separator: "/")
    }
}
