import Values

/// The fields of a query or a form, in order, each name any number of times. Text is valid UTF-8 without control characters (but
/// tab and line ends), so that nothing behind it needs to ask again.
public struct Fields: Sendable, Hashable {
    public private(set) var pairs: [(name: String, value: String)]

    public init(_ pairs: [(String, String)] = []) { self.pairs = pairs.map { (name: $0.0, value: $0.1) } }

    /// The first value of the name.
    public subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }
    public func all(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }
    /// The first value with the white space around it removed, or nil when nothing is left.
    public func trimmed(_ name: String) -> String? {
        guard let value = self[name] else { return nil }
        let text = trim(value)
        return text.isEmpty ? nil : text
    }
    public var isEmpty: Bool { pairs.isEmpty }
    public mutating func append(_ name: String, _ value: String) { pairs.append((name: name, value: value)) }

    public static func == (left: Fields, right: Fields) -> Bool { left.pairs.elementsEqual(right.pairs, by: ==) }
    public func hash(into hasher: inout Hasher) { for pair in pairs { hasher.combine(pair.name); hasher.combine(pair.value) } }

    static let countLimit = 1_000

    /// `application/x-www-form-urlencoded` (WHATWG URL section 5.1), strict about UTF-8.
    public static func parse(urlEncoded bytes: some Collection<UInt8>) throws(Problem) -> Fields {
        var fields = Fields()
        for pair in bytes.split(separator: UInt8(ascii: "&")) {
            guard fields.pairs.count < countLimit else { throw .unreadableRequest("more than \(countLimit) fields") }
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = try PercentEncoding.decode(parts[0], plusIsSpace: true)
            fields.append(name, parts.count > 1 ? try PercentEncoding.decode(parts[1], plusIsSpace: true) : "")
        }
        return fields
    }
}

func trim(_ text: String) -> String {
    let isSpace: (Character) -> Bool = { $0.isWhitespace }
    guard let start = text.firstIndex(where: { !isSpace($0) }), let end = text.lastIndex(where: { !isSpace($0) }) else { return "" }
    return String(text[start...end])
}

public enum PercentEncoding {
    /// Everything but RFC 3986 unreserved characters encoded.
    public static func encode(_ text: String) -> String {
        var output: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                output.append(byte)
            default: output.append(contentsOf: "%\(Hex.encode([byte]).uppercased())".utf8)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// Throws `unreadable-text` for a broken escape, broken UTF-8 or a character no text field may hold.
    public static func decode(_ bytes: some Collection<UInt8>, plusIsSpace: Bool = false) throws(Problem) -> String {
        let source = Array(bytes)
        var output: [UInt8] = []
        output.reserveCapacity(source.count)
        var index = 0
        while index < source.count {
            let byte = source[index]
            if byte == UInt8(ascii: "%") {
                guard index + 2 < source.count, let decoded = Hex.decode(String(decoding: source[index + 1...index + 2], as: UTF8.self)) else {
                    throw .unreadableText
                }
                output.append(decoded[0])
                index += 3
            } else {
                output.append(byte == UInt8(ascii: "+") && plusIsSpace ? UInt8(ascii: " ") : byte)
                index += 1
            }
        }
        return try readableText(output)
    }
}

/// The one gate for text from outside: valid UTF-8 and no control characters but tab, line feed and carriage return. PostgreSQL
/// stores no U+0000, and the others only serve to hide things from whoever reads.
func readableText(_ bytes: some Collection<UInt8>) throws(Problem) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .unreadableText }
    for byte in text.utf8 where byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D || byte == 0x7F { throw .unreadableText }
    return text
}

extension JSON {
    /// Whether all text inside passes the same gate as a form field.
    var isReadable: Bool {
        switch self {
        case .string(let text): (try? readableText(Array(text.utf8))) != nil
        case .array(let items): items.allSatisfy(\.isReadable)
        case .object(let members): members.allSatisfy { (try? readableText(Array($0.key.utf8))) != nil && $0.value.isReadable }
        default: true
        }
    }
}
