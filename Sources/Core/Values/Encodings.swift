/// Lower-case hexadecimal (RFC 4648 section 8).
public enum Hex {
    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.underestimatedCount * 2)
        for byte in bytes { output.append(letter(byte >> 4)); output.append(letter(byte & 15)) }
        return String(decoding: output, as: UTF8.self)
    }

    /// The digit of a number from 0 to 15.
    static func letter(_ digit: UInt8) -> UInt8 { digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10 }

    /// Nil when the text has an odd length or a character that is no hexadecimal digit.
    public static func decode(_ text: String) -> [UInt8]? {
        let source = Array(text.utf8)
        guard source.count.isMultiple(of: 2) else { return nil }
        var output: [UInt8] = []
        for index in stride(from: 0, to: source.count, by: 2) {
            guard let high = digit(source[index]), let low = digit(source[index + 1]) else { return nil }
            output.append(high << 4 | low)
        }
        return output
    }

    static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

/// Base64 in its standard and its URL-safe, unpadded form (RFC 4648 sections 4 and 5). Decoding is strict: no white space, no
/// stray bits, and each form accepts only its own alphabet and padding.
public enum Base64 {
    public static func encode(_ bytes: some Collection<UInt8>) -> String { write(Array(bytes), standard, padded: true) }
    public static func encodeURL(_ bytes: some Collection<UInt8>) -> String { write(Array(bytes), urlSafe, padded: false) }

    public static func decode(_ text: String) -> [UInt8]? {
        let source = Array(text.utf8)
        guard source.count.isMultiple(of: 4) else { return nil }
        var end = source.count
        while end > 0, source.count - end < 2, source[end - 1] == UInt8(ascii: "=") { end -= 1 }
        return read(source[..<end], standard)
    }

    public static func decodeURL(_ text: String) -> [UInt8]? { read(Array(text.utf8)[...], urlSafe) }

    private static let standard = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let urlSafe = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    private static func write(_ bytes: [UInt8], _ alphabet: [UInt8], padded: Bool) -> String {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count * 4 / 3 + 4)
        var index = 0
        while index < bytes.count {
            let left = bytes.count - index
            let group = UInt32(bytes[index]) << 16 | (left > 1 ? UInt32(bytes[index + 1]) << 8 : 0) | (left > 2 ? UInt32(bytes[index + 2]) : 0)
            for place in 0..<4 {
                if place <= left { output.append(alphabet[Int(group >> UInt32(18 - 6 * place)) & 63]) } else if padded { output.append(UInt8(ascii: "=")) }
            }
            index += 3
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// The two alphabets differ in their last two letters only.
    private static func value(_ byte: UInt8, _ alphabet: [UInt8]) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case alphabet[62]: 62
        case alphabet[63]: 63
        default: nil
        }
    }

    private static func read(_ source: ArraySlice<UInt8>, _ alphabet: [UInt8]) -> [UInt8]? {
        guard source.count % 4 != 1 else { return nil }
        var output: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        output.reserveCapacity(source.count * 3 / 4)
        for byte in source {
            guard let value = value(byte, alphabet) else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 { count -= 8; output.append(UInt8(truncatingIfNeeded: bits >> UInt32(count))) }
        }
        return bits & (1 << UInt32(count) - 1) == 0 ? output : nil
    }
}
