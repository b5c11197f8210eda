/// A page with gaps, in the part of Mustache (mustache(5)) that our pages use: `{{name}}`, `{{{name}}}`, `{{#name}}…{{/name}}`,
/// `{{^name}}…{{/name}}`, `{{> partial}}`, `{{! comment}}`. A name is looked for from the innermost section outwards; `.name` looks only in
/// the innermost, `.` is what the section stands on, `a.b` goes inside. Two tests besides: `{{#first(list)}}` stands on the first of a list,
/// `{{^empty(text)}}` shows when there is something.
///
/// A tag alone on its line takes the line with it. Compiled once; rendered into bytes without asking what type a value might have.
struct Template: Sendable {
    indirect enum Piece: Sendable {
        case text([UInt8])
        case value(Name)
        /// Markup, put in as it is.
        case markup(Name)
        case section(Name, [Piece])
        case inverted(Name, [Piece])
        case partial(String)
    }

    struct Name: Sendable, Hashable {
        enum Test: Sendable { case first, empty }

        var path: [String]
        /// Written with a point before it: not looked for further out.
        var isHere: Bool
        var test: Test?
    }

    let pieces: [Piece]

    init(_ source: String) throws(TemplateFault) {
        var parser = TemplateParser(source)
        pieces = try parser.pieces(until: nil)
    }

    /// Names of all partials in it.
    var partials: Set<String> { Template.partials(in: pieces) }

    private static func partials(in pieces: [Piece]) -> Set<String> {
        pieces.reduce(into: []) { names, piece in
            switch piece {
            case .partial(let name): names.insert(name)
            case .section(_, let inner), .inverted(_, let inner): names.formUnion(partials(in: inner))
            case .text, .value, .markup: break
            }
        }
    }
}

/// Why a template cannot be compiled.
enum TemplateFault: Error, Equatable, CustomStringConvertible {
    case unfinishedTag(line: Int)
    case malformedName(String, line: Int)
    /// A section that is closed under another name, or not at all, or closed without having been opened.
    case unbalanced(String, line: Int)

    var description: String {
        switch self {
        case .unfinishedTag(let line): "line \(line): a tag is not closed"
        case .malformedName(let name, let line): "line \(line): \(name) is no name"
        case .unbalanced(let name, let line): "line \(line): the section \(name) is not opened and closed alike"
        }
    }
}
