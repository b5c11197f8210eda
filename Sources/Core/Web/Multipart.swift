/// A file in a form.
public struct UploadedFile: Sendable, Hashable {
    public let field: String
    /// The last component only of the name the browser gave.
    public let name: String
    public let declaredType: String
    public let bytes: [UInt8]

    public init(field: String, name: String, declaredType: String, bytes: [UInt8]) {
        (self.field, self.name, self.declaredType, self.bytes) = (field, name, declaredType, bytes)
    }
}

/// `multipart/form-data` (RFC 7578).
struct Multipart {
    var fields = Fields()
    var files: [UploadedFile] = []

    static let partLimit = 200

    static func parse(_ body: [UInt8], boundary: String) throws(Problem) -> Multipart {
        let delimiter = Array("--\(boundary)".utf8)
        var result = Multipart()
        guard !boundary.isEmpty, var position = find(delimiter, in: body, from: 0) else { throw .unreadableRequest("multipart boundary") }
        var count = 0
        while true {
            position += delimiter.count
            if body[position...].starts(with: "--".utf8) { return result }
            guard body[position...].starts(with: "\r\n".utf8) else { throw .unreadableRequest("multipart delimiter") }
            count += 1
            guard count <= partLimit, let end = find(Array("\r\n".utf8) + delimiter, in: body, from: position) else {
                throw .unreadableRequest("multipart part")
            }
            try result.add(part: body[(position + 2)..<max(end, position + 2)])
            position = end + 2
        }
    }

    private mutating func add(part: ArraySlice<UInt8>) throws(Problem) {
        let gap = Array("\r\n\r\n".utf8)
        guard let split = Multipart.find(gap, in: Array(part), from: 0) else { throw .unreadableRequest("multipart headers") }
        let head = try readableText(part.prefix(split))
        let content = Array(part.dropFirst(split + gap.count))
        var disposition = ""
        var type = "application/octet-stream"
        for line in head.split(separator: "\r\n") {
            let pair = line.split(separator: ":", maxSplits: 1)
            guard pair.count == 2 else { continue }
            switch pair[0].lowercased() {
            case "content-disposition": disposition = trim(String(pair[1]))
            case "content-type": type = trim(String(pair[1]))
            default: break
            }
        }
        guard let name = HeaderParameters.value("name", in: disposition) else { throw .unreadableRequest("multipart name") }
        if let file = HeaderParameters.value("filename", in: disposition) {
            let last = file.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
            // A browser sends an empty part when no file was chosen.
            if !last.isEmpty || !content.isEmpty { files.append(UploadedFile(field: name, name: last, declaredType: type, bytes: content)) }
        } else {
            fields.append(name, try readableText(content))
        }
    }

    static func find(_ needle: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard start <= bytes.count - needle.count else { return nil }
        return bytes.withUnsafeBufferPointer { hay in
            var index = start
            let last = hay.count - needle.count
            while index <= last {
                if hay[index] == needle[0] {
                    var length = 1
                    while length < needle.count, hay[index + length] == needle[length] { length += 1 }
                    if length == needle.count { return index }
                }
                index += 1
            }
            return nil
        }
    }
}

/// Parameters of a header value, as in `form-data; name="a"`.
enum HeaderParameters {
    static func value(_ name: String, in header: String) -> String? {
        for piece in pieces(of: header).dropFirst() {
            let pair = piece.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, trim(String(pair[0])).lowercased() == name else { continue }
            let raw = trim(String(pair[1]))
            guard raw.hasPrefix("\""), raw.hasSuffix("\""), raw.count >= 2 else { return raw }
            // Browsers percent-encode a quote inside the name; older ones put a backslash before it.
            return raw.dropFirst().dropLast().split(separator: "\\\"", omittingEmptySubsequences: false).joined(separator: "\"")
        }
        return nil
    }

    private static func pieces(of header: String) -> [String] {
        var pieces: [String] = [""]
        var quoted = false
        for character in header {
            if character == "\"" { quoted.toggle() }
            if character == ";", !quoted { pieces.append("") } else { pieces[pieces.count - 1].append(character) }
        }
        return pieces
    }
}
