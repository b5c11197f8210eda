/// Where the data lives, as the setting `ZAMIN_DATABASE_URL` says it.
public enum DatabaseURL: Sendable, Hashable {
    case sqlite(path: String)
    case postgres(String)

    /// `postgres://…` or `postgresql://…`; `sqlite:path`; nothing, which is `zamin.sqlite` in the data folder.
    ///
    /// - Throws: `DatabaseError.unavailable` for anything else. The text is not repeated: it may hold a password.
    public init(_ text: String?, dataFolder: String) throws(DatabaseError) {
        guard let text, !text.isEmpty else {
            self = .sqlite(path: dataFolder + "/zamin.sqlite")
            return
        }
        if text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") {
            self = .postgres(text)
        } else if text.hasPrefix("sqlite:"), text.count > 7 {
            self = .sqlite(path: String(text.dropFirst(7)))
        } else {
            throw .unavailable("a database URL is postgres://… or sqlite:path")
        }
    }
}

/// Opens the store that `url` names; see `DatabaseURL`.
public func openDatabase(url: String?, dataFolder: String) throws -> any Database {
    switch try DatabaseURL(url, dataFolder: dataFolder) {
    case .sqlite(let path): try SQLiteDatabase(path: path)
    case .postgres(let url): try PostgresDatabase(url: url)
    }
}
