import Contracts
import Database
import Jobs
import Language
import Values
import Web

/// What is done with a case. Each verb is one transaction's worth: the move, its status row, the audit row, and what the person is told.
extension Delivery {
    static let textLimit = 4_000

    private func move(_ item: Case, _ move: CaseMove, in connection: any Connection) throws -> Case {
        let moved = try move.apply(to: item, of: types.type(of: item), at: clock.now())
        try store.save(moved, in: connection)
        return moved
    }

    func paid(_ item: Case, at time: Instant, in connection: any Connection) throws {
        // Told twice by the payment's events: the second time the case is past its fee.
        guard item.stage == "payment", item.state == .waiting else { return }
        let moved = try move(item, .pay, in: connection)
        try store.append(.paid, to: moved, by: .system("payments"), told: true, at: time, in: connection)
        if let legs = try types.type(of: item).legs, legs.stage == moved.stage { try openLegs(of: moved, legs, at: time, in: connection) }
        try tell(moved, "case.received", key: "paid", in: connection)
    }

    /// One case at each body that must approve, by the licensing rules over the answers.
    private func openLegs(of item: Case, _ legs: CaseType.Legs, at time: Instant, in connection: any Connection) throws {
        let answers = try near.submissions.answers(of: item.submissionID, in: connection) ?? .null
        let kind = answers.value(at: legs.kindPointer)?.string ?? ""
        let area = answers.value(at: legs.areaPointer)?.double ?? 0
        let approvals = types.licensing.rule(kind: kind, area: area)?.approvals ?? Set(LicensingRules.columns)
        let today = IsraelTime.date(time)
        for column in LicensingRules.columns where approvals.contains(column) {
            guard let bodyID = legs.bodies[column] else { continue }
            let leg = Case(
                subjectID: item.subjectID, id: UUIDv7.next(at: time), number: CaseNumber.make(on: today), typeID: item.typeID,
                serviceID: item.serviceID, submissionID: item.submissionID, parentID: item.id, bodyID: bodyID, language: item.language,
                applicantID: item.applicantID, stage: legs.stage, state: .open, result: nil, assignedTo: nil, openedAt: time,
                promisedOn: today.adding(workingDays: legs.workingDays), closedAt: nil)
            try store.insert(leg, typeVersion: types.type(of: item).version, in: connection)
            try store.append(.opened, to: leg, by: .system("delivery"), told: false, at: time, in: connection)
        }
        if try store.legs(of: item.id, in: connection).isEmpty { try endLegs(of: item, in: connection) }
    }

    func legDecided(_ leg: Case, parentID: String, in connection: any Connection) throws {
        guard let parent = try store.find(parentID, in: connection), parent.stage == (try types.type(of: parent).legs?.stage) else { return }
        guard try store.legs(of: parentID, in: connection).allSatisfy({ $0.state == .closed }) else { return }
        try endLegs(of: parent, in: connection)
    }

    private func endLegs(of parent: Case, in connection: any Connection) throws {
        let moved = try move(parent, .legsDecided, in: connection)
        try store.append(.moved, to: moved, by: .system("delivery"), told: true, at: clock.now(), in: connection)
        try tell(moved, "case.stage", key: "stage:\(moved.stage)", in: connection)
    }

    func take(_ item: Case, by actor: Actor, in connection: any Connection) throws {
        let moved = try move(item, .take(by: actor.id), in: connection)
        try store.append(.taken, to: moved, by: actor, told: moved.stage != item.stage, at: clock.now(), in: connection)
        if moved.stage != item.stage { try tell(moved, "case.stage", key: "stage:\(moved.stage)", in: connection) }
    }

    func ask(_ item: Case, _ question: String, by actor: Actor, in connection: any Connection) throws {
        let (text, time) = (try Delivery.text(question, field: "question"), clock.now())
        let moved = try move(item, .ask, in: connection)
        try store.ask(text, of: moved, at: time, in: connection)
        try store.append(.asked, to: moved, by: actor, told: true, at: time, in: connection)
        try record("case.request", .write, moved, by: actor, in: connection)
        try tell(moved, "case.completion-asked", values: ["text": text], key: "asked:\(time.microseconds)", in: connection)
    }

    /// The person's answer ends the waiting; the promise is later by the working days she took.
    func answer(_ item: Case, _ text: String, by actor: Actor, in connection: any Connection) throws {
        guard let open = try store.completions(of: item, in: connection).last, open.answeredAt == nil else { throw DeliveryError.notPossibleNow }
        let (text, time) = (try Delivery.text(text, field: "answer"), clock.now())
        var moved = try CaseMove.answer.apply(to: item, of: types.type(of: item), at: time)
        let waited = IsraelTime.date(open.askedAt).workingDays(until: IsraelTime.date(time))
        moved.promisedOn = moved.promisedOn.adding(workingDays: waited)
        try store.save(moved, in: connection)
        try store.answer(open, with: text, of: moved, at: time, in: connection)
        try store.append(.answered, to: moved, by: actor, told: true, at: time, in: connection)
        try record("case.complete", .write, moved, by: actor, in: connection)
        try tell(moved, "case.completion-received", key: "answered:\(open.id)", in: connection)
    }

    func note(_ item: Case, _ text: String, by actor: Actor, in connection: any Connection) throws {
        try store.append(.note, to: item, by: actor, note: try Delivery.text(text, field: "note"), told: false, at: clock.now(), in: connection)
        try record("case.note", .write, item, by: actor, in: connection)
    }

    func decide(_ item: Case, _ result: Case.Result, reason: String, by actor: Actor, in connection: any Connection) throws {
        let time = clock.now()
        let reason = result == .refused ? try Delivery.text(reason, field: "reason") : trimmed(reason)
        guard reason.count <= Delivery.textLimit else { throw DeliveryError.textTooLong(limit: Delivery.textLimit) }
        let moved = try move(item, .decide(result), in: connection)
        try store.append(.decided, to: moved, by: actor, note: reason.isEmpty ? nil : reason, told: !item.isLeg, at: time, in: connection)
        try record("case.decide", .decide, moved, by: actor, fields: ["decision"], in: connection)
        try Outbox.publish(
            "case.decided", key: moved.id, ["case": .string(moved.id), "result": .string(result.rawValue)], at: time, in: connection)
        guard !item.isLeg else { return }
        try orderPaper(moved, result, reason: reason, in: connection)
        try tell(moved, "case.\(result.rawValue)", values: ["text": reason], key: "decided", in: connection)
    }

    func record(
        _ what: String, _ action: AuditEntry.Action, _ item: Case, by actor: Actor, fields: [String] = [], in connection: any Connection
    ) throws {
        let basis: Basis = actor.organisation == nil ? .request(item.id) : .law(try types.type(of: item).law)
        for subject in Set([item.subjectID, item.applicantID]) {
            try near.audit.record(
                AuditEntry(
                    subjectID: subject, actor: actor, action: action, what: what, caseID: item.parentID ?? item.id, basis: basis, fields: fields,
                    at: clock.now()), in: connection)
        }
    }

    static func text(_ text: String, field: String) throws(DeliveryError) -> String {
        let text = trimmed(text)
        guard !text.isEmpty else { throw .emptyText(field: field) }
        guard text.count <= textLimit else { throw .textTooLong(limit: textLimit) }
        return text
    }
}

func trimmed(_ text: String) -> String {
    let characters = text.drop(while: \.isWhitespace)
    guard let last = characters.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(characters[...last])
}
