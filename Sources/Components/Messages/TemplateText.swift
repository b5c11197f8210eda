import Language

/// A text with fields, as GOV.UK Notify writes them: `((number))` is the value, `((reason??Because:))` is the text behind the question
/// marks, shown only when there is such a value. Any other parenthesis is an ordinary character.
struct TemplateText: Sendable, Hashable {
    enum Piece: Sendable, Hashable {
        case literal(String)
        case field(String)
        case optional(String, text: String)
    }

    let pieces: [Piece]

    init(_ source: String) {
        var (pieces, rest) = ([Piece](), source[...])
        while let open = rest.firstRange(of: "((") {
            guard let close = rest[open.upperBound...].firstRange(of: "))"),
                let piece = TemplateText.piece(String(rest[open.upperBound..<close.lowerBound]))
            else {
                pieces.append(.literal(String(rest[..<open.upperBound])))
                rest = rest[open.upperBound...]
                continue
            }
            if open.lowerBound > rest.startIndex { pieces.append(.literal(String(rest[..<open.lowerBound]))) }
            pieces.append(piece)
            rest = rest[close.upperBound...]
        }
        if !rest.isEmpty { pieces.append(.literal(String(rest))) }
        self.pieces = pieces
    }

    /// The fields that must have a value.
    var required: Set<String> { Set(pieces.compactMap { if case .field(let name) = $0 { name } else { nil } }) }
    var fields: Set<String> { required.union(pieces.compactMap { if case .optional(let name, _) = $0 { name } else { nil } }) }

    /// The text with its values, each in a directional isolate, so that an English name or a number with hyphens does not turn the Hebrew
    /// round it. A value that is missing leaves nothing behind; `required` was checked when the notice was accepted.
    func filled(_ values: [String: String]) -> String {
        pieces.map { piece in
            switch piece {
            case .literal(let text): text
            case .field(let name): TemplateText.isolated(values[name] ?? "")
            case .optional(let name, let text): TemplateText.isShown(values[name]) ? text : ""
            }
        }.joined()
    }

    private static func piece(_ inside: String) -> Piece? {
        guard let mark = inside.firstRange(of: "??") else { return isName(inside) ? .field(inside) : nil }
        let name = String(inside[..<mark.lowerBound])
        return isName(name) ? .optional(name, text: String(inside[mark.upperBound...])) : nil
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x5F }
    }

    private static func isShown(_ value: String?) -> Bool {
        guard let value, value.contains(where: { !$0.isWhitespace }) else { return false }
        return !["no", "n", "false", "f", "0", "hide"].contains(value.lowercased())
    }

    /// First-strong isolate (UAX 9 section 2.4). Digits alone need none, and a code that is copied should bring no invisible signs along.
    private static func isolated(_ value: String) -> String {
        let plain = Bidi.withoutControls(value)
        return plain.utf8.allSatisfy { (0x30...0x39).contains($0) } ? plain : "\u{2068}\(plain)\u{2069}"
    }
}
