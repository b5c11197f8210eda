/// Why bytes are not JSON, with the offset of the first byte that is wrong.
public struct JSONSyntaxError: Error, Equatable, CustomStringConvertible {
    public let reason: String
    public let offset: Int
    public var description: String { "\(reason) at byte \(offset)" }
}

extension JSON {
    /// Parses strictly by RFC 8259: one value, valid UTF-8, no duplicate member names (a classic way to smuggle a second meaning
    /// past a check), nesting of at most `depthLimit`.
    public static func parse(_ bytes: some Collection<UInt8>, depthLimit: Int = 64) throws(JSONSyntaxError) -> JSON {
        var parser = JSONParser(bytes: Array(bytes), depthLimit: depthLimit)
        return try parser.document()
    }

    public static func parse(_ text: String) throws(JSONSyntaxError) -> JSON { try parse(Array(text.utf8)) }
}

private struct JSONParser {
    let bytes: [UInt8]
    let depthLimit: Int
    var position = 0

    init(bytes: [UInt8], depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    mutating func document() throws(JSONSyntaxError) -> JSON {
        skipSpace()
        let value = try self.value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw fault("Text after the value") }
        return value
    }

    func fault(_ reason: String) -> JSONSyntaxError { JSONSyntaxError(reason: reason, offset: position) }
    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    mutating func value(depth: Int) throws(JSONSyntaxError) -> JSON {
        guard depth < depthLimit else { throw fault("Nested too deeply") }
        guard let byte = next else { throw fault("The text ends before the value") }
        switch byte {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    mutating func word(_ word: StaticString, _ value: JSON) throws(JSONSyntaxError) -> JSON {
        let count = word.utf8CodeUnitCount
        guard position + count <= bytes.count else { throw fault("Unknown word") }
        for index in 0..<count where bytes[position + index] != word.utf8Start[index] { throw fault("Unknown word") }
        position += count
        return value
    }

    mutating func object(depth: Int) throws(JSONSyntaxError) -> JSON {
        position += 1
        skipSpace()
        if next == UInt8(ascii: "}") { position += 1; return .object([:]) }
        // Most objects are small: room for them at once beats growing three times.
        var members = [String: JSON](minimumCapacity: 6)
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw fault("Expected a member name") }
            let start = position
            let key = try string()
            skipSpace()
            guard next == UInt8(ascii: ":") else { throw fault("Expected a colon") }
            position += 1
            skipSpace()
            let member = try value(depth: depth + 1)
            guard members.updateValue(member, forKey: key) == nil else {
                position = start
                throw fault("Duplicate member name")
            }
            skipSpace()
            switch next {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "}"): position += 1; return .object(members)
            default: throw fault("Expected a comma or the end of the object")
            }
        }
    }

    mutating func array(depth: Int) throws(JSONSyntaxError) -> JSON {
        position += 1
        var items: [JSON] = []
        skipSpace()
        if next == UInt8(ascii: "]") { position += 1; return .array(items) }
        while true {
            skipSpace()
            items.append(try value(depth: depth + 1))
            skipSpace()
            switch next {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "]"): position += 1; return .array(items)
            default: throw fault("Expected a comma or the end of the array")
            }
        }
    }

    mutating func string() throws(JSONSyntaxError) -> String {
        position += 1
        let start = position
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
            guard byte >= 0x20 else { throw fault("Control character in a string") }
            position += 1
        }
        if next == UInt8(ascii: "\"") {
            position += 1
            return try text(bytes.span.extracting(start..<position - 1))
        }
        var content = Array(bytes[start..<position])
        while true {
            guard let byte = next else { throw fault("The text ends inside a string") }
            position += 1
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\") { try escape(into: &content); continue }
            guard byte >= 0x20 else { throw fault("Control character in a string") }
            content.append(byte)
        }
        return try text(content.span)
    }

    func text(_ bytes: Span<UInt8>) throws(JSONSyntaxError) -> String {
        do { return String(copying: try UTF8Span(validating: bytes)) } catch { throw fault("Invalid UTF-8") }
    }

    mutating func escape(into content: inout [UInt8]) throws(JSONSyntaxError) {
        guard let byte = next else { throw fault("The text ends inside a string") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"):
            var code = UInt32(try hex4())
            if (0xD800..<0xDC00).contains(code) {
                guard next == UInt8(ascii: "\\"), position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "u") else {
                    throw fault("Lone surrogate")
                }
                position += 2
                let low = UInt32(try hex4())
                guard (0xDC00..<0xE000).contains(low) else { throw fault("Lone surrogate") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw fault("Lone surrogate") }
            content.append(contentsOf: Array(String(Character(scalar)).utf8))
        default: throw fault("Unknown escape")
        }
    }

    mutating func hex4() throws(JSONSyntaxError) -> UInt16 {
        guard position + 4 <= bytes.count else { throw fault("The text ends inside an escape") }
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Hex.digit(bytes[position]) else { throw fault("Expected four hexadecimal digits") }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }

    mutating func number() throws(JSONSyntaxError) -> JSON {
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        if next == UInt8(ascii: "0") { position += 1 } else { try digits() }
        var whole = true
        if next == UInt8(ascii: ".") { whole = false; position += 1; try digits() }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            whole = false
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if whole, let value = Int64(text) { return .int(value) }
        guard let value = Double(text), value.isFinite else { throw fault("Number out of range") }
        return .double(value)
    }

    mutating func digits() throws(JSONSyntaxError) {
        let start = position
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard position > start else { throw fault("Expected a value") }
    }
}
