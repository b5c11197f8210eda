internal import CLibPQ

/// One row of a `PostgresResult`, decoded by the type the server says each column has. A `numeric` (what `sum` of a `BIGINT` is) reads
/// as text, and as an integer when it is whole: SQLite's `sum` is an integer too.
struct PostgresRow: Row {
    let result: PostgresResult
    let pointer: OpaquePointer
    let row: Int32

    func text(_ index: Int) throws -> String {
        let type = try type(index)
        let bytes = try bytes(index, "text")
        if PostgresType.texts.contains(type) { return String(decoding: bytes, as: UTF8.self) }
        guard type == PostgresType.numeric, let text = PostgresNumeric.text(bytes) else { throw unexpected(index, "text") }
        return text
    }

    func int(_ index: Int) throws -> Int64 {
        let type = try type(index)
        let bytes = try bytes(index, "an integer")
        switch (type, bytes.count) {
        case (PostgresType.int8, 8): return Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
        case (PostgresType.int4, 4): return Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
        case (PostgresType.int2, 2): return Int64(Int16(bigEndian: bytes.loadUnaligned(as: Int16.self)))
        case (PostgresType.bool, 1): return bytes[0] == 0 ? 0 : 1
        case (PostgresType.numeric, _):
            if let number = PostgresNumeric.text(bytes).flatMap(Int64.init) { return number }
            throw unexpected(index, "an integer")
        default: throw unexpected(index, "an integer")
        }
    }

    func real(_ index: Int) throws -> Double {
        let type = try type(index)
        let bytes = try bytes(index, "a real")
        switch (type, bytes.count) {
        case (PostgresType.float8, 8): return Double(bitPattern: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)))
        case (PostgresType.float4, 4): return Double(Float(bitPattern: UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self))))
        case (PostgresType.numeric, _):
            if let number = PostgresNumeric.text(bytes).flatMap(Double.init) { return number }
            throw unexpected(index, "a real")
        case _ where PostgresType.integers.contains(type): return Double(try int(index))
        default: throw unexpected(index, "a real")
        }
    }

    func blob(_ index: Int) throws -> [UInt8] {
        guard try type(index) == PostgresType.bytea else { throw unexpected(index, "a blob") }
        return Array(try bytes(index, "a blob"))
    }

    func isNull(_ index: Int) throws -> Bool {
        _ = try type(index)
        return PQgetisnull(pointer, row, Int32(index)) == 1
    }

    private func type(_ index: Int) throws(DatabaseError) -> Oid {
        guard index >= 0, index < Int(PQnfields(pointer)) else { throw unexpected(index, "a column") }
        return PQftype(pointer, Int32(index))
    }

    private func bytes(_ index: Int, _ expected: String) throws(DatabaseError) -> UnsafeRawBufferPointer {
        guard PQgetisnull(pointer, row, Int32(index)) == 0 else { throw unexpected(index, expected) }
        return UnsafeRawBufferPointer(
            start: PQgetvalue(pointer, row, Int32(index)), count: Int(PQgetlength(pointer, row, Int32(index))))
    }

    private func unexpected(_ index: Int, _ expected: String) -> DatabaseError { .unexpectedValue(column: index, expected: expected) }
}

/// The binary form of `numeric`: digits in base 10,000, the first of them worth 10,000^weight (src/backend/utils/adt/numeric.c,
/// `numeric_send`).
enum PostgresNumeric {
    static func text(_ bytes: UnsafeRawBufferPointer) -> String? {
        guard bytes.count >= 8 else { return nil }
        func word(_ index: Int) -> Int { Int(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self))) }
        let (count, sign, scale) = (word(0), word(2), word(3))
        let weight = Int(Int16(bitPattern: UInt16(word(1))))
        guard bytes.count == 8 + count * 2, sign == 0 || sign == 0x4000 else { return nil }  // else NaN or an infinity
        func digits(_ place: Int) -> String {
            let text = place >= 0 && place < count ? String(word(4 + place)) : "0"
            return String(repeating: "0", count: max(0, 4 - text.count)) + text
        }
        let whole = weight < 0 ? "0" : String((0...weight).map(digits).joined().drop { $0 == "0" })
        let fraction = String((0..<(scale + 3) / 4).map { digits(weight + 1 + $0) }.joined().prefix(scale))
        return (sign == 0 ? "" : "-") + (whole.isEmpty ? "0" : whole) + (fraction.isEmpty ? "" : "." + fraction)
    }
}
