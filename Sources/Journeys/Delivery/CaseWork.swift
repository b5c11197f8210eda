import Contracts
import Database
import Jobs
import Language
import Values
import Web

/// What officers do with a case. Each verb is one transaction's worth: the move, its status row, the audit row, and what the person is told.
extension Delivery {
    static let textLimit = 4_000

    func move(_ item: Case, _ move: CaseMove, in connection: any Connection) throws -> Case {
        let moved = try move.apply(to: item, of: types.type(of: item), at: clock.now())
        try store.save(moved, in: connection)
        return moved
    }

    func take(_ item: Case, by actor: Actor, in connection: any Connection) throws {
        let moved = try move(item, .take(by: actor.id), in: connection)
        let tells = try moved.stage != item.stage && tellsPerson(moved)
        try store.append(.taken, to: moved, by: actor, told: tells, at: clock.now(), in: connection)
        try record("case.take", .write, moved, by: actor, in: connection)
        if tells { try tell(moved, "case.stage", key: "stage:\(moved.stage)", in: connection) }
    }

    func tellsPerson(_ item: Case) throws -> Bool { try types.type(of: item).stage(item.stage)?.tellsPerson ?? false }

    func note(_ item: Case, _ text: String, by actor: Actor, in connection: any Connection) throws {
        try store.append(.note, to: item, by: actor, note: try Delivery.text(text, field: "note"), told: false, at: clock.now(), in: connection)
        try record("case.note", .write, item, by: actor, in: connection)
    }

    func decide(_ item: Case, _ result: Case.Result, reason: String, by actor: Actor, in connection: any Connection) throws {
        let time = clock.now()
        let reason = try Delivery.text(reason, field: "reason", mayBeEmpty: result == .approved)
        let legs = item.isLeg ? [] : try store.legs(of: item.id, in: connection)
        let moved = try move(item, .decide(result, legs: legs.map(\.result)), in: connection)
        let note = reason.isEmpty ? nil : reason
        try store.append(.decided, to: moved, by: actor, note: note, told: !item.isLeg, at: time, in: connection)
        try record("case.decide", .decide, moved, by: actor, fields: ["decision"], in: connection)
        try Outbox.publish(
            "case.decided", key: moved.id, ["case": .string(moved.id), "result": .string(result.rawValue)], at: time, in: connection)
        guard item.isLeg else {
            try orderPaper(moved, result, reason: reason, in: connection)
            return try tell(moved, "case.\(result.rawValue)", values: ["text": reason], key: "decided", in: connection)
        }
        try passOn(moved, note, by: actor, at: time, in: connection)
    }

    func record(
        _ what: String, _ action: AuditEntry.Action, _ item: Case, by actor: Actor, fields: [String] = [], in connection: any Connection
    ) throws {
        let basis: Basis = actor.organisation == nil ? .request(item.id) : .law(try types.type(of: item).law)
        for subject in try followers(of: item, in: connection) {
            try near.audit.record(
                AuditEntry(
                    subjectID: subject, actor: actor, action: action, what: what, caseID: item.rootID, basis: basis, fields: fields,
                    at: clock.now()), in: connection)
        }
    }

    static func text(_ text: String, field: String, mayBeEmpty: Bool = false) throws(DeliveryError) -> String {
        let text = trimmed(text)
        guard mayBeEmpty || !text.isEmpty else { throw .emptyText(field: field) }
        guard text.count <= textLimit else { throw .textTooLong(field: field, limit: textLimit) }
        return text
    }

    private static func trimmed(_ text: String) -> String {
        let characters = text.drop(while: \.isWhitespace)
        guard let last = characters.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(characters[...last])
    }
}
