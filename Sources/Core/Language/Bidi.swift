/// Directional isolates (Unicode UAX 9 section 2.4) for plain text; HTML uses `<bdi>` and `dir` instead.
public enum Bidi {
    /// Keeps an id, phone number or address left-to-right inside right-to-left text.
    public static func isolateLTR(_ text: String) -> String { "\u{2066}\(withoutControls(text))\u{2069}" }

    /// Keeps a run of right-to-left text whole inside left-to-right text.
    public static func isolateRTL(_ text: String) -> String { "\u{2067}\(withoutControls(text))\u{2069}" }

    /// Text without embeddings, overrides and isolates: an unbalanced one would turn round whatever follows it.
    public static func withoutControls(_ text: String) -> String {
        var kept = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where !isControl(scalar) { kept.append(scalar) }
        return String(kept)
    }

    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
    }
}
