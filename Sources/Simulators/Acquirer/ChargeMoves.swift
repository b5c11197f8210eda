import Values

/// What can happen to a charge. Each is a function of values; what was told to the merchant follows from comparing before and after.
extension Charge {
    /// Wrong codes after which the bank gives up.
    static let wrongCodeLimit = 3

    /// How long things take that happen by themselves.
    struct Delays: Sendable { let pendingSeconds: Int64; let lateSeconds: Int64 }

    private mutating func become(_ state: State, at time: Instant, due: Instant? = nil) {
        self.state = state
        version += 1
        changedAt = time
        dueAt = due
    }

    /// The person has typed her card.
    ///
    /// - Returns: every state it went through.
    mutating func pay(_ card: TestCard, delays: Delays, at time: Instant) throws(AcquirerError) -> [Charge] {
        guard state == .open else { throw .notPossible(state: state.rawValue) }
        (cardBrand, cardLastFour, behaviour) = (card.brand, card.lastFour, card.behaviour)
        switch card.behaviour {
        case .approved, .duplicateNotices: approve(at: time)
        case .delayedNotices:
            become(.pending, at: time)
            let first = self
            approve(at: time)
            return [first, self]
        case .declined, .insufficientFunds, .lostCard: decline(card.behaviour.rawValue, at: time)
        case .challenge: become(.challenged, at: time, due: expiresAt)
        case .pending, .pendingDeclined: become(.pending, at: time, due: time.adding(seconds: delays.pendingSeconds))
        case .late: become(.expired, at: time, due: time.adding(seconds: delays.lateSeconds))
        }
        return [self]
    }

    /// The person has typed the code of her bank. A wrong one may be typed again, up to the limit.
    mutating func answerChallenge(_ code: String, at time: Instant) throws(AcquirerError) {
        guard state == .challenged else { throw .notPossible(state: state.rawValue) }
        if code == TestCard.challengeCode { return approve(at: time) }
        wrongCodes += 1
        if wrongCodes >= Charge.wrongCodeLimit { decline("authentication-failed", at: time) }
    }

    /// What time brings: the session ends, the bank answers.
    mutating func advance(to time: Instant) {
        guard let due = dueAt, due <= time else { return }
        switch (state, behaviour) {
        case (.open, _), (.challenged, _): become(.expired, at: time)
        case (.pending, .pendingDeclined): decline("declined", at: time)
        case (.pending, _), (.expired, .late): approve(at: time)
        default: dueAt = nil
        }
    }

    mutating func capture(_ sum: Int64, at time: Instant) throws(AcquirerError) {
        guard state == .authorised else { throw .notPossible(state: state.rawValue) }
        guard sum > 0, sum <= amount.minorUnits else { throw .notAvailable(amount.minorUnits) }
        captured = sum
        become(.captured, at: time)
    }

    /// Before money was taken. While the bank thinks it is too late to stop it.
    mutating func cancel(at time: Instant) throws(AcquirerError) {
        guard isAtThePage || state == .authorised else { throw .notPossible(state: state.rawValue) }
        become(.cancelled, at: time)
    }

    mutating func refund(_ sum: Int64, at time: Instant) throws(AcquirerError) {
        guard state == .captured || state == .partiallyRefunded else { throw .notPossible(state: state.rawValue) }
        guard sum > 0, sum <= captured - refunded else { throw .notAvailable(captured - refunded) }
        refunded += sum
        become(refunded == captured ? .refunded : .partiallyRefunded, at: time)
    }

    private mutating func approve(at time: Instant) {
        if isManual { return become(.authorised, at: time) }
        captured = amount.minorUnits
        become(.captured, at: time)
    }

    private mutating func decline(_ reason: String, at time: Instant) {
        failure = reason
        become(.declined, at: time)
    }
}
