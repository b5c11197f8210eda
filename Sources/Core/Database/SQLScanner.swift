/// Cuts SQL into the few kinds of pieces that matter here.
struct SQLScanner {
    enum Token {
        case blank
        case semicolon
        /// `$number`, that begins at this offset.
        case parameter(Int, from: Int)
        /// A quoted piece, or any other byte, that begins at this offset.
        case literal(from: Int)
        case code(from: Int)
    }

    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ sql: String) { bytes = Array(sql.utf8) }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    mutating func next() -> Token? {
        guard position < bytes.count else { return nil }
        let start = position
        position += 1
        switch bytes[start] {
        case UInt8(ascii: ";"): return .semicolon
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): return .blank
        case UInt8(ascii: "'"), UInt8(ascii: "\""):
            // A doubled quote is the end of one literal and the start of the next: the same to us.
            skip(past: [bytes[start]])
            return .literal(from: start)
        case UInt8(ascii: "-") where follows(UInt8(ascii: "-")):
            skip(past: [UInt8(ascii: "\n")])
            return .blank
        case UInt8(ascii: "/") where follows(UInt8(ascii: "*")):
            position += 1
            skip(past: Array("*/".utf8))
            return .blank
        case UInt8(ascii: "$"): return dollar(start)
        default: return .code(from: start)
        }
    }

    private func follows(_ byte: UInt8) -> Bool { position < bytes.count && bytes[position] == byte }

    private mutating func dollar(_ start: Int) -> Token {
        var end = position
        while end < bytes.count, Self.isWord(bytes[end]) { end += 1 }
        if let number = Int(text(position..<end)) {
            position = end
            return .parameter(number, from: start)
        }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "$") else { return .code(from: start) }
        position = end + 1
        skip(past: Array(bytes[start...end]))
        return .literal(from: start)
    }

    private mutating func skip(past mark: [UInt8]) {
        while position + mark.count <= bytes.count {
            if bytes[position..<position + mark.count].elementsEqual(mark) {
                position += mark.count
                return
            }
            position += 1
        }
        position = bytes.count
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"): true
        default: false
        }
    }
}
