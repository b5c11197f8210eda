import Values

/// What may happen to a case next: a pure function of the case and its type, so that what is allowed is decided in one place.
enum CaseMove: Sendable, Hashable {
    /// The promise counts from the day of the payment.
    case pay(promisedOn: CalendarDate)
    case take(by: String)
    case ask
    case answer
    /// Every leg has been decided.
    case legsDecided
    /// An officer's decision, and what the legs of the case said.
    case decide(Case.Result, legs: [Case.Result?])
    /// By the person herself.
    case withdraw
    /// The fee was not paid in time.
    case lapse

    /// The case after the move. Throws when the case is not where the move can happen.
    func apply(to before: Case, of type: CaseType, at time: Instant) throws(DeliveryError) -> Case {
        var after = before
        guard before.state != .closed else { throw .alreadyDecided }
        switch self {
        case .pay(let promisedOn):
            guard type.waitsForFee(before) else { throw .notPossibleNow }
            try after.advance(type)
            (after.state, after.promisedOn) = (.open, promisedOn)
        case .take(let officer):
            after.assignedTo = officer
            if !before.isLeg, before.stage == type.queue { try after.advance(type) }
        case .ask:
            guard before.state == .open else { throw .notPossibleNow }
            after.state = .waiting
        case .answer:
            guard before.state == .waiting, !type.waitsForFee(before) else { throw .notPossibleNow }
            after.state = .open
        case .legsDecided:
            guard !before.isLeg, before.stage == type.legs?.stage else { throw .notPossibleNow }
            try after.advance(type)
        case .decide(let result, let legs):
            try check(result, legs, on: before, of: type)
            after.close(result, at: time)
            after.stage = type.stages.last?.id ?? before.stage
        case .withdraw:
            after.close(.withdrawn, at: time)
        case .lapse:
            guard type.waitsForFee(before) else { throw .notPossibleNow }
            after.close(.lapsed, at: time)
        }
        return after
    }

    private func check(_ result: Case.Result, _ legs: [Case.Result?], on item: Case, of type: CaseType) throws(DeliveryError) {
        guard result.isDecision, !type.waitsForFee(item) else { throw .notPossibleNow }
        // Who does not answer cannot hold the request for ever: it may be refused, with the reason.
        guard item.state == .open || result == .refused else { throw .waitingForPerson }
        guard !item.isLeg else { return }
        if item.stage == type.legs?.stage { throw .legsOpen }
        if result == .approved, legs.contains(.refused) { throw .legRefused }
    }
}

extension Case {
    fileprivate mutating func advance(_ type: CaseType) throws(DeliveryError) {
        guard let next = type.stage(after: stage) else { throw .notPossibleNow }
        stage = next.id
    }

    fileprivate mutating func close(_ result: Result, at time: Instant) {
        (self.result, state, closedAt) = (result, .closed, time)
    }
}
