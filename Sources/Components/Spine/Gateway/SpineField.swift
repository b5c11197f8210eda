import Values

/// A value of a `Spine-…` header: a token with parameters, `law;ref="…"`. It is an item of RFC 8941 whose parameters are texts without
/// quotes: everything but letters, digits, dots, hyphens, underscores, colons and slashes is percent-encoded.
struct SpineField: Sendable, Hashable {
    let token: String
    let parameters: [(key: String, value: String)]

    init(_ token: String, _ parameters: [(key: String, value: String)] = []) { (self.token, self.parameters) = (token, parameters) }

    subscript(key: String) -> String? { parameters.first { $0.key == key }?.value }

    var text: String { token + parameters.map { ";\($0.key)=\"\(SpineField.encoded($0.value))\"" }.joined() }

    /// Nil for any other form.
    init?(_ text: String) {
        guard text.utf8.count <= 2_048 else { return nil }
        var parts = text.split(separator: ";", omittingEmptySubsequences: false).map(String.init)
        let token = parts.removeFirst()
        guard !token.isEmpty, token.utf8.allSatisfy(SpineField.isPlain) else { return nil }
        var parameters: [(key: String, value: String)] = []
        for part in parts {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard pair.count == 2, pair[1].utf8.count >= 2, pair[1].hasPrefix("\""), pair[1].hasSuffix("\""),
                let value = SpineField.decoded(String(pair[1].dropFirst().dropLast()))
            else { return nil }
            parameters.append((key: pair[0], value: value))
        }
        self.init(token, parameters)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "-._:/".utf8.contains(byte)
        }
    }

    static func encoded(_ text: String) -> String {
        var output: [UInt8] = []
        for byte in text.utf8 {
            if isPlain(byte) {
                output.append(byte)
            } else {
                output.append(UInt8(ascii: "%")); output.append(contentsOf: Hex.encode([byte]).utf8)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    static func decoded(_ text: String) -> String? {
        let source = Array(text.utf8)
        var (output, index) = ([UInt8](), 0)
        while index < source.count {
            if isPlain(source[index]) { output.append(source[index]); index += 1; continue }
            guard source[index] == UInt8(ascii: "%"), index + 2 < source.count,
                let byte = Hex.decode(String(decoding: source[index + 1...index + 2], as: UTF8.self))?.first
            else { return nil }
            output.append(byte)
            index += 3
        }
        return String(validating: output, as: UTF8.self)
    }

    static func == (left: SpineField, right: SpineField) -> Bool { left.text == right.text }
    func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
