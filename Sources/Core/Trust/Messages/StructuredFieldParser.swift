internal import Values

/// A strict parser of RFC 8941 section 4.2, with bounds on everything.
struct StructuredFieldParser {
    static let byteLimit = 16 * 1024
    static let memberLimit = 256

    let bytes: [UInt8]
    var position = 0

    private init(_ text: String) throws(StructuredFieldError) {
        bytes = Array(text.utf8)
        guard bytes.count <= StructuredFieldParser.byteLimit else { throw StructuredFieldError(reason: "Too long", offset: 0) }
    }

    /// Section 4.2.2. An empty text is an empty dictionary.
    static func dictionary(_ text: String) throws(StructuredFieldError) -> StructuredField.Dictionary {
        var parser = try StructuredFieldParser(text)
        return try parser.dictionary()
    }

    func fault(_ reason: String) -> StructuredFieldError { StructuredFieldError(reason: reason, offset: position) }
    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skip(_ ascii: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: ascii) else { return false }
        position += 1
        return true
    }

    private mutating func skipSpaces(tabs: Bool = false) {
        while let byte = next, byte == 0x20 || (tabs && byte == 0x09) { position += 1 }
    }

    private mutating func dictionary() throws(StructuredFieldError) -> StructuredField.Dictionary {
        var result = StructuredField.Dictionary()
        skipSpaces()
        while next != nil {
            let key = try self.key()
            result[key] = skip("=") ? try member() : .item(.init(value: .boolean(true), parameters: try parameters()))
            guard result.entries.count <= StructuredFieldParser.memberLimit else { throw fault("Too many members") }
            skipSpaces(tabs: true)
            if next == nil { break }
            guard skip(",") else { throw fault("Expected a comma") }
            skipSpaces(tabs: true)
            guard next != nil else { throw fault("Comma at the end") }
        }
        return result
    }

    private mutating func member() throws(StructuredFieldError) -> StructuredField.Member {
        next == UInt8(ascii: "(") ? .innerList(try innerList()) : .item(try item())
    }

    private mutating func innerList() throws(StructuredFieldError) -> StructuredField.InnerList {
        position += 1
        var items: [StructuredField.Item] = []
        while true {
            skipSpaces()
            if skip(")") { break }
            items.append(try item())
            guard items.count <= StructuredFieldParser.memberLimit else { throw fault("Too many items") }
            guard next == 0x20 || next == UInt8(ascii: ")") else { throw fault("Expected a space or the end of the list") }
        }
        return .init(items: items, parameters: try parameters())
    }

    private mutating func item() throws(StructuredFieldError) -> StructuredField.Item {
        .init(value: try bareItem(), parameters: try parameters())
    }

    private mutating func parameters() throws(StructuredFieldError) -> StructuredField.Parameters {
        var result = StructuredField.Parameters()
        while skip(";") {
            skipSpaces()
            let key = try self.key()
            result[key] = skip("=") ? try bareItem() : .boolean(true)
            guard result.entries.count <= StructuredFieldParser.memberLimit else { throw fault("Too many parameters") }
        }
        return result
    }

    private mutating func key() throws(StructuredFieldError) -> String {
        let start = position
        while let byte = next, StructuredFieldParser.isKey(byte, first: position == start) { position += 1 }
        guard position > start else { throw fault("Expected a key") }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private static func isKey(_ byte: UInt8, first: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "*"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."): !first
        default: false
        }
    }

    private mutating func bareItem() throws(StructuredFieldError) -> StructuredField.BareItem {
        guard let byte = next else { throw fault("The text ends before the value") }
        switch byte {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: ":"): return .bytes(try byteSequence())
        case UInt8(ascii: "?"): return .boolean(try boolean())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "*"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): return .token(token())
        default: throw fault("Expected a value")
        }
    }
}
