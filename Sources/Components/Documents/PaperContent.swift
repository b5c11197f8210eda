import Values

/// What stands on a paper, as the order's `content` says it: `{"lines": [{"label", "value"}], "paragraphs": [text]}`.
struct PaperContent: Sendable, Hashable {
    struct Line: Sendable, Hashable {
        let label: String
        let value: String
    }

    let lines: [Line]
    let paragraphs: [String]

    static let linesMax = 200
    static let paragraphsMax = 200
    /// Characters of one value or paragraph.
    static let textMax = 10_000

    init(_ json: JSON) throws(DocumentsError) {
        guard let rows = json["lines"]?.array, rows.count <= PaperContent.linesMax else { throw .malformedContent("/lines") }
        guard let texts = json["paragraphs"]?.array, texts.count <= PaperContent.paragraphsMax else {
            throw .malformedContent("/paragraphs")
        }
        var (lines, paragraphs) = ([Line](), [String]())
        for (index, row) in rows.enumerated() {
            guard let label = row["label"]?.string, let value = row["value"]?.string, PaperContent.fits(label),
                PaperContent.fits(value)
            else {
                throw .malformedContent("/lines/\(index)")
            }
            lines.append(Line(label: label, value: value))
        }
        for (index, text) in texts.enumerated() {
            guard let text = text.string, PaperContent.fits(text) else { throw .malformedContent("/paragraphs/\(index)") }
            paragraphs += text.split(whereSeparator: \.isNewline).map(String.init).filter { $0.contains { !$0.isWhitespace } }
        }
        (self.lines, self.paragraphs) = (lines, paragraphs)
    }

    private static func fits(_ text: String) -> Bool { text.unicodeScalars.count <= textMax }
}

/// The kinds of paper there are; each has a template of its name.
enum PaperKind: String, Sendable, CaseIterable {
    case approval = "decision-approval"
    case refusal = "decision-refusal"
    case licence
}
