internal import CLibPQ

/// Arguments in the form libpq takes them.
///
/// A parameter is declared with the type of the value it is first used with: `int8`, `float8`, `text`, `bytea`. Left undeclared,
/// PostgreSQL would guess from its neighbourhood, and `$1 + 1` would be an `int4` that overflows. From the declared types it converts
/// by itself wherever the schema has a narrower one (`int8` into an `INTEGER` column). A NULL says nothing of its type and is left to
/// the server; only a NULL that nothing in the statement gives a type (`SELECT $1 IS NULL`) needs a cast in the SQL.
///
/// Integers and reals travel as text, so that they fit whatever the server decided; blobs travel as they are.
struct PostgresArguments {
    private var bytes: [UInt8] = []
    private var starts: [Int?] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    init(_ arguments: [SQLValue]) {
        for argument in arguments {
            switch argument {
            case .null: append(nil)
            case .integer(let number): append(Array(String(number).utf8))
            case .real(let number): append(Array(Self.text(number).utf8))
            case .text(let text): append(Array(text.utf8))
            case .blob(let blob): append(blob, format: 1)
            }
        }
    }

    /// 1 when the statement was put on its way.
    func send(_ connection: OpaquePointer, _ statement: String) -> Int32 {
        bytes.withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { buffer in
                let values = starts.map { start in start.flatMap { place in buffer.baseAddress.map { $0 + place } } }
                return PQsendQueryPrepared(connection, statement, Int32(values.count), values, lengths, formats, 1)
            }
        }
    }

    static func type(_ value: SQLValue) -> Oid {
        switch value {
        case .null: 0
        case .integer: PostgresType.int8
        case .real: PostgresType.float8
        case .text: PostgresType.text
        case .blob: PostgresType.bytea
        }
    }

    /// True when a statement whose parameter has this type can take this value.
    static func fits(_ value: SQLValue, _ type: Oid) -> Bool {
        switch value {
        case .null: true
        case .integer: PostgresType.integers.contains(type)
        case .real: type == PostgresType.float8
        case .text: type == PostgresType.text
        case .blob: type == PostgresType.bytea
        }
    }

    /// Every value ends in a zero byte, so that an empty one has an address too.
    private mutating func append(_ value: [UInt8]?, format: Int32 = 0) {
        starts.append(value.map { _ in bytes.count })
        lengths.append(Int32(clamping: value?.count ?? 0))
        formats.append(format)
        bytes.append(contentsOf: value ?? [])
        bytes.append(0)
    }

    private static func text(_ number: Double) -> String {
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        return "\(number)"
    }
}
