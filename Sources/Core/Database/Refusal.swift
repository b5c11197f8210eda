extension DatabaseError {
    /// What a broken constraint is called in `.constraint`: a kind from this list, a space, and the engine's own name for it:
    /// `unique person_email_key` on PostgreSQL, `unique person.email` on SQLite, which has no name to give. Never a value.
    enum ConstraintKind: String { case unique, foreignKey = "foreign_key", notNull = "not_null", check, other }

    static func constraint(_ kind: ConstraintKind, _ name: String) -> DatabaseError {
        .constraint(name.isEmpty ? kind.rawValue : "\(kind.rawValue) \(name)")
    }

    /// True when a row with the same key is there already.
    public var isUniqueViolation: Bool { breaks(.unique) }

    /// True when the row that was pointed at is missing, or still pointed at by another.
    public var isForeignKeyViolation: Bool { breaks(.foreignKey) }

    /// U+0000 in a text: PostgreSQL cannot hold it, so neither store takes it.
    public static let nulInText = DatabaseError.constraint(.check, "text_without_nul")

    private func breaks(_ kind: ConstraintKind) -> Bool {
        guard case .constraint(let text) = self else { return false }
        return text == kind.rawValue || text.hasPrefix(kind.rawValue + " ")
    }
}

extension Dialect {
    /// What ends a `SELECT` that takes work from a queue: rows another worker holds are passed over. SQLite has one writer at a
    /// time and needs nothing.
    public var skipLocked: String {
        switch self {
        case .sqlite: ""
        case .postgres: "FOR UPDATE SKIP LOCKED"
        }
    }
}
