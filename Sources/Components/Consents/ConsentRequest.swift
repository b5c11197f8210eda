import Contracts
import Language
import Values

/// That a body asks a person to agree.
struct ConsentRequest: Sendable, Hashable {
    enum State: String, Sendable, CaseIterable {
        case open, given, declined
        /// By the body.
        case withdrawn
        /// Nobody answered in time.
        case lapsed
    }

    /// How long she has to answer.
    static let daysOpen: Int64 = 30
    /// For how long she may be asked to agree, in days.
    static let durations = [30, 90, 365]
    /// What she is told, in characters.
    static let reasonLengths = 10...1_000

    let id: String
    let subjectID: String
    let bodyID: String
    let agreementID: String
    let purpose: String
    let days: Int
    let askedBy: String
    let askedAt: Instant
    let openUntil: Instant
    var state: State
    /// Her name, as the body sees it.
    let personName: String
    /// Why the body asks, in its officer's words.
    let reason: String

    func isOpen(at time: Instant) -> Bool { state == .open && time < openUntil }
}

/// What a body may ask for by consent: the part of an agreement in force that a person is shown.
struct ConsentOffer: Sendable, Hashable {
    struct Field: Sendable, Hashable {
        let pointer: String
        /// Key of the audit's texts, `audit.field.<label>`.
        let label: String
        let need: JSON
    }

    let agreementID: String
    let version: Int
    let consumerID: String
    let providerID: String
    let operations: [String]
    let fields: [Field]
    let purposes: [String]
    let law: String
    let retentionDays: Int
    let mayOfficersAsk: Bool
    let validUntil: CalendarDate

    /// Nil for an agreement that is not in force, or does not rest on consent.
    init?(_ agreement: AgreementState) {
        let content = agreement.content
        guard agreement.status == "live", content["bases"]?.array?.contains("consent") == true,
            let validUntil = content["validUntil"]?.string.flatMap({ CalendarDate($0) }), let law = content["law"]?.string
        else { return nil }
        (agreementID, version, consumerID, providerID) = (agreement.id, agreement.version, agreement.consumerID, agreement.providerID)
        operations = content["operations"]?.array?.compactMap(\.string) ?? []
        purposes = content["purposes"]?.array?.compactMap(\.string) ?? []
        fields = (content["fields"]?.array ?? []).map {
            Field(pointer: $0["pointer"]?.string ?? "", label: $0["label"]?.string ?? "other", need: $0["need"] ?? .null)
        }
        retentionDays = Int(content["retentionDays"]?.int ?? 0)
        mayOfficersAsk = content["actors"]?.array?.contains("officer") == true
        (self.law, self.validUntil) = (law, validUntil)
    }

    /// The moment at which a consent for so many days ends: no later than the agreement's last day.
    func end(of days: Int, from time: Instant) -> Instant {
        min(time.adding(seconds: Int64(days) * 86_400), IsraelTime.instant(validUntil.adding(days: 1)))
    }
}
