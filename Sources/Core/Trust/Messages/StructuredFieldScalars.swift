internal import Values

// Numbers, strings, tokens, byte sequences and booleans (RFC 8941 sections 4.2.4 to 4.2.8).
extension StructuredFieldParser {
    mutating func boolean() throws(StructuredFieldError) -> Bool {
        position += 1
        if skip("1") { return true }
        if skip("0") { return false }
        throw fault("Expected ?0 or ?1")
    }

    /// Section 4.2.4: at most 15 digits, or 12 before and 3 after a point.
    mutating func number() throws(StructuredFieldError) -> StructuredField.BareItem {
        let negative = skip("-")
        let whole = try digits(limit: 15)
        guard skip(".") else { return .integer(negative ? -whole.value : whole.value) }
        guard whole.count <= 12 else { throw fault("Too many digits") }
        let fraction = try digits(limit: 3)
        let scale: Int64 = [1: 100, 2: 10][fraction.count] ?? 1
        let thousandths = whole.value * 1000 + fraction.value * scale
        return .decimal(thousandths: negative ? -thousandths : thousandths)
    }

    private mutating func digits(limit: Int) throws(StructuredFieldError) -> (value: Int64, count: Int) {
        var (value, count): (Int64, Int) = (0, 0)
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            guard count < limit else { throw fault("Too many digits") }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
            count += 1
            position += 1
        }
        guard count > 0 else { throw fault("Expected a digit") }
        return (value, count)
    }

    mutating func string() throws(StructuredFieldError) -> String {
        position += 1
        var content: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = next, escaped == UInt8(ascii: "\"") || escaped == UInt8(ascii: "\\") else {
                    throw fault("Unknown escape")
                }
                content.append(escaped)
                position += 1
            case 0x20...0x7E: content.append(byte)
            default: throw fault("Character outside ASCII in a string")
            }
        }
        throw fault("The text ends inside a string")
    }

    mutating func token() -> String {
        let start = position
        while let byte = next, StructuredFieldParser.isToken(byte) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        default: "!#$%&'*+-.^_`|~:/".utf8.contains(byte)
        }
    }

    mutating func byteSequence() throws(StructuredFieldError) -> [UInt8] {
        position += 1
        let start = position
        while let byte = next, byte != UInt8(ascii: ":") {
            guard byte >= 0x20, byte < 0x7F else { throw fault("Character outside base64") }
            position += 1
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard skip(":"), let content = Base64.decode(text) else { throw fault("Expected base64 between colons") }
        return content
    }
}
