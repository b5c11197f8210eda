/// Reads the source of a template, by bytes: tags are ASCII, and what stands between them is copied as it is.
struct TemplateParser {
    private let bytes: [UInt8]
    private var position = 0

    init(_ source: String) { bytes = Array(source.utf8) }

    private var line: Int { 1 + bytes[..<min(position, bytes.count)].count { $0 == UInt8(ascii: "\n") } }

    /// The pieces up to the end of the section, or of the source when there is none.
    mutating func pieces(until section: String?) throws(TemplateFault) -> [Template.Piece] {
        var pieces: [Template.Piece] = []
        while let start = find("{{", from: position) {
            let tag = try self.tag(at: start)
            add(bytes[position..<tag.from], to: &pieces)
            position = tag.to
            switch tag.kind {
            case UInt8(ascii: "!"): break
            case UInt8(ascii: "#"): pieces.append(.section(try name(tag.name), try self.pieces(until: tag.name)))
            case UInt8(ascii: "^"): pieces.append(.inverted(try name(tag.name), try self.pieces(until: tag.name)))
            case UInt8(ascii: ">"): pieces.append(.partial(tag.name))
            case UInt8(ascii: "{"), UInt8(ascii: "&"): pieces.append(.markup(try name(tag.name)))
            case UInt8(ascii: "/"):
                guard tag.name == section else { throw .unbalanced(tag.name, line: line) }
                return pieces
            default: pieces.append(.value(try name(tag.name)))
            }
        }
        add(bytes[position...], to: &pieces)
        position = bytes.count
        if let section { throw .unbalanced(section, line: line) }
        return pieces
    }

    private func add(_ text: ArraySlice<UInt8>, to pieces: inout [Template.Piece]) {
        if !text.isEmpty { pieces.append(.text(Array(text))) }
    }

    private struct Tag {
        var kind: UInt8
        var name: String
        /// What of the source the tag takes up: with its whole line when nothing else is on it.
        var from: Int
        var to: Int
    }

    private func tag(at start: Int) throws(TemplateFault) -> Tag {
        let kind = start + 2 < bytes.count ? bytes[start + 2] : 0
        let isMarked = "#^/>!{&".utf8.contains(kind)
        let close = kind == UInt8(ascii: "{") ? "}}}" : "}}"
        guard let end = find(close, from: start + 2) else { throw .unfinishedTag(line: line) }
        let inside = bytes[(start + (isMarked ? 3 : 2))..<max(end, start + (isMarked ? 3 : 2))]
        var tag = Tag(kind: isMarked ? kind : 0, name: trim(String(decoding: inside, as: UTF8.self)), from: start, to: end + close.utf8.count)
        if "#^/>!".utf8.contains(tag.kind) { widen(&tag) }
        return tag
    }

    /// To the whole line, when only blanks stand beside the tag.
    private func widen(_ tag: inout Tag) {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        var (from, to) = (tag.from, tag.to)
        while from > 0, isBlank(bytes[from - 1]) { from -= 1 }
        while to < bytes.count, isBlank(bytes[to]) { to += 1 }
        guard from == 0 || bytes[from - 1] == UInt8(ascii: "\n") else { return }
        if to < bytes.count, bytes[to] == UInt8(ascii: "\r") { to += 1 }
        guard to == bytes.count || bytes[to] == UInt8(ascii: "\n") else { return }
        (tag.from, tag.to) = (from, min(to + 1, bytes.count))
    }

    private func find(_ text: String, from start: Int) -> Int? {
        let wanted = Array(text.utf8)
        guard bytes.count >= wanted.count, start <= bytes.count - wanted.count else { return nil }
        return (start...(bytes.count - wanted.count)).first { bytes[$0] == wanted[0] && bytes[$0..<$0 + wanted.count].elementsEqual(wanted) }
    }

    private func name(_ text: String) throws(TemplateFault) -> Template.Name {
        var (text, test) = (Substring(text), Template.Name.Test?.none)
        for (word, value) in [("first", Template.Name.Test.first), ("empty", .empty)] where text.hasPrefix("\(word)(") && text.hasSuffix(")") {
            (text, test) = (text.dropFirst(word.count + 1).dropLast(), value)
        }
        let isHere = text.hasPrefix(".")
        let path = text.split(separator: ".", omittingEmptySubsequences: true).map(String.init)
        let isName = path.allSatisfy { $0.utf8.allSatisfy(TemplateParser.isNamePart) }
        guard isName, text == (isHere ? "." : "") + path.joined(separator: "."), isHere || !path.isEmpty else { throw .malformedName(String(text), line: line) }
        return Template.Name(path: path, isHere: isHere, test: test)
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
