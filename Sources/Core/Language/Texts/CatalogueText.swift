/// A text cut once at its placeholders, so that filling it in is a concatenation.
struct CatalogueText: Sendable {
    enum Piece: Sendable, Equatable {
        case literal(String)
        case placeholder(String)
    }

    let source: String
    let pieces: [Piece]

    /// A placeholder is `{name}`: a letter, then letters, digits and underscores. Any other brace is an ordinary character.
    init(_ source: String) {
        self.source = source
        var pieces: [Piece] = []
        var literal: [UInt8] = []
        let bytes = Array(source.utf8)
        var position = 0
        while position < bytes.count {
            if let name = CatalogueText.name(in: bytes, at: position) {
                if !literal.isEmpty { pieces.append(.literal(String(decoding: literal, as: UTF8.self))) }
                literal = []
                pieces.append(.placeholder(name))
                position += name.utf8.count + 2
            } else {
                literal.append(bytes[position])
                position += 1
            }
        }
        if !literal.isEmpty { pieces.append(.literal(String(decoding: literal, as: UTF8.self))) }
        self.pieces = pieces
    }

    var placeholders: Set<String> {
        Set(pieces.compactMap { if case .placeholder(let name) = $0 { name } else { nil } })
    }

    /// The text with its values. A value that was not given shows as `⟦name⟧`, which tests look for.
    func filled(_ values: [String: String]) -> String {
        var text = ""
        for piece in pieces {
            switch piece {
            case .literal(let literal): text += literal
            case .placeholder(let name): text += values[name] ?? StringCatalogue.marked(name)
            }
        }
        return text
    }

    /// What is left of the text without its placeholders.
    var literals: String { pieces.map { if case .literal(let text) = $0 { text } else { "" } }.joined() }

    private static func name(in bytes: [UInt8], at start: Int) -> String? {
        guard bytes[start] == UInt8(ascii: "{"), start + 1 < bytes.count, isLetter(bytes[start + 1]) else { return nil }
        var end = start + 2
        while end < bytes.count, isLetter(bytes[end]) || (0x30...0x39).contains(bytes[end]) || bytes[end] == UInt8(ascii: "_") { end += 1 }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "}") else { return nil }
        return String(decoding: bytes[(start + 1)..<end], as: UTF8.self)
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
}

/// What stands at a key: one text, or one for each plural category.
enum CatalogueEntry: Sendable {
    case single(CatalogueText)
    case plural([PluralCategory: CatalogueText])

    var forms: [CatalogueText] {
        switch self {
        case .single(let text): [text]
        case .plural(let texts): Array(texts.values)
        }
    }

    /// The form for a text that is asked for without a count.
    var general: CatalogueText? {
        switch self {
        case .single(let text): text
        case .plural(let texts): texts[.other]
        }
    }

    func form(of category: PluralCategory) -> CatalogueText? {
        switch self {
        case .single(let text): text
        case .plural(let texts): texts[category] ?? texts[.other]
        }
    }
}
