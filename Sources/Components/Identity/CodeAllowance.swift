import Contracts
import Database
import Language
import Trust
import Values

/// How many codes one person is sent, and how many may be wrong, within an hour, over all devices and addresses together. Whoever comes so
/// far knows her password: trying from ever other places must not give more guesses, nor fill her mailbox. When it is used up, new devices
/// wait for the hour to end; those she has signed in from before do not.
enum CodeAllowance: String, Sendable, CaseIterable {
    case sent = "code-sent"
    case wrong = "code-wrong"

    static let perHour = 30
    static let windowSeconds: Int64 = 3_600
}

extension IdentityStore {
    /// Counts one more. True when with it the allowance is used up: once in the hour.
    func count(_ use: CodeAllowance, of subjectID: String, at time: Instant, in connection: any Connection) throws -> Bool {
        let counted = try connection.first(
            """
            INSERT INTO identity_attempt (attempt_key, failures, first_at, last_at) VALUES ($1, 1, $2, $2)
            ON CONFLICT (attempt_key) DO UPDATE SET
            failures = CASE WHEN identity_attempt.first_at <= $3 THEN 1 ELSE identity_attempt.failures + 1 END,
            first_at = CASE WHEN identity_attempt.first_at <= $3 THEN excluded.first_at ELSE identity_attempt.first_at END,
            last_at = excluded.last_at
            RETURNING failures
            """,
            [.text(allowanceKey(use, subjectID)), .instant(time), .instant(time.adding(seconds: -CodeAllowance.windowSeconds))]
        ) { try $0.int(0) }
        return counted == Int64(CodeAllowance.perHour)
    }

    /// Seconds until a device the person has never signed in from may go on; 0 while there is something left.
    func secondsForNewDevices(
        of subjectID: String, for uses: [CodeAllowance], at time: Instant, in connection: any Connection
    ) throws -> Int {
        let ends = try uses.map { use -> Int in
            let start = try connection.first(
                "SELECT first_at FROM identity_attempt WHERE attempt_key = $1 AND failures >= $2",
                [.text(allowanceKey(use, subjectID)), .integer(Int64(CodeAllowance.perHour))]) { try $0.instant(0) }
            return start.map { Int($0.adding(seconds: CodeAllowance.windowSeconds).seconds - time.seconds) } ?? 0
        }
        return max(0, ends.max() ?? 0)
    }

    private func allowanceKey(_ use: CodeAllowance, _ subjectID: String) -> String {
        vault.blindIndex("\(use.rawValue)\n\(subjectID)", scope: "identity.attempt")
    }
}

extension Identity {
    /// Counts a code that was sent or tried in vain. When that was the last of the hour the person is told, once a day at most.
    func count(_ use: CodeAllowance, of person: PersonRecord, at time: Instant, in connection: any Connection) throws {
        guard try store.count(use, of: person.id, at: time, in: connection) else { return }
        try postman.send(
            Notice(
                recipientID: person.id, bodyID: Identity.ownerID, template: "identity.many-codes", values: [:], link: "/me/password",
                idempotencyKey: "identity.many-codes:\(person.id):\(IsraelTime.date(time))"), in: connection)
    }

    /// Seconds this browser has to wait before it may ask for a code, or try one: whoever has the last code of the hour may still use it.
    func secondsToWait(
        _ browser: Browser, of subjectID: String, for uses: [CodeAllowance] = CodeAllowance.allCases, at time: Instant, in connection: any Connection
    ) throws -> Int {
        if try store.knows(device: browser.deviceHash, of: subjectID, in: connection) { return 0 }
        return try store.secondsForNewDevices(of: subjectID, for: uses, at: time, in: connection)
    }
}
