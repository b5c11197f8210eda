import Contracts
import Trust
import Values
import Web

/// What a mandate allows, and until when.
struct MandateTerms: Sendable, Hashable {
    /// Nil for all services.
    let services: Set<String>?
    /// Requests may be sent, answered and withdrawn, not only followed.
    let mayAct: Bool
    /// The last day.
    let until: CalendarDate
}

/// A mandate, from the offer to its end.
struct MandateRecord: Sendable, Hashable {
    enum State: String, Sendable, CaseIterable {
        case offered, live
        /// By whom it was offered to.
        case declined
        /// By who offered it, before it was accepted.
        case withdrawn
        /// By one of the two, or because the register says so no more.
        case ended
        /// Nobody answered in time, or its last day is over.
        case lapsed
    }

    /// How long somebody has to answer an offer.
    static let daysOpen: Int64 = 14
    /// Given and not over, for one person.
    static let countLimit = 20
    /// Offers of one person in a day, so that nobody is showered with them.
    static let dayLimit = 20
    /// After so many days the register is asked again whether a guardianship holds.
    static let recheckDays: Int64 = 7

    let principalID: String
    let id: String
    let kind: HeldMandate.Kind
    var attorneyID: String?
    var state: State
    let terms: MandateTerms
    let principalName: String
    /// Known to the giver once it was accepted.
    var attorneyName: String?
    /// Of whom it was offered to, while nobody with that number is registered.
    var number: String?
    let offeredAt: Instant
    let openUntil: Instant
    /// The end of the number it was offered to, by which the giver knows one offer from another.
    var numberEnd: String?
    /// Who ended it.
    var endedBy: String?
    /// The signed text, once it is in force.
    var token: String?

    var mandate: Mandate { Mandate(id: id, principalID: principalID, services: terms.services, mayAct: terms.mayAct) }
}

/// The text of a mandate that is signed when it comes into force. A row that says anything else gives no power.
struct MandateSeal: Sendable {
    /// `typ` of the signed text, so that no token made for something else is taken for a mandate (RFC 8725 section 3.11).
    static let type = "zamin-mandate+jws"

    let key: SigningKey

    func token(of record: MandateRecord) throws -> String {
        try JWS.sign(try CanonicalJSON.bytes(of: MandateSeal.text(of: record)), by: key, type: MandateSeal.type)
    }

    func isSigned(_ record: MandateRecord) -> Bool {
        guard let token = record.token,
            let signed = try? JWS.verify(token, type: MandateSeal.type, key: { $0 == key.keyID ? key.verifyingKey : nil }),
            let text = try? CanonicalJSON.bytes(of: MandateSeal.text(of: record))
        else { return false }
        return signed.payload == text
    }

    private static func text(of record: MandateRecord) -> JSON {
        .members([
            "id": .string(record.id), "kind": .string(record.kind.rawValue), "principal": .string(record.principalID),
            "attorney": record.attorneyID.map(JSON.string), "services": record.terms.services.map { .strings($0.sorted()) },
            "mayAct": .bool(record.terms.mayAct), "until": .string("\(record.terms.until)"), "offeredAt": .int(record.offeredAt.microseconds),
        ])
    }
}
