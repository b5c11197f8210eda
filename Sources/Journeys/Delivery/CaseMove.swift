import Values

/// What may happen to a case next: a pure function of the case and its type, so that what is allowed is decided in one place.
enum CaseMove: Sendable, Hashable {
    case pay
    case take(by: String)
    case ask
    case answer
    /// Every leg has been decided.
    case legsDecided
    case decide(Case.Result)

    /// The case after the move. Throws when the case is not where the move can happen.
    func apply(to before: Case, of type: CaseType, at time: Instant) throws(DeliveryError) -> Case {
        var after = before
        guard before.state != .closed else { throw .alreadyDecided }
        switch self {
        case .pay:
            guard type.fee != nil, before.stage == type.firstStage, before.state == .waiting else { throw .notPossibleNow }
            try after.advance(type)
            after.state = .open
        case .take(let officer):
            after.assignedTo = officer
            if !before.isLeg, before.stage == "received" { try after.advance(type) }
        case .ask:
            guard before.state == .open, !before.isLeg else { throw .notPossibleNow }
            after.state = .waiting
        case .answer:
            guard before.state == .waiting, before.stage != "payment" else { throw .notPossibleNow }
            after.state = .open
        case .legsDecided:
            guard before.stage == type.legs?.stage else { throw .notPossibleNow }
            try after.advance(type)
        case .decide(let result):
            guard before.state == .open else { throw .waitingForPerson }
            if !before.isLeg, before.stage == type.legs?.stage { throw .legsOpen }
            if !before.isLeg, before.stage == "payment" { throw .notPossibleNow }
            after.result = result
            after.state = .closed
            after.closedAt = time
            after.stage = type.stages.last?.id ?? before.stage
        }
        return after
    }
}

extension Case {
    fileprivate mutating func advance(_ type: CaseType) throws(DeliveryError) {
        guard let next = type.stage(after: stage) else { throw .notPossibleNow }
        stage = next.id
    }
}
