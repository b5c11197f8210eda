import Contracts
import Database
import Language
import Values
import Web

/// Questions to the person and her answers, and her own end of it.
extension Delivery {
    func ask(_ item: Case, _ question: String, by actor: Actor, in connection: any Connection) throws {
        let (text, time) = (try Delivery.text(question, field: "question"), clock.now())
        let moved = try move(item, .ask, in: connection)
        let id = try store.ask(text, of: moved, at: time, in: connection)
        try store.append(.asked, to: moved, by: actor, told: true, at: time, in: connection)
        try record("case.request", .write, moved, by: actor, in: connection)
        // What a leg asks is asked on the page of the request: the person knows of no other.
        guard let root = try moved.isLeg ? store.find(moved.rootID, in: connection) : moved else { return }
        try tell(root, "case.completion-asked", from: moved.bodyID, values: ["text": text], key: "asked:\(id)", in: connection)
    }

    /// Questions that wait for an answer, of the request itself and of its legs.
    func openQuestions(of root: Case, in connection: any Connection) throws -> [Question] {
        guard root.state != .closed else { return [] }
        return try ([root] + store.legs(of: root.id, in: connection)).compactMap { item in
            guard item.state == .waiting, let last = try store.completions(of: item, in: connection).last, last.answeredAt == nil else { return nil }
            return Question(item: item, completion: last)
        }
    }

    /// The person's answer and its files, all or nothing. It ends the waiting; the promise is later by the working days she took.
    func answer(
        _ completionID: String, of root: Case, _ text: String, files: [PreparedFile], by actor: Actor, in connection: any Connection
    ) throws {
        guard let question = try openQuestions(of: root, in: connection).first(where: { $0.completion.id == completionID }) else {
            throw DeliveryError.notPossibleNow
        }
        let (text, time, item) = (try Delivery.text(text, field: "answer"), clock.now(), question.item)
        let waited = types.calendar.workingDays(from: IsraelTime.date(question.completion.askedAt), until: IsraelTime.date(time))
        var moved = try CaseMove.answer.apply(to: item, of: types.type(of: item), at: time)
        moved.promisedOn = types.calendar.date(waited, after: moved.promisedOn)
        try store.save(moved, in: connection)
        try near.attachments.store(files, in: connection)
        try store.answer(question.completion, with: text, of: moved, at: time, in: connection)
        try store.append(.answered, to: moved, by: actor, told: true, at: time, in: connection)
        try record("case.complete", .write, moved, by: actor, in: connection)
        var told = moved
        if item.isLeg {
            told = root
            told.promisedOn = types.calendar.date(waited, after: root.promisedOn)
            try store.save(told, in: connection)
        }
        try tell(told, "case.completion-received", from: moved.bodyID, key: "answered:\(completionID)", in: connection)
    }

    /// The person takes her request back. Bodies that were still asked need not answer any more.
    func withdraw(_ item: Case, by actor: Actor, in connection: any Connection) throws {
        let time = clock.now()
        if try types.type(of: item).waitsForFee(item) { try near.cashier.giveUp(reference: item.id, in: connection) }
        for one in [item] + (try store.legs(of: item.id, in: connection).filter { $0.state != .closed }) {
            let moved = try move(one, .withdraw, in: connection)
            try store.append(.withdrawn, to: moved, by: actor, told: true, at: time, in: connection)
        }
        try record("case.withdraw", .write, item, by: actor, in: connection)
    }
}

/// A question that waits for the person, and the case or leg it belongs to.
struct Question: Sendable {
    let item: Case
    let completion: Completion
}
