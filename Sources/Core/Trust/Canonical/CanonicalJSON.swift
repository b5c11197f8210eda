public import Values

/// Why a value has no canonical form.
public enum CanonicalJSONError: Error, Equatable {
    /// NaN or an infinity (RFC 8785 section 3.2.2.3).
    case notFinite
    /// An integer that an IEEE 754 double cannot hold: it would be read back as another number (RFC 7493 section 2.2).
    case inexactInteger(Int64)
    /// Deeper than `CanonicalJSON.depthLimit`.
    case nestedTooDeeply
}

/// The JSON Canonicalization Scheme (RFC 8785): one byte string per value, for hashing and signing.
/// Texts are not normalised: precomposed and decomposed writings stay different.
public enum CanonicalJSON {
    public static let depthLimit = 256

    public static func bytes(of value: JSON) throws(CanonicalJSONError) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(256)
        try write(value, depth: 0, into: &output)
        return output
    }

    public static func text(of value: JSON) throws(CanonicalJSONError) -> String {
        String(decoding: try bytes(of: value), as: UTF8.self)
    }

    private static func write(_ value: JSON, depth: Int, into output: inout [UInt8]) throws(CanonicalJSONError) {
        guard depth < depthLimit else { throw .nestedTooDeeply }
        switch value {
        // These three are written by the plain writer as RFC 8785 section 3.2.2 asks.
        case .null, .bool, .string: value.write(into: &output)
        case .int(let integer):
            guard let exact = Double(exactly: integer) else { throw .inexactInteger(integer) }
            output.append(contentsOf: try CanonicalNumber.text(of: exact).utf8)
        case .double(let number): output.append(contentsOf: try CanonicalNumber.text(of: number).utf8)
        case .array(let items):
            output.append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                try write(item, depth: depth + 1, into: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let members):
            try write(members, depth: depth, into: &output)
        }
    }

    private static func write(_ members: [String: JSON], depth: Int, into output: inout [UInt8]) throws(CanonicalJSONError) {
        output.append(UInt8(ascii: "{"))
        // By UTF-16 code units, not by scalars: U+1F600 sorts before U+FB33 (section 3.2.3). Among ASCII names that is the plain order.
        let isPlain = members.keys.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } }
        let sorted = isPlain
            ? members.sorted { $0.key < $1.key } : members.sorted { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) }
        for (index, member) in sorted.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            JSON.string(member.key).write(into: &output)
            output.append(UInt8(ascii: ":"))
            try write(member.value, depth: depth + 1, into: &output)
        }
        output.append(UInt8(ascii: "}"))
    }
}
