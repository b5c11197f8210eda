extension Connection {
    /// Whether this transaction is now the only one that holds the lock of a name; it lets go of it when it ends. Nobody waits. SQLite has one
    /// writer at a time anyway, so there the answer is yes. PostgreSQL: `pg_try_advisory_xact_lock`.
    ///
    /// On PostgreSQL the transaction may still see the rows as they were before the former holder committed; what it then changes collides with
    /// that and is tried again by `write`.
    public func tryLock(_ name: String) throws -> Bool {
        guard dialect == .postgres else { return true }
        let isHeld = try first("SELECT CASE WHEN pg_try_advisory_xact_lock(hashtext($1)) THEN 1 ELSE 0 END", [.text(name)]) { try $0.int(0) }
        return isHeld == 1
    }
}
