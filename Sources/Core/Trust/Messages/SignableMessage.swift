/// What of an HTTP message signatures can cover, whatever library carries it.
public struct SignableMessage: Sendable {
    public struct Header: Sendable, Hashable {
        public let name: String
        public let value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The parts of a request's target (RFC 9110 section 7.1), as they are on the wire.
    public struct Target: Sendable, Hashable {
        public let scheme: String
        /// Host, with the port unless it is the scheme's own.
        public let authority: String
        /// Absolute and percent-encoded; an empty one counts as `/`.
        public let path: String
        /// Without its question mark; nil when there is none.
        public let query: String?

        public init(scheme: String, authority: String, path: String, query: String? = nil) {
            self.scheme = scheme.lowercased()
            self.authority = authority
            self.path = path.isEmpty ? "/" : path
            self.query = query
        }

        /// From the path and query in one, as HTTP libraries hold them.
        public init(scheme: String, authority: String, pathAndQuery: String) {
            let mark = pathAndQuery.utf8.firstIndex(of: UInt8(ascii: "?"))
            let path = mark.map { String(pathAndQuery[..<$0]) } ?? pathAndQuery
            let query = mark.map { String(pathAndQuery[pathAndQuery.utf8.index(after: $0)...]) }
            self.init(scheme: scheme, authority: authority, path: path, query: query)
        }

        /// From a whole address with a path; nil when it is none of HTTP.
        public init?(url: String) {
            let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 4, parts[1].isEmpty, parts[0] == "http:" || parts[0] == "https:" else { return nil }
            self.init(scheme: String(parts[0].dropLast()), authority: parts[2], pathAndQuery: "/\(parts[3])")
        }

        /// `/path?query`.
        var origin: String { query.map { "\(path)?\($0)" } ?? path }
    }

    enum Start: Sendable {
        case request(method: String, target: Target)
        /// With the request it answers, when the signature binds the two (RFC 9421 section 2.4).
        indirect case response(status: Int, request: SignableMessage?)
    }

    let start: Start
    /// In the order of the message; a name may come several times.
    public var headers: [Header]

    public static func request(method: String, target: Target, headers: [Header]) -> SignableMessage {
        SignableMessage(start: .request(method: method, target: target), headers: headers)
    }

    public static func response(status: Int, headers: [Header], to request: SignableMessage? = nil) -> SignableMessage {
        SignableMessage(start: .response(status: status, request: request), headers: headers)
    }

    /// The combined value of a field (RFC 9421 section 2.1): lines trimmed and joined by a comma and a space; nil when absent.
    func combinedValue(of name: String) -> String? {
        let lines = values(of: name)
        return lines.isEmpty ? nil : lines.joined(separator: ", ")
    }

    /// The field's lines without white space at their ends, folded lines unfolded.
    func values(of name: String) -> [String] {
        headers.filter { SignableMessage.isSame($0.name, name) }.map { SignableMessage.trimmed($0.value) }
    }

    private static func isSame(_ given: String, _ lowercased: String) -> Bool {
        given == lowercased || (given.utf8.count == lowercased.utf8.count && given.lowercased() == lowercased)
    }

    private static func trimmed(_ value: String) -> String {
        var bytes = Array(value.utf8)[...]
        while let first = bytes.first, isSpace(first) { bytes.removeFirst() }
        while let last = bytes.last, isSpace(last) { bytes.removeLast() }
        guard bytes.contains(0x0A) else { return String(decoding: bytes, as: UTF8.self) }
        return unfolded(Array(bytes))
    }

    /// Obsolete line folding (RFC 9112 section 5.2) becomes one space. Any other line end stays, and is refused later.
    private static func unfolded(_ bytes: [UInt8]) -> String {
        var output: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let isEnd = bytes[index] == 0x0A && index + 1 < bytes.count && (bytes[index + 1] == 0x20 || bytes[index + 1] == 0x09)
            guard isEnd else {
                output.append(bytes[index])
                index += 1
                continue
            }
            while let last = output.last, isSpace(last) { output.removeLast() }
            while index < bytes.count, isSpace(bytes[index]) { index += 1 }
            output.append(0x20)
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0D, 0x0A].contains(byte) }
}
