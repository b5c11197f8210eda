/// One word of a document or of a search, and how each store writes it so that no word can be taken for syntax.
enum Lexeme {
    /// PostgreSQL refuses lexemes of more than 2,046 bytes; no word comes near this.
    static let bytesMax = 250
    /// PostgreSQL counts places in a document up to here (`MAXENTRYPOS`), and 255 of one lexeme.
    static let positionMax = 16_383
    static let repeatsMax = 255

    struct Wanted: Equatable {
        let text: String
        let isPrefix: Bool
    }

    /// Without blanks and control characters, in lower case as far as ASCII goes, not too long. Nil when nothing is left.
    static func clean(_ lexeme: String) -> String? {
        var output: [UInt8] = []
        for scalar in lexeme.unicodeScalars where scalar.value > 0x20 && scalar.value != 0x7F {
            let isUpper = scalar.value >= 0x41 && scalar.value <= 0x5A
            let bytes = isUpper ? [UInt8(scalar.value + 0x20)] : Array(String(scalar).utf8)
            if output.count + bytes.count > bytesMax { break }
            output.append(contentsOf: bytes)
        }
        return output.isEmpty ? nil : String(decoding: output, as: UTF8.self)
    }

    static func wanted(_ lexeme: String) -> Wanted? {
        guard lexeme.hasSuffix("*") else { return clean(lexeme).map { Wanted(text: $0, isPrefix: false) } }
        return clean(String(lexeme.dropLast())).map { Wanted(text: $0, isPrefix: true) }
    }

    /// FTS5 (https://www.sqlite.org/fts5.html#ascii_tokenizer): everything beyond ASCII belongs to a word already; all printable signs
    /// of ASCII are made to. The quotes are doubled once for the option's own and once for the argument's.
    static var tokenizer: String {
        let signs = (0x21...0x7E).map { String(Unicode.Scalar(UInt8($0))) }.filter { !$0.utf8.allSatisfy(isLetterOrDigit) }.joined()
        return "\"ascii tokenchars '\(doubled("\"", doubled("'", signs)))'\""
    }

    /// FTS5's query language: every word a string.
    static func match(_ groups: [[Wanted]]) -> String {
        groups.map { group in
            "(" + group.map { "\"\(doubled("\"", $0.text))\"" + ($0.isPrefix ? " *" : "") }.joined(separator: " OR ") + ")"
        }.joined(separator: " AND ")
    }

    static func tsquery(_ groups: [[Wanted]]) -> String {
        groups.map { group in
            "(" + group.map { quoted($0.text) + ($0.isPrefix ? ":*" : "") }.joined(separator: " | ") + ")"
        }.joined(separator: " & ")
    }

    /// A `tsvector` in PostgreSQL's text form, `'word':1A,7B`: weights hang on places, so every lexeme gets one.
    static func vector(_ fields: [[String]]) -> String {
        var places: [String: [String]] = [:]
        var order: [String] = []
        var place = 0
        for (weight, lexemes) in zip(FullText.Weight.allCases, fields) {
            for lexeme in lexemes {
                place = min(place + 1, positionMax)
                if places[lexeme] == nil { order.append(lexeme) }
                if places[lexeme, default: []].count < repeatsMax { places[lexeme, default: []].append("\(place)\(weight.rawValue)") }
            }
        }
        return order.map { quoted($0) + ":" + (places[$0] ?? []).joined(separator: ",") }.joined(separator: " ")
    }

    private static func quoted(_ text: String) -> String { "'" + doubled("'", doubled("\\", text)) + "'" }

    /// By scalars: a sign followed by a combining mark is one `Character`, and would be missed.
    private static func doubled(_ sign: Unicode.Scalar, _ text: String) -> String {
        var output = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == sign { output.append(sign) }
            output.append(scalar)
        }
        return String(output)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        default: false
        }
    }
}
