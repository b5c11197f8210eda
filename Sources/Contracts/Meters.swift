public import Database
public import Values

/// What a form in force asks of people and what it fetches for them, and how often it was sent.
public struct FormFigures: Sendable, Hashable {
    public let formID: String
    /// The body whose form it is; nil where the local authority of each person decides.
    public let bodyID: String?
    /// Questions that the person answers.
    public let asked: Int
    /// Questions whose answer a register has.
    public let fetched: Int
    /// How often it was sent, by the body it went to.
    public let sent: [String: Int]

    public init(formID: String, bodyID: String?, asked: Int, fetched: Int, sent: [String: Int]) {
        (self.formID, self.bodyID, self.asked, self.fetched, self.sent) = (formID, bodyID, asked, fetched, sent)
    }
}

public protocol FormMeter: Sendable {
    /// The forms in force, and what was sent from a moment until before another.
    func forms(from: Instant, before: Instant, in connection: any Connection) throws -> [FormFigures]
}

/// What passed between two bodies.
public struct ExchangeFigures: Sendable, Hashable {
    public let consumerID: String
    public let providerID: String
    /// “Nothing is known” among them.
    public let answered: Int
    /// What no agreement covered.
    public let refused: Int
    /// What the register did not answer, or not as agreed.
    public let failed: Int

    public init(consumerID: String, providerID: String, answered: Int, refused: Int, failed: Int) {
        (self.consumerID, self.providerID, self.answered, self.refused, self.failed) = (consumerID, providerID, answered, refused, failed)
    }
}

public protocol ExchangeMeter: Sendable {
    /// What passed from a moment until before another, as the answering side counted it.
    func exchanges(from: Instant, before: Instant, in connection: any Connection) throws -> [ExchangeFigures]
}

/// What went through under one agreement on one day, as the answering side counted it.
public struct AgreementUse: Sendable, Hashable {
    /// In UTC.
    public let day: CalendarDate
    /// “Nothing is known” among them.
    public let answered: Int
    /// What the agreement did not cover.
    public let refused: Int
    /// What the register did not answer, or not as agreed.
    public let failed: Int
    /// Values that the register gave and the agreement kept back.
    public let dropped: Int
    /// How long an answer took in the mean, at the gateway that answers; nil when there was none.
    public let microseconds: Int64?

    public init(day: CalendarDate, answered: Int, refused: Int, failed: Int, dropped: Int, microseconds: Int64?) {
        (self.day, self.answered, self.refused, self.failed) = (day, answered, refused, failed)
        (self.dropped, self.microseconds) = (dropped, microseconds)
    }
}

public protocol AgreementMonitor: Sendable {
    /// Days on which something went through, the newest first.
    func use(of agreementID: String, from: Instant, before: Instant, in connection: any Connection) throws -> [AgreementUse]
}
