internal import CLibPQ

/// The type identifiers of PostgreSQL (its catalogue `pg_type`) that we read or send.
enum PostgresType {
    static let bool: Oid = 16
    static let bytea: Oid = 17
    static let int8: Oid = 20
    static let int2: Oid = 21
    static let int4: Oid = 23
    static let text: Oid = 25
    static let json: Oid = 114
    static let float4: Oid = 700
    static let float8: Oid = 701
    static let unknown: Oid = 705
    static let bpchar: Oid = 1042
    static let varchar: Oid = 1043
    static let numeric: Oid = 1700
    static let name: Oid = 19

    static let texts: Set<Oid> = [text, varchar, bpchar, name, json, unknown]
    static let integers: Set<Oid> = [int8, int4, int2]
}

/// An answer of the server, freed with the last reference to it. Columns come in binary.
final class PostgresResult {
    private let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }
    deinit { PQclear(pointer) }

    var isError: Bool {
        switch PQresultStatus(pointer) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: false
        default: true
        }
    }

    var rowCount: Int32 { PQntuples(pointer) }

    /// `COMMIT`, `INSERT 0 1` …
    var tag: String { String(cString: PQcmdStatus(pointer)) }

    var rowsChanged: Int { tag.hasPrefix("SELECT") ? 0 : Int(String(cString: PQcmdTuples(pointer))) ?? 0 }

    /// What the server took the parameters of a statement to be, after `PQdescribePrepared`.
    var parameterTypes: [Oid] { (0..<PQnparams(pointer)).map { PQparamtype(pointer, $0) } }

    /// A field of an error by its letter (https://www.postgresql.org/docs/15/protocol-error-fields.html).
    func field(_ letter: Character) -> String {
        guard let code = letter.asciiValue, let text = PQresultErrorField(pointer, Int32(code)) else { return "" }
        return String(cString: text)
    }

    func row(_ index: Int32) -> PostgresRow { PostgresRow(result: self, pointer: pointer, row: index) }
}
