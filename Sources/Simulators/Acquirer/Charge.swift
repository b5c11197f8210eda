import Database
import Language
import Values

/// One payment a merchant has asked for, from the order to the money.
struct Charge: Sendable, Hashable {
    enum State: String, Sendable, CaseIterable {
        /// Waiting for the person's card.
        case open
        /// Waiting for the code of her bank.
        case challenged
        /// Waiting for the bank.
        case pending
        case authorised, captured
        case partiallyRefunded = "partially-refunded"
        case refunded, declined, cancelled, expired
    }

    let id: String
    let merchantID: String
    let reference: String
    let amount: Money
    let description: String
    let language: Language
    let returnURL: String
    /// The merchant takes the money in a step of its own.
    let isManual: Bool
    let token: String
    let createdAt: Instant
    let expiresAt: Instant
    var state = State.open
    var cardBrand: String?
    var cardLastFour: String?
    var behaviour: TestCard.Behaviour?
    var failure: String?
    var wrongCodes = 0
    /// In minor units of the amount's currency.
    var captured: Int64 = 0
    var refunded: Int64 = 0
    /// Grows with each change.
    var version: Int64 = 1
    var changedAt: Instant
    var dueAt: Instant?

    var isAtThePage: Bool { state == .open || state == .challenged }

    /// As the interface tells it.
    func json(baseURL: String) -> JSON {
        let card: JSON? = cardLastFour.map { ["brand": .string(cardBrand ?? ""), "lastFour": .string($0)] }
        return .members([
            "id": .string(id), "reference": .string(reference), "state": .string(state.rawValue),
            "amount": .int(amount.minorUnits), "currency": .string(amount.currency), "description": .string(description),
            "capture": isManual ? "manual" : "automatic",
            "captured": .int(captured), "refunded": .int(refunded), "version": .int(version), "card": card,
            "failure": failure.map(JSON.string),
            "checkoutUrl": isAtThePage ? .string("\(baseURL)/\(language.rawValue)/checkout/\(token)") : nil,
            "createdAt": .string(createdAt.description), "expiresAt": .string(expiresAt.description),
            "changedAt": .string(changedAt.description),
        ])
    }
}

extension Charge {
    static let columns = """
        id, merchant_id, reference, amount_minor, currency, description, language, return_url, is_manual, token, created_at, expires_at,
        state, card_brand, card_last_four, behaviour, failure, wrong_codes, captured_minor, refunded_minor, version, changed_at, due_at
        """

    static func read(_ row: any Row) throws -> Charge {
        guard let state = State(rawValue: try row.text(12)) else { throw DatabaseError.unexpectedValue(column: 12, expected: "a state") }
        return Charge(
            id: try row.text(0), merchantID: try row.text(1), reference: try row.text(2),
            amount: Money(minorUnits: try row.int(3), currency: try row.text(4)), description: try row.text(5),
            language: Language(rawValue: try row.text(6)) ?? .standard, returnURL: try row.text(7), isManual: try row.bool(8),
            token: try row.text(9), createdAt: try row.instant(10), expiresAt: try row.instant(11), state: state,
            cardBrand: try row.optionalText(13), cardLastFour: try row.optionalText(14),
            behaviour: try row.optionalText(15).flatMap(TestCard.Behaviour.init(rawValue:)),
            failure: try row.optionalText(16), wrongCodes: Int(try row.int(17)), captured: try row.int(18), refunded: try row.int(19),
            version: try row.int(20), changedAt: try row.instant(21), dueAt: try row.optionalInstant(22))
    }
}
