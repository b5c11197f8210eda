/// As much of CBOR (RFC 8949) as authenticators write: definite lengths, no tags, no fractions, little nesting (CTAP 2.1 section 8).
enum CBOR: Sendable, Equatable {
    case number(Int64)
    case bytes([UInt8])
    case text(String)
    case list([CBOR])
    /// Keys that are texts; others are passed over.
    case map([String: CBOR])
    case bool(Bool)
    case null

    /// Nil unless these bytes are one item and nothing more.
    init?(_ bytes: [UInt8]) {
        var reader = Reader(bytes: bytes)
        guard let item = reader.item(depth: 0), reader.isAtEnd else { return nil }
        self = item
    }

    var asBytes: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }
    var asText: String? { if case .text(let text) = self { text } else { nil } }
    var asList: [CBOR]? { if case .list(let list) = self { list } else { nil } }
    var asMap: [String: CBOR]? { if case .map(let map) = self { map } else { nil } }

    private struct Reader {
        static let depthMax = 6
        let bytes: [UInt8]
        var index = 0
        var isAtEnd: Bool { index == bytes.count }

        mutating func item(depth: Int) -> CBOR? {
            guard depth <= Reader.depthMax, let head = take(1)?.first else { return nil }
            guard let argument = argument(head & 0x1F) else { return nil }
            switch head >> 5 {
            case 0: return Int64(exactly: argument).map(CBOR.number)
            case 1: return Int64(exactly: argument).map { .number(-1 - $0) }
            case 2: return take(argument).map { .bytes(Array($0)) }
            case 3: return take(argument).flatMap { String(validating: $0, as: UTF8.self) }.map(CBOR.text)
            case 4: return list(argument, depth)
            case 5: return map(argument, depth)
            case 7: return [20: .bool(false), 21: .bool(true), 22: .null][head & 0x1F]
            default: return nil
            }
        }

        private mutating func list(_ count: UInt64, _ depth: Int) -> CBOR? {
            // Each item takes a byte at least: no length is believed that the bytes cannot hold.
            guard count <= UInt64(bytes.count - index) else { return nil }
            var items: [CBOR] = []
            for _ in 0..<count {
                guard let item = item(depth: depth + 1) else { return nil }
                items.append(item)
            }
            return .list(items)
        }

        private mutating func map(_ count: UInt64, _ depth: Int) -> CBOR? {
            guard count <= UInt64(bytes.count - index) else { return nil }
            var map: [String: CBOR] = [:]
            for _ in 0..<count {
                guard let key = item(depth: depth + 1), let value = item(depth: depth + 1) else { return nil }
                guard let name = key.asText else { continue }
                guard map.updateValue(value, forKey: name) == nil else { return nil }
            }
            return .map(map)
        }

        private mutating func argument(_ short: UInt8) -> UInt64? {
            switch short {
            case 0..<24: return UInt64(short)
            case 24...27: return take(1 << UInt64(short - 24))?.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            default: return nil
            }
        }

        private mutating func take(_ count: UInt64) -> ArraySlice<UInt8>? {
            guard count <= UInt64(bytes.count - index) else { return nil }
            defer { index += Int(count) }
            return bytes[index..<index + Int(count)]
        }
    }
}
