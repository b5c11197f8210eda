/// What the server, or the line to it, answered instead of a result.
struct PostgresFailure: Error {
    /// SQLSTATE (https://www.postgresql.org/docs/15/errcodes-appendix.html), empty when the line was lost.
    let state: String
    let error: DatabaseError
    let isLost: Bool

    init(lost message: String) {
        state = ""
        error = .unavailable(message.isEmpty ? "the connection to PostgreSQL was lost" : message)
        isLost = true
    }

    /// Our own refusal, before the server saw anything.
    init(refused error: DatabaseError) {
        state = ""
        self.error = error
        isLost = false
    }

    init(_ result: PostgresResult, isLost: Bool) {
        state = result.field("C")
        self.isLost = isLost
        let message = "\(result.field("M")) (PostgreSQL \(state))"
        switch state.prefix(2) {
        case _ where isLost: error = .unavailable(message)
        case "23": error = Self.constraint(state, result)
        case "53" where state == "53100": error = .full
        // Too many connections, memory, disk I/O, the server stopping, the line failing.
        case "53", "58", "08": error = .unavailable(message)
        case "57" where state != "57014": error = .unavailable(message)
        default: error = .statement(message)
        }
    }

    /// True when the same transaction, run again from its start, may well succeed: it lost against another one (40001, 40P01), or a
    /// statement was compiled before a migration changed its table (0A000) or has been dropped by a pooler between us (26000).
    var isWorthRetrying: Bool {
        switch state {
        case "40001", "40P01", "26000": true
        case "0A000": error == .statement("cached plan must not change result type (PostgreSQL 0A000)")
        default: false
        }
    }

    /// True when the compiled statements are to blame.
    var isOfStatements: Bool { state == "0A000" || state == "26000" }

    private static func constraint(_ state: String, _ result: PostgresResult) -> DatabaseError {
        switch state {
        case "23505", "23P01": .constraint(.unique, result.field("n"))
        case "23503": .constraint(.foreignKey, result.field("n"))
        case "23502": .constraint(.notNull, "\(result.field("t")).\(result.field("c"))")
        case "23514": .constraint(.check, result.field("n"))
        default: .constraint(.other, result.field("n"))
        }
    }
}
