extension Connection {
    /// Adds many rows with few statements.
    ///
    /// - Parameter conflict: what follows the values, such as `ON CONFLICT DO NOTHING`.
    /// - Returns: the number of rows added.
    /// - Throws: `DatabaseError.statement` when a row has not one value per column.
    @discardableResult public func insertMany(
        _ table: String, _ columns: [String], _ rows: some Sequence<[SQLValue]>, conflict: String = ""
    ) throws -> Int {
        guard !columns.isEmpty, columns.count <= BulkLoad.parametersMax else { throw DatabaseError.statement("columns: \(columns.count)") }
        var added = 0
        var waiting: [[SQLValue]] = []
        let most = BulkLoad.rowsMost(columns: columns.count)
        for row in rows {
            guard row.count == columns.count else { throw DatabaseError.statement("\(columns.count) columns and \(row.count) values") }
            waiting.append(row)
            if waiting.count == most {
                added += try insert(table, columns, waiting, conflict)
                waiting.removeAll(keepingCapacity: true)
            }
        }
        var rest = waiting[...]
        while !rest.isEmpty {
            let count = BulkLoad.powerOfTwo(notAbove: rest.count)
            added += try insert(table, columns, Array(rest.prefix(count)), conflict)
            rest = rest.dropFirst(count)
        }
        return added
    }

    private func insert(_ table: String, _ columns: [String], _ rows: [[SQLValue]], _ conflict: String) throws -> Int {
        let width = columns.count
        let places = rows.indices.map { "(\(SQL.parameters(width, from: $0 * width + 1)))" }.joined(separator: ", ")
        let names = columns.map(SQL.quoted).joined(separator: ", ")
        let sql = "INSERT INTO \(SQL.quoted(table)) (\(names)) VALUES \(places) \(conflict)"
        return try changes(sql, rows.flatMap { $0 })
    }
}

/// Statements of a power of two of rows each: few texts, so that they stay compiled.
enum BulkLoad {
    /// Well under SQLite's 32,766 and PostgreSQL's 65,535; more gains nothing.
    static let parametersMax = 2_000
    static let rowsMax = 256

    static func rowsMost(columns: Int) -> Int { powerOfTwo(notAbove: min(rowsMax, max(1, parametersMax / columns))) }

    static func powerOfTwo(notAbove count: Int) -> Int { count < 1 ? 1 : 1 << (Int.bitWidth - 1 - count.leadingZeroBitCount) }
}
