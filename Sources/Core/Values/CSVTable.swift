/// Comma-separated values with a header row (RFC 4180), also with a UTF-8 byte order mark and with bare line feeds.
///
///     let table = try CSVTable(bytes)
///     let name = try table.column("name")
///     for row in table.rows { print(row[name]) }
public struct CSVTable: Sendable, Hashable {
    public let header: [String]
    /// Each with exactly as many fields as the header.
    public let rows: [[String]]

    /// Throws as `records` does, and for a row of another width than the header.
    public init(_ bytes: [UInt8]) throws(CSVError) {
        var reader = try CSVReader(bytes: bytes)
        var rows = try reader.rows()
        guard !rows.isEmpty else { throw CSVError(line: 1, reason: "there is no header") }
        header = rows.removeFirst().fields
        for row in rows where row.fields.count != header.count {
            throw CSVError(line: row.line, reason: "\(row.fields.count) fields where the header has \(header.count)")
        }
        self.rows = rows.map(\.fields)
    }

    /// All lines, the header too, whatever their width. Throws for bytes that are not UTF-8, an open quotation mark and text behind a
    /// closing one.
    public static func records(_ bytes: [UInt8]) throws(CSVError) -> [[String]] {
        var reader = try CSVReader(bytes: bytes)
        return try reader.rows().map(\.fields)
    }

    /// The place of a column, or an error that names it.
    public func column(_ name: String) throws(CSVError) -> Int {
        guard let index = header.firstIndex(of: name) else { throw CSVError(line: 1, reason: "there is no column \(name)") }
        return index
    }
}

public struct CSVError: Error, Sendable, Hashable, CustomStringConvertible {
    /// From 1.
    public let line: Int
    public let reason: String
    public init(line: Int, reason: String) { (self.line, self.reason) = (line, reason) }
    public var description: String { "line \(line): \(reason)" }
}

private struct CSVReader {
    let bytes: [UInt8]
    private var position = 0
    private var line = 1

    private static let quote = UInt8(ascii: "\""), comma = UInt8(ascii: ",")
    private static let lineFeed = UInt8(ascii: "\n"), carriageReturn = UInt8(ascii: "\r")

    init(bytes: [UInt8]) throws(CSVError) {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw CSVError(line: 1, reason: "not UTF-8") }
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    mutating func rows() throws(CSVError) -> [(line: Int, fields: [String])] {
        var rows: [(line: Int, fields: [String])] = []
        while position < bytes.count {
            let first = line
            var fields = [try field()]
            while position < bytes.count, bytes[position] == CSVReader.comma {
                position += 1
                fields.append(try field())
            }
            endLine()
            // An empty line is no row.
            if fields != [""] { rows.append((first, fields)) }
        }
        return rows
    }

    private mutating func endLine() {
        if position < bytes.count, bytes[position] == CSVReader.carriageReturn { position += 1 }
        if position < bytes.count, bytes[position] == CSVReader.lineFeed { position += 1 }
        line += 1
    }

    private mutating func field() throws(CSVError) -> String {
        guard position < bytes.count, bytes[position] == CSVReader.quote else { return plainField() }
        let opened = line
        var content: [UInt8] = []
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == CSVReader.quote {
                guard position < bytes.count, bytes[position] == CSVReader.quote else {
                    guard position == bytes.count || isEnd(bytes[position]) else {
                        throw CSVError(line: line, reason: "text behind a quoted field")
                    }
                    return String(decoding: content, as: UTF8.self)
                }
                position += 1
            } else if byte == CSVReader.lineFeed {
                line += 1
            }
            content.append(byte)
        }
        throw CSVError(line: opened, reason: "a quotation mark is not closed")
    }

    private mutating func plainField() -> String {
        let start = position
        while position < bytes.count, !isEnd(bytes[position]) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private func isEnd(_ byte: UInt8) -> Bool { byte == CSVReader.comma || byte == CSVReader.lineFeed || byte == CSVReader.carriageReturn }
}
