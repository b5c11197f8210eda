import Contracts
import Database
import Values

/// All SQL of alarms and what is said of them.
struct PrivacyStore: Sendable {
    /// Up to where the log has been read, and the last day that has been counted. Nobody else reads on until the transaction ends.
    func takeTurn(in connection: any Connection) throws -> (sequence: Int64, countedUntil: CalendarDate?) {
        try connection.execute("UPDATE audit_watch SET turns = turns + 1 WHERE id = 1", [])
        return try connection.first("SELECT sequence, counted_until FROM audit_watch WHERE id = 1", []) {
            (try $0.int(0), CalendarDate(try $0.text(1)))
        } ?? (-1, nil)
    }

    func setSequence(_ sequence: Int64, in connection: any Connection) throws {
        try connection.execute("UPDATE audit_watch SET sequence = $1 WHERE id = 1", [.integer(sequence)])
    }

    func setCounted(until day: CalendarDate, in connection: any Connection) throws {
        try connection.execute("UPDATE audit_watch SET counted_until = $1 WHERE id = 1", [.text(day.description)])
        try connection.execute("DELETE FROM audit_tally WHERE day <= $1", [.text(day.description)])
    }

    func tally(_ look: Look, in connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO audit_tally (body_id, day, role, officer_id, officer_name, subject_id) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (body_id, day, role, officer_id, subject_id) DO NOTHING
            """,
            [
                .text(look.bodyID), .text(look.day.description), .text(look.role), .text(look.officerID), .text(look.officerName),
                .text(look.subjectID),
            ])
    }

    /// At how many people an officer looked on a day.
    struct Tally: Sendable, Hashable {
        let bodyID: String
        let day: CalendarDate
        let role: String
        let officerID: String
        let officerName: String
        let people: Int
    }

    func tallies(until day: CalendarDate, in connection: any Connection) throws -> [Tally] {
        try connection.query(
            """
            SELECT body_id, day, role, officer_id, max(officer_name), count(*) FROM audit_tally WHERE day <= $1
            GROUP BY body_id, day, role, officer_id ORDER BY body_id, day, role, officer_id
            """, [.text(day.description)]
        ) { row in
            Tally(
                bodyID: try row.text(0), day: CalendarDate(try row.text(1)) ?? day, role: try row.text(2), officerID: try row.text(3),
                officerName: try row.text(4), people: Int(try row.int(5)))
        }
    }

    // MARK: Alarms

    private static let columns = """
        body_id, id, officer_id, officer_name, role, subject_id, day, kinds, looks, usual, visibility, raised_at, due_on, verdict
        """

    private static func alarm(_ row: any Row) throws -> Alarm {
        let (subject, day, visibility) = (try row.text(5), CalendarDate(try row.text(6)), try row.text(10))
        return Alarm(
            bodyID: try row.text(0), id: try row.text(1), officerID: try row.text(2), officerName: try row.text(3), role: try row.text(4),
            subjectID: subject.isEmpty ? nil : subject, day: day ?? CalendarDate(daysSince1970: 0),
            kinds: try row.text(7).split(separator: " ").compactMap { AlarmKind(rawValue: String($0)) }, looks: Int(try row.int(8)),
            usual: try row.optionalInt(9).map { Int($0) }, visibility: visibility.isEmpty ? .now : LookVisibility(json: try JSON.parse(visibility)) ?? .now,
            raisedAt: try row.instant(11), dueOn: CalendarDate(try row.text(12)) ?? CalendarDate(daysSince1970: 0),
            verdict: try row.optionalText(13).flatMap(Alarm.Verdict.init))
    }

    /// The one that nobody has judged yet, to which a further look is added.
    func waiting(_ look: Look, in connection: any Connection) throws -> Alarm? {
        try connection.query(
            """
            SELECT \(PrivacyStore.columns) FROM audit_alarm
            WHERE body_id = $1 AND officer_id = $2 AND day = $3 AND subject_id = $4 AND role = $5 AND verdict IS NULL
            """, [.text(look.bodyID), .text(look.officerID), .text(look.day.description), .text(look.subjectID), .text(look.role)],
            PrivacyStore.alarm
        ).first { $0.visibility == look.visibility }
    }

    func insert(_ alarm: Alarm, in connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO audit_alarm (\(PrivacyStore.columns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, NULL)
            """,
            [
                .text(alarm.bodyID), .text(alarm.id), .text(alarm.officerID), .text(alarm.officerName), .text(alarm.role),
                .text(alarm.subjectID ?? ""), .text(alarm.day.description), .text(PrivacyStore.text(alarm.kinds)), .integer(Int64(alarm.looks)),
                .optional(alarm.usual.map(Int64.init)), .text(alarm.visibility == .now ? "" : alarm.visibility.json.text), .instant(alarm.raisedAt),
                .text(alarm.dueOn.description),
            ])
    }

    func update(_ alarm: Alarm, in connection: any Connection) throws {
        try connection.execute(
            "UPDATE audit_alarm SET kinds = $1, looks = $2 WHERE body_id = $3 AND id = $4",
            [.text(PrivacyStore.text(alarm.kinds)), .integer(Int64(alarm.looks)), .text(alarm.bodyID), .text(alarm.id)])
    }

    private static func text(_ kinds: [AlarmKind]) -> String { kinds.map(\.rawValue).joined(separator: " ") }

    func add(_ look: Look, to alarm: Alarm, in connection: any Connection) throws {
        try connection.execute(
            "INSERT INTO audit_alarm_look (subject_id, entry_id, body_id, alarm_id) VALUES ($1, $2, $3, $4)",
            [.text(look.subjectID), .text(look.entryID), .text(alarm.bodyID), .text(alarm.id)])
    }

    /// A body's alarms that a privacy officer may judge: none about her own looks, and none about looks at herself, of which she learns on
    /// her own page when everybody does. Those that wait come first, the oldest before the others.
    func alarms(of bodyID: String, isJudged: Bool, for officerID: String, limit: Int, in connection: any Connection) throws -> [Alarm] {
        try connection.query(
            """
            SELECT \(PrivacyStore.columns) FROM audit_alarm
            WHERE body_id = $1 AND officer_id <> $2 AND subject_id <> $3 AND verdict IS \(isJudged ? "NOT NULL" : "NULL")
            ORDER BY \(isJudged ? "judged_at DESC, id DESC" : "due_on, id") LIMIT $4
            """, [.text(bodyID), .text(officerID), .text(officerID), .integer(Int64(limit))], PrivacyStore.alarm)
    }

    func alarm(_ id: String, of bodyID: String, for officerID: String, in connection: any Connection) throws -> Alarm? {
        try connection.first(
            """
            SELECT \(PrivacyStore.columns) FROM audit_alarm WHERE body_id = $1 AND id = $2 AND officer_id <> $3 AND subject_id <> $4
            """, [.text(bodyID), .text(id), .text(officerID), .text(officerID)], PrivacyStore.alarm)
    }

    /// The entries of the log that an alarm is about, oldest first.
    func looks(of alarm: Alarm, limit: Int, in connection: any Connection) throws -> [AuditRecord] {
        try connection.query(
            """
            SELECT e.id, e.content FROM audit_alarm_look l JOIN audit_entry e ON e.subject_id = l.subject_id AND e.id = l.entry_id
            WHERE l.body_id = $1 AND l.alarm_id = $2 ORDER BY e.id LIMIT $3
            """, [.text(alarm.bodyID), .text(alarm.id), .integer(Int64(limit))]
        ) { AuditRecord(id: try $0.text(0), content: try $0.json(1)) }
    }

    // MARK: Reviews

    func append(_ review: AlarmReview, to alarm: Alarm, in connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO audit_review (body_id, alarm_id, id, officer_id, officer_name, verdict, reason, at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            [
                .text(alarm.bodyID), .text(alarm.id), .text(review.id), .text(review.officerID), .text(review.officerName),
                .text(review.verdict.rawValue), .text(review.reason), .instant(review.at),
            ])
        try connection.execute(
            "UPDATE audit_alarm SET verdict = $1, judged_at = $2 WHERE body_id = $3 AND id = $4",
            [.text(review.verdict.rawValue), .instant(review.at), .text(alarm.bodyID), .text(alarm.id)])
    }

    func reviews(of alarm: Alarm, in connection: any Connection) throws -> [AlarmReview] {
        try connection.query(
            """
            SELECT id, officer_id, officer_name, verdict, reason, at FROM audit_review WHERE body_id = $1 AND alarm_id = $2 ORDER BY id
            """, [.text(alarm.bodyID), .text(alarm.id)]
        ) { row in
            AlarmReview(
                id: try row.text(0), officerID: try row.text(1), officerName: try row.text(2),
                verdict: Alarm.Verdict(rawValue: try row.text(3)) ?? .unjustified, reason: try row.text(4), at: try row.instant(5))
        }
    }

    /// What was said of looks at a person, by the ids of their entries.
    func verdicts(about subjectID: String, in connection: any Connection) throws -> [String: (verdict: Alarm.Verdict, at: Instant)] {
        let rows = try connection.query(
            """
            SELECT l.entry_id, a.verdict, a.judged_at FROM audit_alarm_look l JOIN audit_alarm a ON a.body_id = l.body_id AND a.id = l.alarm_id
            WHERE l.subject_id = $1 AND a.verdict IS NOT NULL
            """, [.text(subjectID)]
        ) { row in (entry: try row.text(0), verdict: Alarm.Verdict(rawValue: try row.text(1)) ?? .unjustified, at: try row.instant(2)) }
        return rows.reduce(into: [:]) { $0[$1.entry] = ($1.verdict, $1.at) }
    }
}
