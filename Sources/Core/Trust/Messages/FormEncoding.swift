internal import Values

/// `application/x-www-form-urlencoded` (WHATWG URL section 5), as RFC 9421 section 2.2.8 reads and writes query parameters.
enum FormEncoding {
    static let pairLimit = 1024

    /// The values of the parameter, each decoded.
    static func values(of name: [UInt8], in query: String) throws(MessageSignatureError) -> [[UInt8]] {
        let pairs = query.utf8.split(separator: UInt8(ascii: "&"))
        guard pairs.count <= pairLimit else { throw .tooLarge }
        return pairs.compactMap { pair in
            let sides = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard decode(Array(sides[0])) == name else { return nil }
            return sides.count == 2 ? decode(Array(sides[1])) : []
        }
    }

    static func decode(_ source: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        var index = 0
        while index < source.count {
            let byte = source[index]
            if byte == UInt8(ascii: "%"), index + 2 < source.count, let decoded = hex(source[(index + 1)...(index + 2)]) {
                output.append(decoded)
                index += 3
            } else {
                output.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
                index += 1
            }
        }
        return output
    }

    /// Everything but letters, digits and `*-._` percent-encoded in upper case; a space as `%20`.
    static func encode(_ bytes: [UInt8]) -> String {
        var output: [UInt8] = []
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "*"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                output.append(byte)
            default: output.append(contentsOf: "%\(Hex.encode([byte]).uppercased())".utf8)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func hex(_ digits: ArraySlice<UInt8>) -> UInt8? {
        Hex.decode(String(decoding: digits, as: UTF8.self))?.first
    }
}
