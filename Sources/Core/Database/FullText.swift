/// A full-text index over documents of lexemes. What a lexeme is (stems, without points, in five languages) the caller's analyser
/// decides; here words are compared byte by byte, but for the case of ASCII letters, and cut at no sign.
///
/// SQLite: an FTS5 table and a table of ids beside it. PostgreSQL: a `tsvector` with a GIN index. Both weigh four fields, A most;
/// the ranks are `bm25` and `ts_rank`, so they order answers and are not comparable between the stores.
public struct FullText: Sendable {
    /// How much a field tells of what the document is about.
    public enum Weight: String, Sendable, CaseIterable, Comparable {
        case a = "A", b = "B", c = "C", d = "D"

        public static func < (left: Weight, right: Weight) -> Bool { left.rawValue < right.rawValue }
    }

    /// Limits of a search: groups that must all match, lexemes in one group, answers.
    public static let groupsMax = 32
    public static let alternativesMax = 64
    public static let answersMax = 1_000

    let table: String

    /// - Parameter table: with the prefix of the module that owns it.
    public init(table: String) { self.table = table }

    private var name: String { SQL.quoted(table) }
    private var ids: String { SQL.quoted(table + "_document") }

    /// For a migration, or to be run once.
    public func createStatements(_ dialect: Dialect) -> [String] {
        switch dialect {
        case .sqlite:
            [
                "CREATE TABLE \(ids) (document INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE)",
                "CREATE VIRTUAL TABLE \(name) USING fts5(a, b, c, d, tokenize=\(Lexeme.tokenizer))",
            ]
        case .postgres:
            [
                "CREATE TABLE \(name) (id TEXT PRIMARY KEY, lexemes TSVECTOR NOT NULL)",
                "CREATE INDEX \(SQL.quoted(table + "_lexemes")) ON \(name) USING GIN (lexemes)",
            ]
        }
    }

    /// Puts a document in, in place of what had this id. Two fields of one weight are one field.
    public func replace(_ connection: any Connection, id: String, fields: [(weight: Weight, lexemes: [String])]) throws {
        try remove(connection, id: id)
        let clean = Weight.allCases.map { weight in
            fields.filter { $0.weight == weight }.flatMap(\.lexemes).compactMap(Lexeme.clean)
        }
        switch connection.dialect {
        case .sqlite:
            let document = try connection.first(
                "INSERT INTO \(ids) (id) VALUES ($1) RETURNING document", [.text(id)]) { try $0.int(0) } ?? 0
            try connection.execute(
                "INSERT INTO \(name) (rowid, a, b, c, d) VALUES ($1, $2, $3, $4, $5)",
                [.integer(document)] + clean.map { .text($0.joined(separator: " ")) })
        case .postgres:
            try connection.execute(
                "INSERT INTO \(name) (id, lexemes) VALUES ($1, $2::tsvector)", [.text(id), .text(Lexeme.vector(clean))])
        }
    }

    /// Nothing happens when there is no such document.
    public func remove(_ connection: any Connection, id: String) throws {
        guard connection.dialect == .sqlite else {
            try connection.execute("DELETE FROM \(name) WHERE id = $1", [.text(id)])
            return
        }
        let documents = try connection.query("DELETE FROM \(ids) WHERE id = $1 RETURNING document", [.text(id)]) { try $0.int(0) }
        for document in documents { try connection.execute("DELETE FROM \(name) WHERE rowid = $1", [.integer(document)]) }
    }

    /// The documents that hold a lexeme of every group, best first, then by id. A lexeme that ends in `*` stands for all that begin so.
    /// A group with no usable lexeme matches nothing, and so does a search with no group.
    public func search(_ connection: any Connection, allOf groups: [[String]], limit: Int) throws -> [(id: String, rank: Double)] {
        let clean = groups.prefix(Self.groupsMax).map { $0.prefix(Self.alternativesMax).compactMap(Lexeme.wanted) }
        guard !clean.isEmpty, clean.allSatisfy({ !$0.isEmpty }), limit > 0 else { return [] }
        let most = SQLValue.integer(Int64(min(limit, Self.answersMax)))
        switch connection.dialect {
        case .sqlite:
            let sql = """
                SELECT d.id, -bm25(\(name), 10.0, 4.0, 2.0, 1.0) AS score FROM \(name)
                JOIN \(ids) AS d ON d.document = \(name).rowid WHERE \(name) MATCH $1 ORDER BY score DESC, d.id LIMIT $2
                """
            return try connection.query(sql, [.text(Lexeme.match(clean)), most]) { (try $0.text(0), try $0.real(1)) }
        case .postgres:
            let sql = """
                SELECT id, ts_rank('{0.1, 0.2, 0.4, 1.0}', lexemes, query) AS score FROM \(name), CAST($1 AS tsquery) AS query
                WHERE lexemes @@ query ORDER BY score DESC, id COLLATE "C" LIMIT $2
                """
            return try connection.query(sql, [.text(Lexeme.tsquery(clean)), most]) { (try $0.text(0), try $0.real(1)) }
        }
    }
}
