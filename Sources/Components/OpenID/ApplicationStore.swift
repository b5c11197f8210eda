import Contracts
import Database
import Values

/// All SQL of what bodies register, of what is counted at clients, and of ends of sessions they have not taken.
struct ApplicationStore: Sendable {
    private static let columns =
        "client_id, version, body_id, content, state, applicant_id, reviewer_id, reason, created_at, decided_at"

    func insert(_ application: Application, in connection: any Connection) throws {
        try connection.execute(
            "INSERT INTO openid_application (\(Self.columns)) VALUES (\(SQL.parameters(10)))",
            [
                .text(application.clientID), .integer(application.version), .text(application.bodyID), .json(application.content),
                .text(application.state.rawValue), .text(application.applicantID), .optional(application.reviewerID), .optional(application.reason),
                .instant(application.createdAt), .optional(application.decidedAt),
            ])
    }

    /// Newest first.
    func versions(of clientID: String, in connection: any Connection) throws -> [Application] {
        try connection.query(
            "SELECT \(Self.columns) FROM openid_application WHERE client_id = $1 ORDER BY version DESC", [.text(clientID)], Self.read
        ).compactMap(\.self)
    }

    /// The newest version of each system of a body.
    func systems(of bodyID: String, in connection: any Connection) throws -> [Application] {
        let all = try connection.query(
            "SELECT \(Self.columns) FROM openid_application WHERE body_id = $1 ORDER BY client_id, version DESC", [.text(bodyID)], Self.read
        ).compactMap(\.self)
        var seen: Set<String> = []
        return all.filter { seen.insert($0.clientID).inserted }
    }

    /// Oldest first.
    func submitted(limit: Int, in connection: any Connection) throws -> [Application] {
        try connection.query(
            "SELECT \(Self.columns) FROM openid_application WHERE state = 'submitted' ORDER BY created_at, client_id LIMIT $1",
            [.integer(Int64(limit))], Self.read
        ).compactMap(\.self)
    }

    /// False when it is in another state by now.
    func move(
        _ application: Application, to state: Application.State, reviewer: String? = nil, reason: String? = nil, at time: Instant,
        in connection: any Connection
    ) throws -> Bool {
        try connection.changes(
            """
            UPDATE openid_application SET state = $1, reviewer_id = COALESCE($2, reviewer_id), reason = COALESCE($3, reason), decided_at = $4
            WHERE client_id = $5 AND version = $6 AND state = $7
            """,
            [
                .text(state.rawValue), .optional(reviewer), .optional(reason), .instant(time), .text(application.clientID),
                .integer(application.version), .text(application.state.rawValue),
            ]) == 1
    }

    private static func read(_ row: any Row) throws -> Application? {
        try Application.State(rawValue: row.text(4)).map { state in
            Application(
                clientID: try row.text(0), version: try row.int(1), bodyID: try row.text(2), content: try row.json(3), state: state,
                applicantID: try row.text(5), reviewerID: try row.optionalText(6), reason: try row.optionalText(7), createdAt: try row.instant(8),
                decidedAt: try row.optionalInstant(9))
        }
    }

    // MARK: Counts

    /// - Parameter what: `signIn`, or the code of an error that was answered.
    func count(_ what: String, at clientID: String, on day: CalendarDate, in connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO openid_count (client_id, day, what, part, number) VALUES ($1, $2, $3, $4, 1)
            ON CONFLICT (client_id, day, what, part) DO UPDATE SET number = openid_count.number + 1
            """, [.text(clientID), .date(day), .text(what), .integer(Int64.random(in: 0..<16))])
    }

    struct Count: Sendable, Hashable {
        let day: CalendarDate
        let what: String
        let number: Int64
    }

    /// Newest day first.
    func counts(of clientID: String, since day: CalendarDate, in connection: any Connection) throws -> [Count] {
        try connection.query(
            """
            SELECT day, what, CAST(SUM(number) AS BIGINT) FROM openid_count WHERE client_id = $1 AND day >= $2
            GROUP BY day, what ORDER BY day DESC, what
            """, [.text(clientID), .date(day)]
        ) { Count(day: try $0.date(0), what: try $0.text(1), number: try $0.int(2)) }
    }

    // MARK: Ends of sessions

    struct Untaken: Sendable, Hashable {
        let sessionID: String
        let subjectID: String
        let tries: Int64
        let status: Int64
        let isRefused: Bool
        let at: Instant
    }

    func untaken(
        _ clientID: String, subject: String, session: String, status: Int, isRefused: Bool, at time: Instant, in connection: any Connection
    ) throws {
        try connection.execute(
            """
            INSERT INTO openid_logout (client_id, session_id, subject_id, tries, status, is_refused, at) VALUES ($1, $2, $3, 1, $4, $5, $6)
            ON CONFLICT (client_id, session_id) DO UPDATE SET tries = openid_logout.tries + 1, status = excluded.status,
            is_refused = excluded.is_refused, at = excluded.at
            """,
            [.text(clientID), .text(session), .text(subject), .integer(Int64(status)), .bool(isRefused), .instant(time)])
    }

    func taken(_ clientID: String, session: String, in connection: any Connection) throws {
        try connection.execute("DELETE FROM openid_logout WHERE client_id = $1 AND session_id = $2", [.text(clientID), .text(session)])
    }

    /// Newest first.
    func untaken(by clientID: String, limit: Int, in connection: any Connection) throws -> [Untaken] {
        try connection.query(
            """
            SELECT session_id, subject_id, tries, status, is_refused, at FROM openid_logout WHERE client_id = $1 ORDER BY at DESC, session_id LIMIT $2
            """, [.text(clientID), .integer(Int64(limit))]
        ) { row in
            Untaken(
                sessionID: try row.text(0), subjectID: try row.text(1), tries: try row.int(2), status: try row.int(3), isRefused: try row.bool(4),
                at: try row.instant(5))
        }
    }

    func forgetUntaken(before time: Instant, in connection: any Connection) throws {
        try connection.execute("DELETE FROM openid_logout WHERE at < $1", [.instant(time)])
    }
}
