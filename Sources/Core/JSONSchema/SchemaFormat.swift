import Values

/// The values of `format` that are asserted (validation, section 7.3).
enum SchemaFormat: String, Sendable {
    case date
    case dateTime = "date-time"
    case time
    case email
    case uuid
    case uri
    case uriReference = "uri-reference"
    case ipv4

    func accepts(_ text: String) -> Bool {
        switch self {
        case .date: CalendarDate(text) != nil
        case .time: SchemaFormat.isTime(Array(text.utf8)[...])
        case .dateTime:
            text.utf8.count > 11 && CalendarDate(String(text.prefix(10))) != nil && "Tt".utf8.contains(Array(text.utf8)[10])
                && SchemaFormat.isTime(Array(text.utf8)[11...])
        case .email: SchemaFormat.isEmail(text)
        case .uuid: UUIDv7.isWellFormed(text)
        case .uri: SchemaFormat.isURI(text, needsScheme: true)
        case .uriReference: SchemaFormat.isURI(text, needsScheme: false)
        case .ipv4: SchemaFormat.isIPv4(text)
        }
    }

    /// RFC 3339 `full-time`. A leap second is allowed only where one can fall, at 23:59:60 UTC.
    private static func isTime(_ bytes: ArraySlice<UInt8>) -> Bool {
        let text = Array(bytes)
        func number(_ start: Int) -> Int? {
            guard start + 2 <= text.count, text[start..<start + 2].allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            return Int(text[start] - 0x30) * 10 + Int(text[start + 1] - 0x30)
        }
        guard text.count >= 9, text[2] == UInt8(ascii: ":"), text[5] == UInt8(ascii: ":"), let hour = number(0), let minute = number(3),
            let second = number(6), hour < 24, minute < 60, second <= 60
        else { return false }
        var index = 8
        if text[index] == UInt8(ascii: ".") {
            index += 1
            let start = index
            while index < text.count, (0x30...0x39).contains(text[index]) { index += 1 }
            guard index > start, index < text.count else { return false }
        }
        var offset = 0
        switch text[index] {
        case UInt8(ascii: "Z"), UInt8(ascii: "z"): guard index == text.count - 1 else { return false }
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            guard text.count == index + 6, text[index + 3] == UInt8(ascii: ":"), let hours = number(index + 1), let minutes = number(index + 4),
                hours < 24, minutes < 60
            else { return false }
            offset = (hours * 60 + minutes) * (text[index] == UInt8(ascii: "+") ? 1 : -1)
        default: return false
        }
        return second < 60 || (hour * 60 + minute - offset + 1440) % 1440 == 1439
    }

    /// RFC 5321 Mailbox in its common form: a dot-atom of up to 64, `@`, a host name. Non-ASCII letters are refused, as `email` asks.
    static func isEmail(_ text: String) -> Bool {
        let parts = Array(text.utf8).split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, (1...64).contains(parts[0].count), (1...253).contains(parts[1].count) else { return false }
        let special = Array("!#$%&'*+-/=?^_`{|}~".utf8)
        let isAtom = parts[0].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty && atom.allSatisfy { isAlphanumeric($0) || special.contains($0) }
        }
        return isAtom && parts[1].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.count) && label.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
                && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
        }
    }

    /// RFC 3986 as far as characters and the scheme go.
    private static func isURI(_ text: String, needsScheme: Bool) -> Bool {
        let bytes = Array(text.utf8)
        let allowed = Array("-._~:/?#[]@!$&'()*+,;=%".utf8)
        guard bytes.allSatisfy({ isAlphanumeric($0) || allowed.contains($0) }), bytes.count(where: { $0 == UInt8(ascii: "#") }) <= 1 else { return false }
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "%") {
            guard index + 2 < bytes.count, Hex.decode(String(decoding: bytes[index + 1...index + 2], as: UTF8.self)) != nil else { return false }
        }
        guard needsScheme else { return true }
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { return false }
        let scheme = bytes[..<colon]
        return (0x41...0x5A).contains(scheme[0] & 0xDF) && scheme.allSatisfy { isAlphanumeric($0) || "+-.".utf8.contains($0) }
    }

    private static func isIPv4(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { part in UInt8(part).map { String($0) == part } ?? false }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF) && byte < 0x80
    }
}
